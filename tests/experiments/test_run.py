"""The stages of one run of a comparison, without training any."""

import pytest

from t2t_af.experiments import best_checkpoint
from t2t_af.experiments import run as run_lib
from t2t_af.records import json_lines
from t2t_af.records import run_folder
from tests.fixtures import checkpoint_files


def _run(folder, **fields):
  return run_lib.Run(
    **{
      **dict(
        model="slvm",
        hparams_set="slvm_tiny",
        hparams="batch_size=2",
        problem="video_toy_pushing",
        data_dir="data",
        output_dir=str(folder),
        steps=10,
        seed=3,
        split="test",
        num_contexts=2,
        num_samples=4,
      ),
      **fields,
    }
  )


def _record(folder, name, **fields):
  json_lines.append(
    run_folder.results(str(folder), name),
    dict(fields, num_recordings=4, is_partial=False),
  )


@pytest.mark.parametrize(
  "steps, every, pauses",
  [
    (10, 0, [10]),
    (10, 5, [5, 10]),
    (10, 4, [4, 8, 10]),
    (10, 10, [10]),
    (10, 99, [10]),
  ],
)
def test_the_last_pause_is_the_end(tmp_path, steps, every, pauses):
  run = _run(tmp_path, steps=steps, eval_every=every)
  assert run_lib._pauses(run) == pauses


def test_what_is_on_disk_is_not_done_again(tmp_path):
  run = _run(tmp_path)
  assert run_lib.stages_left(run) == ["train", "evaluate", "sample"]
  checkpoint_files.write(str(tmp_path), 4)
  assert run_lib.stages_left(run) == ["train", "evaluate", "sample"]
  checkpoint_files.write(str(tmp_path), 10)
  assert run_lib.stages_left(run) == ["evaluate", "sample"]
  _record(tmp_path, "likelihood", step=10, split="dev")
  _record(tmp_path, "likelihood", step=4, split="test")
  assert run_lib.stages_left(run) == ["evaluate", "sample"]
  _record(tmp_path, "likelihood", step=10, split="test")
  assert run_lib.stages_left(run) == ["sample"]
  assert run_lib.stages_left(run._replace(num_contexts=0)) == []


def test_a_run_scored_at_an_earlier_step_is_trained(tmp_path):
  """Its newest checkpoint is the best one, not the last."""
  checkpoint_files.write(str(tmp_path), 4)
  assert run_lib._trained_steps(_run(tmp_path)) == 4
  run_folder.update(str(tmp_path), trained_steps=10)
  assert run_lib._trained_steps(_run(tmp_path)) == 10
  _record(tmp_path, "likelihood", step=4, split="test")
  assert run_lib.stages_left(_run(tmp_path)) == ["sample"]
  assert "train" in run_lib.stages_left(_run(tmp_path, steps=11))


def test_without_a_checkpoint_nothing_is_trained(tmp_path):
  run_folder.update(str(tmp_path), trained_steps=10)  # deleted since
  assert run_lib._trained_steps(_run(tmp_path)) == -1


def test_stages_run_in_order_from_one_seed(tmp_path, monkeypatch):
  done = []
  for stage in run_lib._STAGES:
    monkeypatch.setitem(
      run_lib._STAGES, stage, lambda run, stage=stage: done.append(stage)
    )
  monkeypatch.setattr(
    run_lib.trainer_lib, "set_random_seed", lambda seed: done.append(seed)
  )
  run_lib.execute(_run(tmp_path))
  assert done == [3, "train", 3, "evaluate", 3, "sample"]
  known = run_folder.read(str(tmp_path))
  assert (known["model"], known["steps"], known["eval_every"]) == (
    "slvm",
    10,
    0,
  )
  assert known["hardware"]["cores"] >= 1


def test_training_pauses_for_the_dev_split_and_leaves_its_speed(
  tmp_path, monkeypatch
):
  done = []

  class Experiment:
    """Trains at once."""

    def train(self, max_steps):
      done.append(("train", max_steps))
      checkpoint_files.write(str(tmp_path), max_steps)
      _record(tmp_path, "training", seconds_per_step=max_steps / 10)

  def evaluate(run):
    done.append((run.split, best_checkpoint.step_of(run.output_dir)))
    step = best_checkpoint.step_of(run.output_dir)
    _record(
      tmp_path, "likelihood", split="dev", step=step, nll_nats_per_dim=-step
    )

  monkeypatch.setattr(run_lib, "_experiment", lambda run, trains: Experiment())
  monkeypatch.setattr(run_lib, "_evaluate", evaluate)
  run_lib._train(_run(tmp_path, eval_every=4))
  assert done == [
    ("train", 4),
    ("dev", 4),
    ("train", 8),
    ("dev", 8),
    ("train", 10),
    ("dev", 10),
  ]
  known = run_folder.read(str(tmp_path))
  assert known["trained_steps"] == 10
  assert known["seconds_per_step"] == 0.8  # the median
  assert known["peak_memory_mib"] > 10


def test_samples_are_those_asked_for(tmp_path):
  decode = run_lib._decode_hparams(_run(tmp_path))
  assert (decode.num_samples, decode.num_decodes) == (2, 4)
