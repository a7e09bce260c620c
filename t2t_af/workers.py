"""The workers of a training: processes that take every step together.

Each has the whole model and its part of the batch; what they compute from it
is averaged by TensorFlow's collective operations, so that all of them make the
same update. A process that trains alone is the only worker, and its graph has
no such operations.

Rows of a batch are dealt out in order: the first worker has the first rows.
"""

from collections.abc import Sequence
import itertools
from typing import NamedTuple, Union

import tensorflow.compat.v1 as tf
from tensorflow.python.framework import tensor_util
from tensorflow.python.ops import collective_ops

JOB = "worker"  # TensorFlow's word for a group of tasks.
_GROUP = 1
# Numbers of collective operations; every worker builds the same ones in the
# same order.
_NUMBERS = itertools.count(1)
# What goes through the network at once: with all gradients in one piece none
# could go while others are still computed, and memory would hold them twice.
_ELEMENTS_AT_ONCE = 2**22


class Workers(NamedTuple):
  """This process among the workers.

  Attributes:
    addresses: "host:port" of each.
    index: of this one; the chief is 0.
    target: of TensorFlow sessions that reach the others.
    first_step: the step of the checkpoint that the training goes on from.
  """

  addresses: tuple[str, ...] = ("",)
  index: int = 0
  target: str = ""
  first_step: int = 0

  @property
  def count(self) -> int:
    """How many there are."""
    return len(self.addresses)

  @property
  def is_chief(self) -> bool:
    """Whether this one evaluates and saves."""
    return self.index == 0


class _State:
  """Of this process."""

  workers = Workers()


def here() -> Workers:
  """The workers that this process trains with."""
  return _State.workers


def join(workers: Workers) -> None:
  """From now on this process trains with these."""
  _State.workers = workers


def add_to(config: tf.ConfigProto) -> tf.ConfigProto:
  """Has a session of this process find the others."""
  workers = here()
  if workers.count > 1:
    config.device_filters[:] = [f"/job:{JOB}/task:{workers.index}"]
    config.experimental.collective_group_leader = f"/job:{JOB}/replica:0/task:0"
  return config


def mean(tensors: Sequence[tf.Tensor]) -> list[tf.Tensor]:
  """The mean over all workers of each of float32 tensors of static shape.

  The same bits on every worker. Its gradient is not defined.
  """
  tensors = list(tensors)
  if here().count == 1:
    return tensors
  means: list[tf.Tensor] = []
  for piece in _pieces(tensors):
    flat = tf.concat([tf.reshape(t, [-1]) for t in piece], axis=0)
    flat = collective_ops.all_reduce(
      flat, here().count, _GROUP, next(_NUMBERS), "Add", "Div"
    )
    sizes = [t.shape.num_elements() for t in piece]
    means += [
      tf.reshape(part, t.shape) for part, t in zip(tf.split(flat, sizes), piece)
    ]
  return means


def gathered(tensor: tf.Tensor, timeout_s: float = 0.0) -> tf.Tensor:
  """[workers * rows, ...]: the tensors of all, of one shape, by worker."""
  return collective_ops.all_gather(
    tensor, here().count, _GROUP, next(_NUMBERS), timeout=timeout_s
  )


def set_as_chief(variables: Sequence[tf.Variable]) -> tf.Operation:
  """Gives variables of this graph the values that the chief's have."""
  workers = here()
  operations = []
  for v in variables:
    number = next(_NUMBERS)
    shape, dtype = v.shape, v.dtype.base_dtype
    if workers.is_chief:
      operations.append(
        collective_ops.broadcast_send(
          v.read_value(), shape, dtype, workers.count, _GROUP, number
        ).op
      )
      continue
    value = collective_ops.broadcast_recv(
      shape, dtype, workers.count, _GROUP, number
    )
    operations.append(v.assign(value, read_value=False))
  return tf.group(*operations)


def whole_shape(shape: Union[Sequence, tf.Tensor], axis: int) -> tf.Tensor:
  """The shape of the batch of all workers, from that of one's rows."""
  parts = tf.unstack(tf.convert_to_tensor(shape, tf.int32))
  parts[axis] *= here().count
  return tf.stack(parts)


def own_rows(
  whole: tf.Tensor, shape: Union[Sequence, tf.Tensor], axis: int
) -> tf.Tensor:
  """Of a tensor of `whole_shape`, what belongs to the rows of this worker."""
  size = tf.convert_to_tensor(shape, tf.int32)
  begin = tf.one_hot(axis, whole.shape.rank, size[axis] * here().index, 0)
  rows = tf.slice(whole, begin, size)
  return tf.ensure_shape(rows, tensor_util.constant_value_as_shape(size))


def _pieces(tensors: list[tf.Tensor]) -> list[list[tf.Tensor]]:
  """Consecutive ones, so many elements together at most."""
  pieces: list[list[tf.Tensor]] = []
  room = 0
  for tensor in tensors:
    size = tensor.shape.num_elements()
    if not pieces or size > room:
      pieces.append([])
      room = _ELEMENTS_AT_ONCE
    pieces[-1].append(tensor)
    room -= size
  return pieces
