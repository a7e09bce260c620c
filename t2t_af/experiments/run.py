"""One run of a comparison: trains a model, evaluates it, samples from it.

With `eval_every` the dev split is evaluated during training as well, and of
these steps the one with the lowest NLL is scored and sampled from.
"""

import os
import resource
from typing import NamedTuple

import numpy as np
from tensor2tensor.utils import decoding as t2t_decoding
from tensor2tensor.utils import registry
from tensor2tensor.utils import trainer_lib
import tensorflow.compat.v1 as tf

from t2t_af import errors
from t2t_af import locks
from t2t_af import whole_file
from t2t_af.experiments import best_checkpoint
from t2t_af.experiments import checkpoints
from t2t_af.experiments import decoding
from t2t_af.experiments import overrides
from t2t_af.experiments import recovery
from t2t_af.experiments import stoppable
from t2t_af.experiments import stored_hparams
from t2t_af.experiments import training_progress
from t2t_af.models import run_data
from t2t_af.records import environment
from t2t_af.records import json_lines
from t2t_af.records import records
from t2t_af.records import run_folder


class Run(NamedTuple):
  """What is run; fields as in `run.json`."""

  model: str
  hparams_set: str
  hparams: str  # overrides, "name=value,..."
  problem: str
  data_dir: str
  output_dir: str
  steps: int
  seed: int
  split: str  # "dev" or "test"
  num_contexts: int
  num_samples: int
  eval_every: int = 0  # steps; 0: the last step is scored


def stages_left(run: Run) -> list:
  """Which of train, evaluate, sample are not on disk yet."""
  left = ["evaluate"] + ["sample"] * (run.num_contexts > 0)
  if _trained_steps(run) < run.steps:
    return ["train"] + left
  step = best_checkpoint.step_of(run.output_dir)
  return [
    stage
    for stage in left
    if not any(
      r["step"] == step and r["split"] == run.split and records.is_current(r)
      for r in json_lines.read(
        run_folder.results(run.output_dir, _RECORDS[stage])
      )
    )
  ]


def execute(run: Run, force: bool = False) -> None:
  """Does what is left of the run; training continues from its checkpoint.

  Args:
    run: what is run.
    force: go on though another process seems to write to output_dir.

  Raises:
    UserError: it was trained on other data than is in data_dir, or another
      process writes to output_dir.
  """
  with locks.held(run.output_dir, force=force):
    _execute(run)


def repeat(run: Run, step: int) -> None:
  """Trains as `execute` does, up to a step that may be before the last.

  Raises:
    UserError: as `execute`.
  """
  with locks.held(run.output_dir):
    _prepare(run)
    if best_checkpoint.step_of(run.output_dir) < step:
      trainer_lib.set_random_seed(run.seed)
      _experiment(run, trains=True).train(max_steps=step)


def _execute(run: Run) -> None:
  _prepare(run)
  left = stages_left(run)
  if run.eval_every and "train" not in left:
    best_checkpoint.use(run.output_dir)
    left = stages_left(run)
  for stage in left:
    # The same seed for each stage, whether or not an earlier one ran here.
    trainer_lib.set_random_seed(run.seed)
    _STAGES[stage](run)


def _prepare(run: Run) -> None:
  """What its folder is to say before anything is done."""
  step = best_checkpoint.step_of(run.output_dir)
  if step > run.steps:
    raise errors.UserError(
      f"{run.output_dir} was trained to step {step}, beyond the {run.steps} "
      "that it is to have here. Give another --output_dir."
    )
  if run_data.is_known(run.output_dir):
    data = registry.problem(run.problem).data_fingerprint(run.data_dir)
    run_data.check(run.output_dir, data, run.data_dir)
  run_folder.update(
    run.output_dir,
    model=run.model,
    hparams_set=run.hparams_set,
    hparams=run.hparams,
    problem=run.problem,
    seed=run.seed,
    steps=run.steps,
    eval_every=run.eval_every,
    hardware=environment.hardware(_gpus()),
    versions=environment.versions(),
  )
  stored_hparams.check(run.output_dir, run.hparams_set)
  # A run that was killed may have left its files between two states.
  recovery.check_goes_on(run.output_dir, begins_again=True)


