"""Who evaluates beside a training takes whole checkpoints alone."""

import os

import pytest
from tensor2tensor.utils import trainer_lib

from t2t_af.errors import UserError
from t2t_af.experiments import best_checkpoint
from t2t_af.experiments import new_checkpoints
from t2t_af.experiments import run as run_lib
from t2t_af.records import json_lines
from t2t_af.records import run_folder
from tests.experiments import fake_run
from tests.fixtures import checkpoint_files


def _cut(path):
  os.truncate(path + ".data-00000-of-00001", 5)


def test_a_new_checkpoint_that_is_damaged_is_passed_over_and_said(
  tmp_path, monkeypatch, capsys
):
  paths = [checkpoint_files.write(str(tmp_path), step) for step in (2, 4, 6)]
  _cut(paths[1])
  monkeypatch.setattr(trainer_lib, "next_checkpoint", lambda *_: iter(paths))
  new_checkpoints.pass_over_damaged()
  found = list(trainer_lib.next_checkpoint(str(tmp_path), 0))
  assert found == [paths[0], paths[2]]
  assert f"{paths[1]} is damaged: it cannot be read" in capsys.readouterr().err


def test_a_run_does_not_score_what_a_disk_lost(tmp_path, monkeypatch, capsys):
  """And ends as it would have, once it is started again."""

  class Losing(fake_run.Experiment):
    def train(self, max_steps):
      super().train(max_steps)
      if max_steps == fake_run.BEST_STEP:
        _cut(os.path.join(run.output_dir, f"model.ckpt-{max_steps}"))

  run = fake_run.run(str(tmp_path / "run"))
  monkeypatch.setattr(run_lib, "_experiment", Losing)
  with pytest.raises(UserError, match="ckpt-8 is damaged.*is model.ckpt-4"):
    run_lib.execute(run)
  assert not best_checkpoint.is_evaluated(run.output_dir, 8)
  monkeypatch.setattr(run_lib, "_experiment", fake_run.Experiment)
  run_lib.execute(run)
  assert "Going on from" in capsys.readouterr().err
  path = run_folder.results(run.output_dir, "likelihood")
  scored = [r["step"] for r in json_lines.read(path) if r["split"] == "test"]
  assert scored == [8]
