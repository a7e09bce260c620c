"""The checks of t2t-trainer, t2t-eval and t2t-decoder, without running them."""

import json

from absl import flags
import pytest

from t2t_af import errors
from t2t_af import locks
from t2t_af.bin import schedules
from t2t_af.bin import t2t_decoder
from t2t_af.bin import t2t_eval
from t2t_af.bin import t2t_trainer
from t2t_af.experiments import best_checkpoint
from t2t_af.experiments import decoding
from t2t_af.records import run_folder
from tests.bin import t2t_flags
from tests.fixtures import checkpoint_files

FLAGS = flags.FLAGS
COMMANDS = t2t_flags.COMMANDS

pytestmark = pytest.mark.usefixtures("folder")


@pytest.mark.parametrize("module", COMMANDS)
@pytest.mark.parametrize(
  "values, message",
  [
    (dict(model=None), "--model must be given"),
    (dict(problem="video_toy"), 'unknown problem "video_toy"'),
    (dict(hparams_set="slvm_tini"), 'Did you mean "slvm_tiny"'),
    (dict(hparams="latent_sise=2"), 'Did you mean "latent_size"'),
    (dict(hparams="dropout=0.9"), "dropout=0.9 has no effect on slvm"),
  ],
)
def test_mistakes_are_named_and_nothing_is_written(
  folder, module, values, message
):
  t2t_flags.give(**values)
  with pytest.raises(errors.UserError, match=message):
    module._prepare(t2t_flags.stock())
  assert not (folder / "run").exists()


@pytest.mark.parametrize("module", [t2t_eval, t2t_decoder])
def test_without_a_checkpoint_there_is_nothing_to_evaluate(module):
  with pytest.raises(errors.UserError, match="holds no checkpoint"):
    module._prepare(t2t_flags.stock())


@pytest.mark.parametrize(
  "schedule",
  ["evaluate", "evaluate_on_train_data", "decode", "continuous_eval"],
)
def test_a_schedule_that_trains_nothing_needs_a_checkpoint(folder, schedule):
  t2t_flags.give(schedule=schedule)
  with pytest.raises(errors.UserError, match="holds no checkpoint"):
    t2t_trainer._prepare(t2t_flags.stock())
  assert not (folder / "run").exists()
  checkpoint_files.write(str(folder / "run"), 3)
  t2t_trainer._prepare(t2t_flags.stock())


def test_an_evaluation_beside_a_training_waits_if_it_is_said(folder):
  t2t_flags.give(schedule="continuous_eval")
  with pytest.raises(errors.UserError, match="holds no checkpoint"):
    t2t_trainer._prepare(t2t_flags.stock())
  FLAGS(["t2t-trainer", "--eval_timeout_mins=3"])
  assert t2t_trainer._prepare(t2t_flags.stock()) is None
  assert not (folder / "run").exists()


def test_a_training_does_not_start_anew_beside_checkpoints(folder, capsys):
  checkpoint_files.write(str(folder / "run"), 3)
  (folder / "run" / "checkpoint").unlink()
  t2t_trainer._prepare(t2t_flags.stock())
  assert "model.ckpt-3, the newest checkpoint that" in capsys.readouterr().err
  (folder / "run" / "model.ckpt-3.index").unlink()
  with pytest.raises(errors.UserError, match="no other checkpoint"):
    t2t_trainer._prepare(t2t_flags.stock())


@pytest.mark.parametrize("module", COMMANDS)
def test_of_a_damaged_checkpoint_the_one_before_is_used(folder, capsys, module):
  for step in (3, 4):
    checkpoint_files.write(str(folder / "run"), step)
  (folder / "run" / "model.ckpt-4.index").write_bytes(b"cut")
  module._prepare(t2t_flags.stock())
  assert "model.ckpt-4 is damaged" in capsys.readouterr().err
  assert best_checkpoint.step_of(str(folder / "run")) == 3


