"""Checkpoints of earlier versions, whose Adam slots lie stacked by shape.

There the slots of all small variables of a shape were one tensor, in the
order in which the graph had them: `shadow_3x3/Adam` and `shadow_3x3/Adam_1`.
Now each variable has its own under its name. What is evaluated or sampled
never reads slots; training that continues converts them first.
"""

from collections.abc import Sequence
import os

import numpy as np
import tensorflow.compat.v1 as tf

from t2t_af import errors
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
  """Writes beside the checkpoint, then takes its place."""
  names = sorted(tensors)
  new = checkpoint + ".converting"
  with tf.Graph().as_default(), tf.Session() as session:
    fed = [tf.placeholder(tensors[name].dtype) for name in names]
    save = tf.raw_ops.SaveV2(
      prefix=new,
      tensor_names=names,
      shape_and_slices=[""] * len(names),
      tensors=fed,
    )
    session.run(save, {p: tensors[name] for p, name in zip(fed, names)})
  for part in (".data-00000-of-00001", ".index"):
    os.replace(new + part, checkpoint + part)
