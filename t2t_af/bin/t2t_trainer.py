"""`t2t-trainer`: trains and evaluates. tensor2tensor's main and flags.

    t2t-trainer --problem=video_toy_pushing --data_dir=data \\
        --model=video_flow --hparams_set=video_flow_tiny \\
        --output_dir=run --train_steps=1000 [--hparams=batch_size=8] \\
        [--eval_steps=100] [--random_seed=0]

--hparams=train_fraction=0.25 trains on a quarter of the training sequences,
train_fraction_seed says on which. Every evaluation leaves records in
results/: likelihood, and temporal correlation of data and noise.

Started again with the same --output_dir, it continues from the last checkpoint,
on the data that the run was trained on (--allow_other_data: on any other), as
if it had never stopped. Without --random_seed it draws a seed and keeps it.
Ctrl-C and SIGTERM save a checkpoint first; a second Ctrl-C ends at once.
One process trains a run at a time; --force goes on though another seems to.

Several workers, each with its own TF_CONFIG, train together: batch_size is each
one's, the first is the chief (docs/several_workers.md).
"""

import secrets
import shlex
import sys
from typing import Any

from t2t_af import mended  # noqa: F401

# isort: split
from absl import flags

from problems.core import options
from t2t_af import locks
from t2t_af import workers
from t2t_af.bin import checks
from t2t_af.bin import command
from t2t_af.bin import force  # noqa: F401
from t2t_af.bin import idle_flags
from t2t_af.bin import joining
from t2t_af.bin import run_metadata
from t2t_af.bin import schedules
from t2t_af.experiments import best_checkpoint
from t2t_af.experiments import checkpoints
from t2t_af.experiments import new_checkpoints
from t2t_af.experiments import recovery
from t2t_af.experiments import stoppable
from t2t_af.experiments import stored_hparams
from t2t_af.experiments import together
from t2t_af.experiments import training_progress
from t2t_af.records import environment
from t2t_af.records import run_folder

FLAGS = flags.FLAGS

flags.DEFINE_bool(
  "allow_other_data",
  False,
  "Train on though the data in --data_dir is not what the run was trained on.",
)


def main() -> None:
  """The command; leaves with its exit code."""
  sys.exit(
    command.run(
      "tensor2tensor.bin.t2t_trainer",
      __doc__,
      _prepare,
      interrupted=interrupted,
    )
  )


def interrupted() -> str:
  """What is said on Ctrl-C: what is kept, and how to continue."""
  training_progress.close()
  if not workers.here().is_chief:
    return "the chief saves; started again, all workers go on from there"
  return best_checkpoint.kept(FLAGS.output_dir or "")


def _prepare(stock) -> None:
  if (
    FLAGS.registry_help
    or FLAGS.schedule == "run_std_server"
    or FLAGS.cloud_mlengine
  ):
    return
  checks.given("problem", "model", "hparams_set", "data_dir", "output_dir")
  checks.expand_home("data_dir", "tmp_dir", "output_dir", "warm_start_from")
  checks.schedule(FLAGS.schedule)
  checks.problem(FLAGS.problem)
  checks.model_and_hparams(FLAGS.output_dir)
  checks.decode_hparams()
  joining.check_flags()
  trains = FLAGS.schedule in schedules.TRAIN
  if not FLAGS.generate_data:
    splits = ["train"] if trains else []
    if FLAGS.schedule in schedules.EVALUATE:
      splits.append("test" if FLAGS.eval_use_test_set else "dev")
    checks.data_files(FLAGS.problem, splits)
  if FLAGS.warm_start_from:
    FLAGS.warm_start_from = recovery.source(FLAGS.warm_start_from)
    checks.checkpoint_is_of(FLAGS.model, FLAGS.warm_start_from)
  _find_checkpoint()
  checks.output_dir_is_of(FLAGS.model, FLAGS.output_dir)
  begins = trains and not checkpoints.newest(FLAGS.output_dir)
  if begins:
    _begin_anew()
  else:
    _go_on(trains)
  if trains and not FLAGS.generate_data:
    checks.same_data(FLAGS.output_dir)
  idle_flags.warn(idle_flags.TRAINER)
  idle_flags.warn_of_training(best_checkpoint.step_of(FLAGS.output_dir))
  if trains:
    FLAGS.random_seed = joining.join(_seed())
    _describe_run(begins)
  _change(stock)


