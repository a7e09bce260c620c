"""`run.json`: merged, never half written, and read back as an identity."""

import os

import pytest

from t2t_af.records import run_folder


def test_a_folder_without_the_file_has_no_fields(tmp_path):
  assert run_folder.read(str(tmp_path)) == {}


def test_update_adds_and_replaces_and_makes_the_folder(tmp_path):
  folder = str(tmp_path / "new" / "run")
  run_folder.update(folder, model="slvm", seed=0)
  run_folder.update(folder, seed=1, steps=10)
  assert run_folder.read(folder) == {"model": "slvm", "seed": 1, "steps": 10}
  assert os.listdir(folder) == ["run.json"]


def test_a_write_that_fails_leaves_the_old_file(tmp_path):
  folder = str(tmp_path)
  run_folder.update(folder, seed=0)
  with pytest.raises(TypeError):
    run_folder.update(folder, model=object())  # no JSON
  assert run_folder.read(folder) == {"seed": 0}


def test_identity_has_every_field_and_none_where_unknown(tmp_path):
  run_folder.update(str(tmp_path), model="slvm", steps=10, data="elsewhere")
  identity = run_folder.identity(str(tmp_path))
  assert set(identity) == {*run_folder.IDENTITY, "trained_data_fingerprint"}
  assert identity["trained_data_fingerprint"] is None
  assert identity["model"] == "slvm" and identity["seed"] is None
  assert identity["train_fraction"] == 1.0  # Runs of before there was a choice.


def test_identity_says_which_data_the_run_was_trained_on(tmp_path):
  run_folder.update(str(tmp_path), data_fingerprint="d0")
  assert run_folder.identity(str(tmp_path))["trained_data_fingerprint"] == "d0"
  assert "data_fingerprint" not in run_folder.identity(str(tmp_path))


@pytest.mark.parametrize("eval_every, expected", [(0, None), (5, 20)])
def test_only_a_run_stopped_early_was_chosen_of_steps(
  tmp_path, eval_every, expected
):
  run_folder.update(str(tmp_path), eval_every=eval_every, steps=20)
  identity = run_folder.identity(str(tmp_path))
  assert identity.get("chosen_of_steps") == expected
  assert ("chosen_of_steps" in identity) == bool(expected)


def test_results_lie_in_a_folder_of_their_own():
  assert run_folder.results("run", "samples") == os.path.join(
    "run", "results", "samples.jsonl"
  )


def test_identity_says_whose_weights_a_run_began_with(tmp_path):
  run_folder.update(str(tmp_path), model="slvm")
  assert "warm_start_from" not in run_folder.identity(str(tmp_path))
  run_folder.update(str(tmp_path), warm_start_from="runs/a")
  assert run_folder.identity(str(tmp_path))["warm_start_from"] == "runs/a"
