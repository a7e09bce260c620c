"""TF_CONFIG: who the workers are, and which one this process is."""

import json

import pytest

from t2t_af import tf_config
from t2t_af.errors import UserError

_TWO = {"chief": ["a:1"], "worker": ["b:2", "b:3"]}


def _text(cluster, **task):
  return json.dumps({"cluster": cluster, "task": task})


@pytest.mark.parametrize(
  "text, addresses, index",
  [
    (_text(_TWO, type="chief", index=0), ("a:1", "b:2", "b:3"), 0),
    (_text(_TWO, type="worker", index=0), ("a:1", "b:2", "b:3"), 1),
    (_text({"worker": ["b:2", "b:3"]}, index="1"), ("b:2", "b:3"), 1),
    (_text({"worker": ["[::1]:2"]}), ("[::1]:2",), 0),
    ("", (), 0),
    ("{}", (), 0),
    ('{"task": {"index": 0}}', (), 0),
  ],
)
def test_the_chief_comes_first(text, addresses, index):
  assert tf_config.parse(text) == (addresses, index)


@pytest.mark.parametrize(
  "text, told",
  [
    ("{", "is not JSON of a cluster and a task"),
    ("[]", "is not JSON of a cluster and a task"),
    ('{"cluster": 3}', "is not JSON of a cluster and a task"),
    ('{"cluster": {"worker": 3}}', "is not JSON of a cluster and a task"),
    (_text(_TWO, type="worker", index=2), "this is worker 2"),
    (_text(_TWO, type="worker", index=-1), "this is worker -1"),
    (_text(_TWO, type="worker", index=True), "this is worker True"),
    (_text(_TWO, type="ps", index=0), "this is ps 0"),
    (_text({"worker": ["a:1"], "ps": ["a:2"]}), "tasks of the kind ps"),
    (_text({"worker": ["a"]}), "'a', which is no host:port"),
    (_text({"worker": ["a:70000"]}), "'a:70000', which is no host:port"),
    (_text({"worker": ["a:1", "a:1"]}), "names an address twice"),
  ],
)
def test_no_cluster_of_workers_is_refused(text, told):
  with pytest.raises(UserError, match=told):
    tf_config.parse(text)