def test_warm_start_takes_the_newest_that_is_whole(folder, capsys):
  for step in (3, 4):
    checkpoint_files.write(str(folder / "other"), step)
  (folder / "other" / "model.ckpt-4.index").write_bytes(b"cut")
  t2t_flags.give(warm_start_from=str(folder / "other"))
  t2t_trainer._prepare(t2t_flags.stock())
  assert FLAGS.warm_start_from == str(folder / "other" / "model.ckpt-3")
  assert "model.ckpt-4 is damaged" in capsys.readouterr().err


def test_a_run_that_is_trained_in_another_process_is_left_alone(
  folder, monkeypatch
):
  monkeypatch.setattr(locks, "_locked", lambda folder, path: None)
  with pytest.raises(errors.UserError, match="run is being written to by"):
    t2t_trainer._prepare(t2t_flags.stock())
  assert not run_folder.read(str(folder / "run"))
  t2t_flags.give(force=True)
  t2t_trainer._prepare(t2t_flags.stock())
  assert run_folder.read(str(folder / "run"))["steps"] == 5


@pytest.mark.parametrize(
  "flags, task, writes",
  [
    (dict(schedule="train"), None, True),
    (dict(schedule="evaluate"), None, False),
    (dict(schedule="train", worker_id=1), None, False),
    (dict(schedule="train"), ("chief", 0), True),
    (dict(schedule="train"), ("worker", 0), False),
  ],
)
def test_one_of_many_workers_writes(monkeypatch, flags, task, writes):
  if task:
    cluster = {"chief": ["localhost:1"], "worker": ["localhost:2"]}
    where = {"cluster": cluster, "task": dict(zip(("type", "index"), task))}
    monkeypatch.setenv("TF_CONFIG", json.dumps(where))
  t2t_flags.give(**flags)
  assert schedules.writes_checkpoints() == writes


def test_the_one_before_the_last_checkpoint_is_kept_too(capsys):
  t2t_flags.give(keep_checkpoint_max=1)
  t2t_trainer._prepare(t2t_flags.stock())
  assert FLAGS.keep_checkpoint_max == 2
  assert "--keep_checkpoint_max=1" in capsys.readouterr().err


def test_a_run_that_is_trained_already_is_told(folder, capsys):
  checkpoint_files.write(str(folder / "run"), 9)
  t2t_trainer._prepare(t2t_flags.stock())
  assert "is at step 9 already; --train_steps=5" in capsys.readouterr().err


@pytest.mark.parametrize("module", [t2t_eval, t2t_decoder])
@pytest.mark.parametrize("split", ["dev", "test"])
def test_the_split_that_is_read_must_be_there(folder, module, split):
  (folder / f"video_toy_pushing-{split}-00000-of-00001").unlink()
  t2t_flags.give(eval_use_test_set=split == "test")
  with pytest.raises(errors.UserError, match=f"no {split} data"):
    module._prepare(t2t_flags.stock())


def test_the_trainer_needs_what_its_schedule_reads(folder):
  (folder / "video_toy_pushing-dev-00000-of-00001").unlink()
  t2t_flags.give(schedule="train")
  t2t_trainer._prepare(t2t_flags.stock())
  t2t_flags.give(schedule="train_and_evaluate")
  with pytest.raises(errors.UserError, match="no dev data"):
    t2t_trainer._prepare(t2t_flags.stock())
  t2t_flags.give(eval_use_test_set=True)
  t2t_trainer._prepare(t2t_flags.stock())
  (folder / "video_toy_pushing-train-00000-of-00001").unlink()
  with pytest.raises(errors.UserError, match="no train data"):
    t2t_trainer._prepare(t2t_flags.stock())
  t2t_flags.give(generate_data=True)
  t2t_trainer._prepare(t2t_flags.stock())


