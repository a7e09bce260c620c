"""Flags of tensor2tensor that were given and do nothing, said in a line each.

tensor2tensor defines all flags for all commands. Those that a command never
reads, or reads under conditions that do not hold, are no mistake that stops
anything; but a person who gave one waits for what it does.
"""

from collections.abc import Callable, Iterable
import sys
from typing import NamedTuple

from absl import flags
import tensorflow.compat.v1 as tf

from t2t_af.bin import schedules

FLAGS = flags.FLAGS


class Idle(NamedTuple):
  """Flags that do nothing where `holds()`."""

  names: tuple[str, ...]
  holds: Callable[[], bool]
  why: str  # follows "has no effect "; {schedule} is filled in


def _always() -> bool:
  return True


def _without(name: str) -> Callable[[], bool]:
  return lambda: not getattr(FLAGS, name)


def _not_one_of(known: Iterable[str]) -> Callable[[], bool]:
  return lambda: FLAGS.schedule not in known


_BY_SCHEDULE = "with --schedule={schedule}"
_EARLY_STOPPING = (
  "eval_early_stopping_metric_delta",
  "eval_early_stopping_metric_minimize",
)
_DECODING = ("decode_hparams", "decode_to_file", "decode_reference")
# Of every command.
_EVERYWHERE = (
  Idle(
    ("master", "eval_run_autoregressive", "std_server_protocol"),
    _always,
    "here: nothing reads it",
  ),
  Idle(
    (
      "tpu_num_shards",
      "tpu_job_name",
      "tpu_infeed_sleep_secs",
      "cloud_tpu_name",
    ),
    _without("use_tpu"),
    "without --use_tpu",
  ),
  Idle(
    ("ps_gpu", "ps_job", "sync"),
    _without("ps_replicas"),
    "without --ps_replicas",
  ),
)
_WITHOUT_CLOUD = Idle(
  (
    "hparams_range",
    "autotune_objective",
    "autotune_maximize",
    "autotune_max_trials",
    "autotune_parallel_trials",
    "cloud_mlengine_master_type",
  ),
  _without("cloud_mlengine"),
  "without --cloud_mlengine",
)
TRAINER = (
  *_EVERYWHERE,
  _WITHOUT_CLOUD,
  Idle(("tmp_dir",), _without("generate_data"), "without --generate_data"),
  Idle(
    ("use_guarantee_const_getter",), _without("use_tpu"), "without --use_tpu"
  ),
  Idle(
    (
      "train_steps",
      "warm_start_from",
      "save_checkpoints_secs",
      "keep_checkpoint_max",
      "keep_checkpoint_every_n_hours",
      "local_eval_frequency",
      "export_saved_model",
    ),
    _not_one_of(schedules.TRAIN),
    _BY_SCHEDULE,
  ),
  Idle(
    ("eval_steps",),
    _not_one_of(set(schedules.EVALUATE) - {"test"}),
    _BY_SCHEDULE,
  ),
  Idle(("eval_use_test_set",), _not_one_of(schedules.EVALUATE), _BY_SCHEDULE),
  Idle(
    ("eval_throttle_seconds",),
    _not_one_of(schedules.EVALUATE_WHILE_TRAINING),
    _BY_SCHEDULE,
  ),
  Idle(
    ("eval_timeout_mins",),
    _not_one_of(("continuous_eval", "continuous_eval_on_train_data")),
    _BY_SCHEDULE,
  ),
  Idle(_DECODING, _not_one_of(schedules.DECODE), _BY_SCHEDULE),
  Idle(
    ("decode_from_file",),
    _not_one_of(("continuous_decode_from_file",)),
    _BY_SCHEDULE,
  ),
  Idle(
    ("eval_early_stopping_steps", *_EARLY_STOPPING),
    lambda: FLAGS.schedule in schedules.EVALUATE_WHILE_TRAINING,
    _BY_SCHEDULE,
  ),
  Idle(
    _EARLY_STOPPING,
    _without("eval_early_stopping_steps"),
    "without --eval_early_stopping_steps",
  ),
)
# What t2t-eval and t2t-decoder have no use for.
_OF_TRAINING = (
  "train_steps",
  "schedule",
  "generate_data",
  "tmp_dir",
  "warm_start_from",
  "save_checkpoints_secs",
  "keep_checkpoint_max",
  "keep_checkpoint_every_n_hours",
  "local_eval_frequency",
  "iterations_per_loop",
  "log_step_count_steps",
  "eval_throttle_seconds",
  "eval_early_stopping_steps",
  "eval_early_stopping_metric",
  *_EARLY_STOPPING,
  "export_saved_model",
  "export_saved_model_api_version",
  "use_guarantee_const_getter",
  "gpu_automatic_mixed_precision",
  "xla_compile",
  "profile",
  "tfdbg",
  "dbgprofile",
  "registry_help",
  "cloud_mlengine",
  "job-dir",
  *_WITHOUT_CLOUD.names,
)
EVAL = (
  *_EVERYWHERE,
  Idle(_OF_TRAINING, _always, "here: t2t-trainer reads it"),
  Idle((*_DECODING, "decode_from_file"), _always, "here: t2t-decoder reads it"),
)
DECODER = (
  *_EVERYWHERE,
  Idle(_OF_TRAINING, _always, "here: t2t-trainer reads it"),
  Idle(("eval_steps", "eval_timeout_mins"), _always, "here: t2t-eval reads it"),
  Idle(
    ("keep_timestamp",),
    lambda: not (FLAGS.decode_from_file and FLAGS.checkpoint_path),
    "without --decode_from_file and --checkpoint_path",
  ),
)


