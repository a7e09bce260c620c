"""A run stays one of its data."""

import os
import types

import pytest

from t2t_af import errors
from t2t_af.models import run_data
from t2t_af.records import run_folder

STATISTICS = {"mean": [1.0], "std": [2.0], "kept": [0], "names": ["x"]}


class _Problem:
  """What is asked of a problem of series: its data's digest is its folder."""

  def data_fingerprint(self, data_dir):
    return "digest of " + data_dir

  def statistics(self, data_dir):
    return types.SimpleNamespace(to_json=lambda: STATISTICS)


def _train(model_dir, data_dir, problem=None):
  hparams = types.SimpleNamespace(
    problem=problem or _Problem(), data_dir=data_dir, model_dir=str(model_dir)
  )
  fields = run_data.of_training(hparams)
  run_folder.update(str(model_dir), **fields)
  return fields


def test_the_first_step_keeps_identity_and_statistics(tmp_path):
  assert not run_data.is_known(str(tmp_path))
  assert _train(tmp_path, "a") == {
    "data_fingerprint": "digest of a",
    "data_statistics": STATISTICS,
    "data_dir": os.path.abspath("a"),
  }
  assert run_data.is_known(str(tmp_path))
  assert _train(tmp_path, "a") == {"data_dir": os.path.abspath("a")}
  identity = run_folder.identity(str(tmp_path))
  assert identity["trained_data_fingerprint"] == "digest of a"


def test_other_data_is_refused_unless_it_is_allowed(tmp_path):
  _train(tmp_path, "a")
  with pytest.raises(errors.UserError, match="trained on other data than.* b"):
    _train(tmp_path, "b")
  run_data.allow(str(tmp_path))
  assert _train(tmp_path, "b") == {"other_data": ["digest of b"]}
  assert _train(tmp_path, "b") == {}
  known = run_folder.read(str(tmp_path))
  assert known["data_fingerprint"] == "digest of a"
  assert known["data_statistics"] == STATISTICS
  assert known["data_dir"] == os.path.abspath("a")


def test_a_problem_of_tensor2tensor_has_no_identity(tmp_path):
  assert _train(tmp_path, "a", problem=object()) == {}


def test_an_evaluation_names_other_data():
  assert run_data.described("digest", "digest") == ""
  assert run_data.described(None, "digest") == ""
  assert "OTHER data (0123456789ab)" in run_data.described("x", "0123456789abc")
