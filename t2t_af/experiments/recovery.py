"""From which checkpoint a command goes on where the newest one is damaged.

A process can be killed, a disk can be full or lose bits: then the newest
checkpoint of a run, or the file that names it, cannot be read. The newest that
is whole takes its place, and a line says so, before anything is trained,
evaluated or sampled.
"""

import os
import sys
from typing import Optional

from t2t_af import locks
from t2t_af.errors import UserError
from t2t_af.experiments import best_checkpoint
from t2t_af.experiments import checkpoints
from t2t_af.records import named_models
from t2t_af.records import run_folder


def recover(output_dir: str, begins_again: bool = False) -> None:
  """Has `checkpoint` name a whole one, where it does not.

  Args:
    output_dir: of a run, which may not be there yet.
    begins_again: whether a run of which no checkpoint is whole is to be
      trained anew. (One that has only that of step 0 always is.)

  Raises:
    UserError: no checkpoint is whole, or another process writes there.
  """
  if not checkpoints.fault_of_newest(output_dir):
    return
  with locks.held(output_dir):
    # Again, because its holder until now may have written the next one.
    fault = checkpoints.fault_of_newest(output_dir)
    if not fault:
      return
    step = _bring_back(output_dir)
    if step is not None:
      _say(
        f"{fault}. Going on from {checkpoints.prefix(output_dir, step)}, the "
        "newest checkpoint that is whole"
      )
      return _choose_again(output_dir)
    nothing_lost = checkpoints.steps_in(output_dir) == [0]
    told = f"{fault}, and no other checkpoint in {output_dir} is whole"
    if not (begins_again or nothing_lost):
      raise UserError(
        f"{told}. Give another --output_dir, or delete what is in this one to "
        "begin again at step 1."
      )
    checkpoints.forget(output_dir)
    _say(f"{told}: training begins again at step 1")


def check_exists(output_dir: str) -> None:
  """`recover`; raises if there is nothing trained to restore."""
  recover(output_dir)
  checkpoint = checkpoints.newest(output_dir)
  if not checkpoint:
    raise UserError(
      f"--output_dir={output_dir} holds no checkpoint. t2t-trainer with "
      "the same --output_dir writes one."
    )
  _check_step(checkpoint)


def check_goes_on(output_dir: str, begins_again: bool = False) -> None:
  """`recover`, before a training; says where it starts anew."""
  recover(output_dir, begins_again)
  begun = run_folder.read(output_dir).get("num_parameters")
  if begun and not checkpoints.newest(output_dir):
    _say(f"{output_dir} holds no checkpoint: training begins at step 1")


def check_trained(checkpoint: str) -> None:
  """Raises if a checkpoint that a person named is not whole, or of step 0."""
  _check_whole(checkpoint)
  _check_step(checkpoint)


def source(path: str) -> str:
  """The checkpoint meant by a run's folder, or by a checkpoint's own path.

  Of a folder, or a named model, the newest that is whole. Nothing is written
  there.

  Raises:
    UserError: there is none, or the one meant cannot be restored.
  """
  if named_models.is_name(path):
    path = named_models.folder_of(path)
  if os.path.isfile(f"{path}.index"):
    _check_whole(path)
    return path
  fault = checkpoints.fault_of_newest(path)
  named = checkpoints.newest(path)
  if named and not fault:
    return named
  step = checkpoints.newest_whole(path)
  if step is None:
    raise UserError(
      f"{fault}, and no other checkpoint there is whole."
      if fault
      else f"{path} holds no checkpoint."
    )
  found = checkpoints.prefix(path, step)
  _say(f"{fault}. Taking {found}, the newest checkpoint that is whole")
  return found


def _bring_back(output_dir: str) -> Optional[int]:
  """Step of the newest whole one, which `checkpoint` then names."""
  step = checkpoints.newest_whole(output_dir)
  if step is None:
    best = os.path.join(output_dir, "best")
    step = checkpoints.newest_whole(best)
    if step is not None:
      checkpoints.copy(step, best, output_dir)
  if step is not None:
    checkpoints.make_newest(output_dir, step)
  return step


def _choose_again(output_dir: str) -> None:
  """A run that was scored at its best step is so again."""
  known = run_folder.read(output_dir)
  if known.get("eval_every") and known["steps"] <= known.get(
    "trained_steps", -1
  ):
    best_checkpoint.use(output_dir)


def _check_whole(checkpoint: str) -> None:
  fault = checkpoints.fault(checkpoint)
  if not fault:
    return
  whole = checkpoints.newest_whole(os.path.dirname(checkpoint))
  raise UserError(
    f"the checkpoint {checkpoint} is damaged: {fault}. "
    + (
      "No other in that folder is whole."
      if whole is None
      else f"The newest in that folder that is whole is model.ckpt-{whole}."
    )
  )


def _check_step(checkpoint: str) -> None:
  if checkpoint.endswith("-0"):
    raise UserError(
      f"the checkpoint {checkpoint} is that of step 0, from before any "
      "training. t2t-trainer with the same --output_dir goes on from there."
    )


def _say(line: str) -> None:
  sys.stderr.write(f"{line}\n")