def _train(run: Run) -> None:
  for pause in _pauses(run):
    step = best_checkpoint.step_of(run.output_dir)
    if step < pause:
      _experiment(run, trains=True).train(max_steps=pause)
    if not run.eval_every or step > pause:
      continue
    # A disk may have lost it; what is damaged is not evaluated.
    recovery.check_trained(checkpoints.newest(run.output_dir) or "")
    # Where it was trained just now, a record is of weights that were lost.
    if step < pause or not best_checkpoint.is_evaluated(run.output_dir, pause):
      _evaluate(run._replace(split=best_checkpoint.SPLIT))
    # Also after an evaluation that is on disk: the run may have been killed
    # between the record and this.
    best_checkpoint.keep(run.output_dir)
  seconds = [
    r["seconds_per_step"]
    for r in json_lines.read(run_folder.results(run.output_dir, "training"))
  ]
  run_folder.update(
    run.output_dir,
    trained_steps=run.steps,
    seconds_per_step=float(np.median(seconds)),
    peak_memory_mib=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
  )
  if run.eval_every:
    best_checkpoint.use(run.output_dir)


def _pauses(run: Run) -> list:
  """Steps up to which is trained before an evaluation; the last is the end."""
  every = run.eval_every or run.steps
  return [*range(every, run.steps, every), run.steps]


def _evaluate(run: Run) -> None:
  experiment = _experiment(run)
  experiment.evaluate()


def _sample(run: Run) -> None:
  experiment = _experiment(run)
  decode_hparams = _decode_hparams(run)

  decoding.decode_from_dataset(
    experiment.estimator,
    run.problem,
    experiment._hparams,
    decode_hparams,
    dataset_split=run.split,
  )


_STAGES = {"train": _train, "evaluate": _evaluate, "sample": _sample}
_RECORDS = {"evaluate": "likelihood", "sample": "samples"}


def _decode_hparams(run: Run):
  return t2t_decoding.decode_hparams(
    "num_samples=%d,num_decodes=%d,max_display_outputs=3,"
    "max_display_decodes=2" % (run.num_contexts, run.num_samples)
  )


def _experiment(run: Run, trains: bool = False):
  """tensor2tensor's experiment, as `t2t-trainer` makes it."""
  path = stored_hparams.path(run.output_dir)
  hparams = trainer_lib.create_hparams(
    run.hparams_set, run.hparams, hparams_path=path
  )
  hparams.parse(overrides.kept_by_run(run.output_dir, hparams))
  if trains and not os.path.exists(path):
    # All of them: a set may change from version to version.
    text = hparams.to_json(indent=0, sort_keys=True)
    whole_file.write(path, text.encode())
  config = trainer_lib.create_run_config(
    run.model,
    model_dir=run.output_dir,
    schedule="train",
    save_checkpoints_secs=120,
    keep_checkpoint_max=2,
    num_gpus=max(1, len(_gpus())),
    random_seed=run.seed,
  )
  hooks = [training_progress.ProgressHook(run.steps)] if trains else []
  experiment = trainer_lib.create_experiment(
    config,
    hparams,
    run.model,
    run.problem,
    run.data_dir,
    train_steps=run.steps,
    eval_steps=None,
    schedule="train",
    decode_hparams=_decode_hparams(run),
    eval_use_test_set=run.split == "test",
    additional_train_hooks=hooks,
  )
  stoppable.guard(experiment)
  return experiment


def _trained_steps(run: Run) -> int:
  """Of the newest checkpoint, or of the last one that it was chosen from.

  A run that is to be scored at its best step is trained only once that step
  was chosen.
  """
  step = best_checkpoint.step_of(run.output_dir)
  if step < 0:
    return step
  chosen_from = run_folder.read(run.output_dir).get("trained_steps", -1)
  return chosen_from if run.eval_every else max(step, chosen_from)


def _gpus() -> list:
  return [device.name for device in tf.config.list_physical_devices("GPU")]
