"""Whether a checkpoint is whole, and copies of one that are never half there.

A checkpoint is `<prefix>.index` and `<prefix>.data-<i>-of-<n>`; the file
`checkpoint` beside it says which is the newest. A process can be killed, or a
disk can fill up, between any two of these.
"""

import glob
import os
import re
import shutil
from typing import Optional

import tensorflow.compat.v1 as tf

from t2t_af import whole_file

_INDEX = ".index"
_STEP = re.compile(r"model\.ckpt-(\d+)\.(?:index|data-\d+-of-\d+)$")
_STATE = "checkpoint"  # The file that names the newest.


def fault(prefix: str) -> str:
  """Why a checkpoint cannot be restored, in a few words; "" if it can.

  Reads all of it, which checks the sums that TensorFlow stores with it.
  """
  if not os.path.isfile(prefix + _INDEX):
    return "its .index is not there"
  if not glob.glob(glob.escape(prefix) + ".data-*-of-*"):
    return "its .data file is not there"
  try:
    reader = tf.train.load_checkpoint(prefix)
    names = list(reader.get_variable_to_shape_map())
    for name in names:
      reader.get_tensor(name)
  except (tf.errors.OpError, ValueError, RuntimeError, LookupError):
    return "it cannot be read to its end"
  return "" if names else "it holds no variable"


def newest(folder: str) -> Optional[str]:
  """Path of the one that `checkpoint` names; None where that is none."""
  path = _named(folder)
  return path if path and os.path.isfile(path + _INDEX) else None


def fault_of_newest(folder: str) -> str:
  """Why the newest cannot be restored; "" if it can, or nothing is there."""
  state, path = os.path.join(folder, _STATE), _named(folder)
  if path:
    damage = fault(path)
    return damage and f"the checkpoint {path} is damaged: {damage}"
  if os.path.exists(state):
    return f"{state} is damaged: it names no checkpoint"
  if steps_in(folder):
    return f"{state}, which names the newest checkpoint, is not there"
  return ""


def newest_whole(folder: str) -> Optional[int]:
  """Step of the newest one that can be restored, named or not."""
  return next((s for s in steps_in(folder) if is_whole(folder, s)), None)


def prefix(folder: str, step: int) -> str:
  """Path of the checkpoint of a step, without what its files end with."""
  return os.path.join(folder, f"model.ckpt-{step}")


def is_whole(folder: str, step: int) -> bool:
  """Whether the folder has the checkpoint of a step, all of it."""
  return not fault(prefix(folder, step))


def steps_in(folder: str) -> list[int]:
  """Steps of the checkpoints in a folder, whole or not, newest first."""
  names = os.listdir(folder) if os.path.isdir(folder) else []
  steps = {int(m[1]) for m in map(_STEP.match, names) if m}
  return sorted(steps, reverse=True)


def copy(step: int, source: str, target: str) -> bool:
  """Copies a step's checkpoint into a folder; whether it is whole there.

  It is checked on the disk before any of it has its name, and its index, which
  makes it a checkpoint, gets its name last. So whenever the process is killed,
  what the folder held before is there, or this one is, or both.
  """
  temporary = os.path.join(target, "incoming")
  shutil.rmtree(temporary, ignore_errors=True)
  os.makedirs(temporary)
  for path in _files(source, step):
    shutil.copy2(path, temporary)
  whole = is_whole(temporary, step)
  if whole:
    for path in _files(temporary, step):
      whole_file.sync(path)
      os.replace(path, os.path.join(target, os.path.basename(path)))
    whole_file.sync(target)
  shutil.rmtree(temporary, ignore_errors=True)
  return whole


def remove_others(folder: str, step: int) -> None:
  """Removes the checkpoints of all steps but one."""
  for other in steps_in(folder):
    if other != step:
      # Without its index it is no checkpoint any more.
      for path in reversed(_files(folder, other)):
        os.remove(path)


def make_newest(output_dir: str, step: int) -> None:
  """Has `checkpoint` name the one of a step, which is whole.

  The others in the folder stay listed, the newest of them last but one, so
  that a training that goes on deletes the oldest.
  """
  # Names without the folder, so that a copy of it means its own.
  state = [f'model_checkpoint_path: "model.ckpt-{step}"']
  for listed in [s for s in reversed(steps_in(output_dir)) if s != step] + [
    step
  ]:
    state.append(f'all_model_checkpoint_paths: "model.ckpt-{listed}"')
  whole_file.write(
    os.path.join(output_dir, _STATE), "\n".join([*state, ""]).encode("utf-8")
  )


def forget(output_dir: str) -> None:
  """Removes the name of a newest checkpoint, and that of step 0 with it."""
  doomed = [os.path.join(output_dir, _STATE), *_files(output_dir, 0)]
  for path in doomed:
    if os.path.exists(path):
      os.remove(path)


def _named(folder: str) -> Optional[str]:
  """What `checkpoint` says, whether or not it is there."""
  try:
    state = tf.train.get_checkpoint_state(folder)
  except ValueError:  # Empty, or no text.
    return None
  return (state and state.model_checkpoint_path) or None


def _files(folder: str, step: int) -> list[str]:
  """Files of a checkpoint, its index last."""
  paths = glob.glob(glob.escape(prefix(folder, step)) + ".*")
  return sorted(paths, key=lambda path: (path.endswith(_INDEX), path))