def _change(stock) -> None:
  """Has the stock trainer do as ours does."""
  run_metadata.add_to(stock)
  stoppable.add_to(stock)
  new_checkpoints.pass_over_damaged()
  training_progress.add_to(stock)
  if workers.here().count > 1:
    together.add_to(stock)


def _begin_anew() -> None:
  """Forgets what a training was that ended before it saved anything."""
  if workers.here().count == 1:  # else it is the chief's, for the others
    stored_hparams.forget(FLAGS.output_dir)
    kept = ["seed"] if FLAGS.random_seed is None else []
    run_folder.forget(FLAGS.output_dir, *kept)


def _go_on(trains: bool) -> None:
  """Keeps the run's hparams; tells what is other in it from here on."""
  changes = checks.same_model_as_before(FLAGS.output_dir)
  if not trains:
    return
  step = best_checkpoint.step_of(FLAGS.output_dir)
  if changes:
    sys.stderr.write(
      f"From step {step} on: {', '.join(changes)}. The records that follow "
      "call the whole run so.\n"
    )
  if FLAGS.warm_start_from:
    sys.stderr.write(
      f"--warm_start_from does nothing: {FLAGS.output_dir} goes on from its "
      f"own step {step}.\n"
    )


def _describe_run(begins: bool) -> None:
  """run.json, from the flags; begins: whether it has no checkpoint yet."""
  further: dict[str, Any] = {}
  if begins and FLAGS.warm_start_from:
    further[run_folder.WARM_START_FROM] = FLAGS.warm_start_from
  if run_folder.read(FLAGS.output_dir).get("eval_every"):
    further["eval_every"] = 0  # No step of it is chosen from here on.
  run_folder.update(
    FLAGS.output_dir,
    model=FLAGS.model,
    hparams_set=FLAGS.hparams_set,
    hparams=FLAGS.hparams,
    problem=FLAGS.problem,
    seed=FLAGS.random_seed,
    steps=max(FLAGS.train_steps, best_checkpoint.step_of(FLAGS.output_dir)),
    command=shlex.join(["t2t-trainer", *sys.argv[1:]]),
    versions=environment.versions(),
    **further,
  )


def _seed() -> int:
  """--random_seed, or that which the run has, or a new one that it keeps."""
  given, kept = FLAGS.random_seed, run_folder.read(FLAGS.output_dir).get("seed")
  if given is None:
    return secrets.randbelow(2**31) if kept is None else kept
  if kept not in (None, given):
    sys.stderr.write(
      f"--random_seed={given}: {FLAGS.output_dir} was trained with {kept} so "
      f"far. From here on it is another run than one of either seed.\n"
    )
  return given


def _find_checkpoint() -> None:
  """Sees to the checkpoint that --schedule goes on from, if it does."""
  if schedules.writes_checkpoints():
    locks.take(FLAGS.output_dir, force=FLAGS.force)
    options.set(force=FLAGS.force)  # Of --generate_data.
    recovery.check_goes_on(FLAGS.output_dir)
    # TensorFlow deletes the last one before it is known that the next is whole.
    if FLAGS.keep_checkpoint_max == 1:
      sys.stderr.write(
        "--keep_checkpoint_max=1: the one before stays as well\n"
      )
      FLAGS.keep_checkpoint_max = 2
  elif FLAGS.schedule not in schedules.TRAIN and (
    not schedules.waits_for_training()
  ):
    recovery.check_exists(FLAGS.output_dir)


if __name__ == "__main__":
  main()
