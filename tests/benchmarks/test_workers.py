"""`bench workers`: what is measured, and how it is told."""

import argparse
import json
import os
import sys

import numpy as np
import pytest

from benchmarks import workers
from t2t_af.bin import arguments
from t2t_af.errors import UserError


def _args(**others):
  return argparse.Namespace(
    **{
      "workers": "1,2",
      "batch_size": 8,
      "hparams_set": "video_flow_tiny",
      "problem": "video_toy_pushing",
      "json": None,
      **others,
    }
  )


def test_one_core_stands_beside_each_number_of_workers():
  cores = len(os.sched_getaffinity(0))
  assert workers._columns(_args()) == [(1, 1), (1, cores), (2, cores)]
  with pytest.raises(UserError, match="batch_size=8.* 3 workers"):
    workers._columns(_args(workers="1,3"))


_MEASURED = {
  workers.Column(1, 1): [1.0, 0.8, 0.9],
  workers.Column(2, 2): [0.5, 0.6, 0.4],
}


def test_line_says_examples_a_second_and_what_a_core_is_worth(capsys):
  workers._report(_args(), _MEASURED)
  last = capsys.readouterr().out.splitlines()[-1].split()
  assert last[:5] == ["2", "workers", "on", "2", "cores"]
  assert "16.00 examples/s" in " ".join(last)
  assert last[-4:] == ["1.80", "times", "one", "core"]


def test_record_has_each_round(capsys):
  workers._report(_args(json=arguments.STDOUT), _MEASURED)
  records = json.loads(capsys.readouterr().out)["records"]
  assert [r["workers"] for r in records] == [1, 2]
  assert records[1]["seconds_per_step"] == 0.5
  assert records[1]["rounds"] == [0.5, 0.6, 0.4]
  np.testing.assert_allclose(records[1]["examples_per_second"], 16)


def test_training_that_fails_says_why(monkeypatch):
  told = "import sys; sys.exit('error: no such set')"
  monkeypatch.setattr(
    workers,
    "_start",
    lambda *unused: workers.subprocess.Popen(
      [sys.executable, "-c", told], stderr=workers.subprocess.PIPE, text=True
    ),
  )
  with pytest.raises(UserError, match="1 worker on 1 core: error: no such set"):
    workers._seconds_per_step(_args(), workers.Column(1, 1))
