"""TF_CONFIG of several workers ends in a line."""

import json

import pytest

from t2t_af.bin import cluster
from t2t_af.errors import UserError

_TWO = {"chief": ["localhost:2222"], "worker": ["localhost:2223"]}


@pytest.mark.parametrize(
  "text, told",
  [
    (
      json.dumps({"cluster": _TWO, "task": {"type": "worker", "index": 0}}),
      r"a cluster of 2 tasks \(chief, worker\).*--worker_gpu=N\). Unset TF",
    ),
    ('{"cluster": {"worker": ["a:1"]}}', "a cluster of 1 task "),
    ("{", "is not JSON of a cluster and a task"),
    ("[]", "is not JSON of a cluster and a task"),
    ('{"cluster": 3}', "is not JSON of a cluster and a task"),
    ('{"cluster": {"worker": 3}}', "is not JSON of a cluster and a task"),
  ],
)
def test_cluster_that_cannot_be_had_is_refused(monkeypatch, text, told):
  monkeypatch.setenv("TF_CONFIG", text)
  with pytest.raises(UserError, match=told):
    cluster.check()


@pytest.mark.parametrize("text", [None, "", "{}", '{"task": {"index": 0}}'])
def test_no_cluster_is_one_process(monkeypatch, text):
  monkeypatch.delenv("TF_CONFIG", raising=False)
  if text is not None:
    monkeypatch.setenv("TF_CONFIG", text)
  cluster.check()
