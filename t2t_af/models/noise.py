"""Where a model's noise comes from: a step's stream, or each window's own.

In training it follows from the seed and the step alone, so that a training that
goes on from a checkpoint adds what an unbroken one would have added.

An evaluation adds noise to what it scores (dequantisation) and draws latents
(a posterior's epsilon). There the noise of a window follows from the window
alone: which sequence, which step, which draw, what for. So models with one, two
or no flows see the same noise on the same frames, whatever the batch size and
the order, and differences between models are none between draws.
"""

from collections.abc import Sequence
from typing import Any, Union

import tensorflow.compat.v1 as tf

from t2t_af import random_keys
from t2t_af import windows
from t2t_af import workers

_SEED = 20211118
# Streams of one window that share nothing; further posteriors' are above.
DATA, POSTERIOR = 0, 1
# And of one training step.
CROP = 2
_MAX_DRAWS = 10_000
_OF_STEPS = ("t2t_af/noise_of_steps",)  # how many of a graph there are


class GraphNoise:
  """Noise of sampling: follows the graph's seed."""

  def uniform(self, shape: Any) -> tf.Tensor:
    """U(0, 1)."""
    return tf.random_uniform(shape)

  def normal(self, shape: Any) -> tf.Tensor:
    """N(0, 1)."""
    return tf.random_normal(shape)


class StepNoise:
  """Noise of training: follows from the graph's seed and the global step.

  And from the place of a row in the batch of all workers, each of which draws
  for the whole batch and takes what belongs to its own rows.

  Args:
    number: which of a graph's, as each replica has its own.
    stream: as of `WindowNoise`.
  """

  def __init__(self, number: int = 0, stream: int = DATA) -> None:
    self._number = number
    (key,) = random_keys.draw(1, number, stream)
    # In the root scope: under a model's, a new one would be one of its own.
    root = tf.VariableScope(tf.AUTO_REUSE)
    with tf.variable_scope(root, auxiliary_name_scope=False):
      step = tf.cast(tf.train.get_or_create_global_step(), tf.int64)
    self._seed = tf.stack([tf.constant(key, tf.int64), step])

  def stream(self, stream: int) -> "StepNoise":
    """Other noise of the same steps."""
    return StepNoise(self._number, stream)

  def uniform(self, shape: Any) -> tf.Tensor:
    """U(0, 1); shape: the batch first."""
    return self._drawn(tf.random.stateless_uniform, shape, 0)

  def normal(self, shape: Any, batch_axis: int = 0) -> tf.Tensor:
    """N(0, 1); batch_axis: of shape, that of the rows of the batch."""
    return self._drawn(tf.random.stateless_normal, shape, batch_axis)

  def _drawn(self, function: Any, shape: Any, batch_axis: int) -> tf.Tensor:
    if workers.here().count == 1:
      return function(shape, self._seed, alg="philox")
    whole = workers.whole_shape(shape, batch_axis)
    drawn = function(whole, self._seed, alg="philox")
    return workers.own_rows(drawn, shape, batch_axis)


def of_step() -> StepNoise:
  """Noise that no other of the graph shares."""
  made = tf.get_default_graph().get_collection_ref(_OF_STEPS)
  made.append(len(made))
  return StepNoise(made[-1])


class WindowNoise:
  """Noise that is each window's own.

  Args:
    keys: int32 [batch], a number for each window (`window_keys`).
    draw: which of several draws; int or int32 scalar.
    stream: DATA, POSTERIOR or above: streams that share nothing.
  """

  def __init__(
    self,
    keys: tf.Tensor,
    draw: Union[int, tf.Tensor] = 0,
    stream: Union[int, tf.Tensor] = DATA,
  ) -> None:
    self.num_windows = tf.shape(keys)[0]
    self._keys, self._draw = keys, draw
    second = _SEED + tf.convert_to_tensor(draw) + _MAX_DRAWS * stream
    self._seeds = tf.stack([keys, tf.fill(tf.shape(keys), second)], axis=1)

  def stream(self, stream: Union[int, tf.Tensor]) -> "WindowNoise":
    """Other noise of the same windows and draw."""
    return WindowNoise(self._keys, self._draw, stream)

  def uniform(self, shape: Sequence[Any]) -> tf.Tensor:
    """U(0, 1), [batch, ...]; shape: of all windows, the batch first."""
    return self._drawn(tf.random.stateless_uniform, shape)

  def normal(self, shape: Sequence[Any]) -> tf.Tensor:
    """N(0, 1), [batch, ...]; shape: of all windows, the batch first."""
    return self._drawn(tf.random.stateless_normal, shape)

  def _drawn(self, function: Any, shape: Any) -> tf.Tensor:
    one = shape[1:]

    # Named, because the algorithm that is chosen else depends on the device.
    @tf.autograph.experimental.do_not_convert
    def draw(seed: tf.Tensor) -> tf.Tensor:
      return function(one, seed, alg="philox")

    return tf.map_fn(draw, self._seeds, dtype=tf.float32)


Noise = Union[GraphNoise, StepNoise, WindowNoise]


def window_keys(features: dict[str, tf.Tensor]) -> tf.Tensor:
  """A number for each window, int32 [batch], from where it was cut.

  Windows that do not say where they are from are numbered within their batch.
  """
  if windows.SEQUENCE_ID not in features:
    return tf.range(tf.shape(features["targets"])[0])
  places = tf.strings.join(
    [
      features[windows.SEQUENCE_ID],
      tf.strings.as_string(features[windows.START]),
    ],
    separator="@",
  )
  # A fixed function of the text, which TensorFlow promises never to change.
  buckets = tf.strings.to_hash_bucket_fast(places, 2**31 - 1)
  return tf.cast(buckets, tf.int32)
