"""TF_CONFIG of several workers: for a training alone."""

import json
import os

import pytest

from t2t_af.bin import cluster
from t2t_af.errors import UserError


def _set(monkeypatch, *addresses):
  text = json.dumps({"cluster": {"worker": list(addresses)}})
  monkeypatch.setenv("TF_CONFIG", text)


def test_one_process_does_all_but_training(monkeypatch):
  _set(monkeypatch, "a:1", "b:1")
  with pytest.raises(UserError, match="2 workers train .* Unset TF_CONFIG"):
    cluster.check(trains=False)
  cluster.check(trains=True)
  assert cluster.named() == (("a:1", "b:1"), 0)


def test_one_worker_is_no_cluster(monkeypatch):
  _set(monkeypatch, "a:1")
  cluster.check(trains=False)
  assert "TF_CONFIG" not in os.environ