def warn(rules: Iterable[Idle]) -> None:
  """Says which of the flags that were given do nothing, each once."""
  said = set()
  for rule in rules:
    for name in rule.names:
      given = name in FLAGS and FLAGS[name].present
      if given and name not in said and rule.holds():
        said.add(name)
        why = rule.why.format(schedule=FLAGS.schedule)
        _say(f"--{name} has no effect {why}")
  _warn_of_missing_gpus()


def warn_of_training(step: int) -> None:
  """Says what of the flags of a training has not the effect that it names.

  Args:
    step: of the newest checkpoint; -1 where there is none.
  """
  if FLAGS.schedule in schedules.TRAIN_TO_A_STEP and step >= FLAGS.train_steps:
    _say(
      f"the run is at step {step} already; --train_steps={FLAGS.train_steps} "
      "trains nothing"
    )
  if (
    FLAGS.schedule in schedules.TRAIN and FLAGS["local_eval_frequency"].present
  ):
    _warn_of_rare_evaluations()


def _warn_of_rare_evaluations() -> None:
  """An evaluation is of a checkpoint, and no sooner than some time after."""
  given = f"--local_eval_frequency={FLAGS.local_eval_frequency}"
  if FLAGS.schedule == "train_eval_and_decode":
    return  # counts the steps itself
  if FLAGS.save_checkpoints_secs:
    _say(
      f"{given} has no effect with --save_checkpoints_secs, which says when "
      "there is a checkpoint to evaluate"
    )
  elif FLAGS.local_eval_frequency < FLAGS.iterations_per_loop:
    _say(
      f"{given} has no effect below --iterations_per_loop="
      f"{FLAGS.iterations_per_loop}, the steps between two checkpoints"
    )
  elif (
    FLAGS.schedule in schedules.EVALUATE_WHILE_TRAINING
    and not FLAGS["eval_throttle_seconds"].present
  ):
    _say(
      f"{given}: evaluations are at least {FLAGS.eval_throttle_seconds} s "
      "apart all the same, by --eval_throttle_seconds"
    )


def _warn_of_missing_gpus() -> None:
  number = len(tf.config.list_physical_devices("GPU"))
  if FLAGS["worker_gpu"].present and FLAGS.worker_gpu > max(1, number):
    given = f"--worker_gpu={FLAGS.worker_gpu}"
    _say(
      f"{given}: only {number} there; a step takes {FLAGS.worker_gpu} batches "
      "all the same, and is no faster"
      if number
      else f"{given} has no effect: there is no GPU, and one batch a step is "
      "taken on the CPU"
    )


def _say(line: str) -> None:
  sys.stderr.write(f"note: {line}\n")
