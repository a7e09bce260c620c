"""Flags that do nothing are told, and none is told that does something."""

import ast
import inspect
import re

from absl import flags
import pytest
from tensor2tensor.bin import t2t_decoder
from tensor2tensor.bin import t2t_eval
from tensor2tensor.bin import t2t_trainer
from tensor2tensor.utils import cloud_mlengine
from tensor2tensor.utils import trainer_lib

from t2t_af.bin import idle_flags
from t2t_af.bin import schedules

FLAGS = flags.FLAGS

pytestmark = pytest.mark.usefixtures("parsed_flags")


def _told(capsys, rules, *arguments):
  FLAGS(["command", *arguments])
  idle_flags.warn(rules)
  return capsys.readouterr().err


@pytest.mark.parametrize(
  "rules, arguments, told",
  [
    (idle_flags.TRAINER, ["--eval_steps=3", "--schedule=train"], "eval_steps"),
    (idle_flags.TRAINER, ["--tpu_num_shards=4"], "without --use_tpu"),
    (idle_flags.TRAINER, ["--autotune_max_trials=4"], "--cloud_mlengine"),
    (idle_flags.TRAINER, ["--train_steps=3", "--schedule=evaluate"], "train_s"),
    (idle_flags.TRAINER, ["--worker_gpu=2"], "there is no GPU"),
    (idle_flags.EVAL, ["--train_steps=3"], "t2t-trainer reads it"),
    (idle_flags.EVAL, ["--decode_hparams=num_decodes=2"], "t2t-decoder reads"),
    (idle_flags.DECODER, ["--eval_steps=3"], "t2t-eval reads it"),
  ],
)
def test_a_flag_without_effect_is_told_in_a_line(
  capsys, monkeypatch, rules, arguments, told
):
  monkeypatch.setattr(
    idle_flags.tf.config, "list_physical_devices", lambda kind: []
  )
  line = _told(capsys, rules, *arguments)
  assert line.startswith("note: --") and told in line
  assert line.count("\n") == 1


def test_fewer_gpus_than_asked_for_are_told(capsys, monkeypatch):
  monkeypatch.setattr(
    idle_flags.tf.config, "list_physical_devices", lambda kind: ["GPU:0"]
  )
  told = _told(capsys, idle_flags.TRAINER, "--worker_gpu=2")
  assert told.startswith("note: --worker_gpu=2: only 1 there; a step takes 2")


@pytest.mark.parametrize(
  "rules, arguments",
  [
    (idle_flags.TRAINER, ["--eval_steps=3"]),
    (idle_flags.TRAINER, ["--keep_checkpoint_every_n_hours=1"]),
    (idle_flags.TRAINER, ["--worker_gpu=1"]),
    (idle_flags.TRAINER, ["--generate_data", "--tmp_dir=x"]),
    (idle_flags.EVAL, ["--eval_steps=3", "--eval_use_test_set"]),
    (idle_flags.DECODER, ["--decode_hparams=num_decodes=2"]),
  ],
)
def test_a_flag_with_an_effect_is_not(capsys, rules, arguments):
  assert _told(capsys, rules, *arguments) == ""


def test_a_default_is_not_told(capsys):
  FLAGS.eval_steps = 100
  assert _told(capsys, idle_flags.TRAINER, "--schedule=train") == ""


@pytest.mark.parametrize(
  "arguments, step, told",
  [
    (["--train_steps=50"], 100, "is at step 100 already; --train_steps=50 tra"),
    (["--train_steps=100"], 100, "trains nothing"),
    (["--train_steps=101"], 100, ""),
    (["--train_steps=50"], -1, ""),
    (["--train_steps=50", "--schedule=evaluate"], 100, ""),
    (["--local_eval_frequency=10"], -1, "below --iterations_per_loop=100"),
    (
      ["--local_eval_frequency=10", "--iterations_per_loop=10"],
      -1,
      "at least 600 s apart",
    ),
    (
      ["--local_eval_frequency=200", "--save_checkpoints_secs=9"],
      -1,
      "with --save_checkpoints_secs",
    ),
    (["--local_eval_frequency=200", "--eval_throttle_seconds=1"], -1, ""),
    (["--local_eval_frequency=9", "--schedule=train_eval_and_decode"], -1, ""),
  ],
)
def test_what_a_training_does_not_do(capsys, arguments, step, told):
  FLAGS(["command", *arguments])
  idle_flags.warn_of_training(step)
  line = capsys.readouterr().err
  assert told in line
  assert line.count("\n") == bool(told)


def test_schedules_are_those_of_the_trainer():
  named = {*schedules.TRAIN, *schedules.EVALUATE, *schedules.DECODE}
  assert all(hasattr(trainer_lib.T2TExperiment, name) for name in named)


def _read_by(*owners):
  """The X of every FLAGS.X in the source of modules and functions."""
  return {
    node.attr
    for owner in owners
    for node in ast.walk(ast.parse(inspect.getsource(owner)))
    if isinstance(node, ast.Attribute)
    and getattr(node.value, "id", "") == "FLAGS"
  }


# What reads flags on the way of each command.
_COMMANDS = {
  "EVAL": (t2t_eval, t2t_trainer.create_run_config),
  "DECODER": (t2t_decoder, t2t_trainer.create_run_config),
}
# Read where a RunConfig is made, which then trains nothing.
_FOR_A_TRAINING = {
  "schedule",
  "save_checkpoints_secs",
  "keep_checkpoint_max",
  "keep_checkpoint_every_n_hours",
  "local_eval_frequency",
  "iterations_per_loop",
  "log_step_count_steps",
}


def _defined():
  """The flags of tensor2tensor."""
  return {
    flag.name
    for module, of_module in FLAGS.flags_by_module_dict().items()
    if re.match(r"tensor2tensor\.(bin\.t2t_(trainer|eval)|utils)", module)
    for flag in of_module
  }


@pytest.mark.parametrize("command", _COMMANDS)
def test_what_a_command_never_reads_is_declared(command):
  """And nothing else is declared to be never read."""
  read = _read_by(*_COMMANDS[command]) - _FOR_A_TRAINING
  declared = {
    name
    for rule in getattr(idle_flags, command)
    if rule.holds()
    for name in rule.names
  }
  conditional = {"ps_gpu", "ps_job", "sync", "keep_timestamp", "master"}
  conditional |= {n for n in declared if "tpu" in n}
  assert declared & read <= conditional
  of_each = {"eval_use_test_set", "hparams", "random_seed", "t2t_usr_dir"}
  assert _defined() - read - of_each - declared == set()


def test_what_no_command_reads_is_read_by_none():
  (rule,) = [r for r in idle_flags.TRAINER if "nothing reads it" in r.why]
  read = _read_by(t2t_trainer, t2t_eval, t2t_decoder, cloud_mlengine)
  # Passed on, to what drops them.
  assert set(rule.names) & read == {"master", "std_server_protocol"}
