"""Checkpoints of earlier versions, whose Adam slots lie stacked by shape.

There the slots of all small variables of a shape were one tensor, in the
order in which the graph had them: `shadow_3x3/Adam` and `shadow_3x3/Adam_1`.
Now each variable has its own under its name. What is evaluated or sampled
never reads slots; training that continues converts them first.
"""

from collections.abc import Sequence
import glob
import os
import shutil

import numpy as np
import tensorflow.compat.v1 as tf

from t2t_af import errors
from t2t_af import whole_file
from t2t_af.models import adam

_PREFIX = "shadow_"
_SUFFIXES = {"Adam": "m", "Adam_1": "v"}


def convert(model_dir: str, stacks: Sequence[adam.Stack]) -> None:
  """Rewrites model_dir's latest checkpoint if its slots are stacked.

  In place: all else in it stays, bit for bit.

  Args:
    model_dir: of a run.
    stacks: of the model that continues, variables in the graph's order.

  Raises:
    UserError: the slots are not those of this model.
  """
  checkpoint = tf.train.latest_checkpoint(model_dir)
  if not checkpoint:
    return
  reader = tf.train.load_checkpoint(checkpoint)
  names = list(reader.get_variable_to_shape_map())
  if not any(name.startswith(_PREFIX) for name in names):
    return
  tensors = {}
  by_shape = {_name_of_shape(stack): stack for stack in stacks}
  for name in names:
    value = reader.get_tensor(name)
    shadow, _, suffix = name.partition("/")
    if not name.startswith(_PREFIX):
      tensors[name] = value
    elif suffix:  # The shadow itself is zero between steps.
      variables = by_shape[shadow].variables if shadow in by_shape else []
      if len(variables) != len(value):
        raise errors.UserError(
          "%s was trained with a model of %d variables of the shape of %s, "
          "this one has %d: Adam's state does not fit. Give another "
          "--output_dir." % (checkpoint, len(value), shadow, len(variables))
        )
      slots = adam.slot_names([v.op.name for v in variables], _SUFFIXES[suffix])
      tensors.update(zip(slots, value))
  _rewrite(checkpoint, tensors)
  tf.logging.info("%s: Adam's slots are now saved by variable.", checkpoint)


def _name_of_shape(stack: adam.Stack) -> str:
  return _PREFIX + "x".join(map(str, stack.gradient.shape.as_list()[1:]))


def _rewrite(checkpoint: str, tensors: dict[str, np.ndarray]) -> None:
  """Writes another number of data files, then changes the index for theirs.

  Their names differ from those of the old ones: a process killed before the
  index is replaced leaves the old checkpoint, one killed after it the new.
  """
  old = glob.glob(glob.escape(checkpoint) + ".data-*-of-*")
  incoming = checkpoint + ".converting"
  shutil.rmtree(incoming, ignore_errors=True)
  new = os.path.join(incoming, os.path.basename(checkpoint))
  _save(new, tensors, num_files=2 if len(old) == 1 else 1)
  for path in sorted(glob.glob(glob.escape(new) + ".*")):  # The index last.
    whole_file.sync(path)
    os.replace(path, checkpoint + path[len(new) :])
  whole_file.sync(os.path.dirname(checkpoint))
  for path in old:
    os.remove(path)
  shutil.rmtree(incoming)


def _save(prefix: str, tensors: dict[str, np.ndarray], num_files: int) -> None:
  """Writes a checkpoint whose tensors lie in so many files."""
  names = sorted(tensors)
  with tf.Graph().as_default(), tf.Session() as session:
    parts = []
    for i in range(num_files):
      part, mine = f"{prefix}.part-{i}", names[i::num_files]
      parts.append(part)
      fed = [tf.placeholder(tensors[name].dtype) for name in mine]
      save = tf.raw_ops.SaveV2(
        prefix=part,
        tensor_names=mine,
        shape_and_slices=[""] * len(mine),
        tensors=fed,
      )
      session.run(save, {p: tensors[name] for p, name in zip(fed, mine)})
    session.run(
      tf.raw_ops.MergeV2Checkpoints(
        checkpoint_prefixes=parts,
        destination_prefix=prefix,
        delete_old_dirs=False,
      )
    )