def test_the_trainer_writes_what_is_run():
  t2t_flags.give(schedule="train", hparams="batch_size=2")
  t2t_trainer._prepare(t2t_flags.stock())
  known = run_folder.read(FLAGS.output_dir)
  assert "tensorflow" in known.pop("versions")
  assert known.pop("command").startswith("t2t-trainer")
  assert known == dict(
    model="slvm",
    hparams_set="slvm_tiny",
    hparams="batch_size=2",
    problem="video_toy_pushing",
    seed=2,
    steps=5,
  )


def test_an_evaluation_leaves_run_json_alone(folder):
  t2t_flags.give(schedule="evaluate")
  checkpoint_files.write(str(folder / "run"), 3)
  t2t_trainer._prepare(t2t_flags.stock())
  assert run_folder.read(FLAGS.output_dir) == {}


@pytest.mark.parametrize(
  "values",
  [
    dict(registry_help=True),
    dict(schedule="run_std_server"),
    dict(cloud_mlengine=True),
  ],
)
def test_what_trains_nothing_is_not_checked(folder, values):
  t2t_flags.give(problem=None, **values)
  t2t_trainer._prepare(t2t_flags.stock())
  assert not (folder / "run").exists()


def test_an_unknown_schedule_is_named():
  t2t_flags.give(schedule="trian")
  with pytest.raises(errors.UserError, match='Did you mean "train"'):
    t2t_trainer._prepare(t2t_flags.stock())


def test_ctrl_c_says_whether_a_checkpoint_is_kept(folder):
  assert "nothing is saved yet" in t2t_trainer.interrupted()
  (folder / "run").mkdir()
  (folder / "run" / "checkpoint").write_text(
    'model_checkpoint_path: "model.ckpt-3"\n', encoding="utf-8"
  )
  for suffix in ("index", "data-00000-of-00001"):
    (folder / "run" / f"model.ckpt-3.{suffix}").touch()
  assert t2t_trainer.interrupted() == (
    f"step 3 is saved ({folder / 'run'}/model.ckpt-3); the same command "
    "continues from there"
  )


def test_the_decoder_takes_our_sampling(folder, monkeypatch):
  monkeypatch.setattr(t2t_decoder.recovery, "check_exists", lambda folder: None)
  stock = t2t_flags.stock()
  t2t_decoder._prepare(stock)
  assert stock.decoding.decode_from_dataset is decoding.decode_from_dataset


def test_a_checkpoint_that_is_none_is_refused(folder):
  t2t_flags.give(checkpoint_path=str(folder / "model.ckpt-1"))
  with pytest.raises(errors.UserError, match="there is no such checkpoint"):
    t2t_decoder._prepare(t2t_flags.stock())


def test_an_evaluation_waits_only_if_it_is_said(monkeypatch, capsys):
  monkeypatch.setattr(t2t_eval.recovery, "check_exists", pytest.fail)
  with pytest.raises(pytest.fail.Exception):
    t2t_eval._prepare(t2t_flags.stock())
  assert FLAGS.eval_timeout_mins == 0  # tensor2tensor: four hours
  t2t_flags.give(eval_timeout_mins=3)
  t2t_eval._prepare(t2t_flags.stock())
  assert "waiting for every new checkpoint" in capsys.readouterr().err


def test_a_run_keeps_the_seed_that_it_was_given_or_drew(folder, capsys):
  run = str(folder / "run")

  def seed_of(given):
    t2t_flags.give(random_seed=given)
    t2t_trainer._prepare(t2t_flags.stock())
    assert FLAGS.random_seed == run_folder.read(run)["seed"]
    return FLAGS.random_seed

  drawn = seed_of(None)
  assert 0 <= drawn < 2**31 and seed_of(None) == drawn
  assert not capsys.readouterr().err.count("was trained with")
  checkpoint_files.write(run, 3)
  assert seed_of(5 if drawn != 5 else 6) != drawn
  assert f"was trained with {drawn} so far" in capsys.readouterr().err
  assert run_folder.read(run)["command"].split()[0] == "t2t-trainer"
