"""The convolutional conditioner of video flows (Fig. 4b, Appendix B)."""

from typing import Any, Optional

import tensorflow.compat.v1 as tf

from t2t_af import session
from t2t_af import time_axis
from t2t_af.networks import conditioning
from t2t_af.networks import layers
from t2t_af.networks import normalization as normalization_lib
from t2t_af.networks import products
from t2t_af.networks import window_conv

NUM_LAYERS = 4  # Before, and again after, the frames meet (Appendix B).


class ConvConditioner(conditioning.NormalizedConditioner):
  """Shift and log-scale of a frame from the num_cond_steps frames before it.

  Four convolutions on every frame, the same for all (Fig. 4b, blue); the
  features of num_cond_steps frames side by side; four more convolutions; a
  zero-initialised convolution for each parameter. 3x3, stride 1, ReLU after
  normalisation, with bias.

  A frame goes through the first four once and stands in several windows; the
  authors' code computes it anew for each.

  Args: as `conditioning.NormalizedConditioner`; a learned mask has a gate for
    every feature of every frame of the window.
  """

  def __init__(
    self, *args: Any, name: str = "conv_conditioner", **options: Any
  ) -> None:
    super().__init__(*args, name=name, **options)

  def _parameters(self, x: tf.Tensor) -> tuple[tf.Tensor, ...]:
    """Parameters [batch, s - k + 1, ...] of x [batch, s, height, width,
    channels]; k is num_cond_steps, see `conditioning`.
    """
    with tf.variable_scope(self._name, reuse=tf.AUTO_REUSE):
      frames = time_axis.unfold(self._layers("frame", 0, time_axis.fold(x)), x)
      windows = self._meet(
        frames, conditioning.gates(self.num_cond_steps, self._width, self._mask)
      )
      h = self._layers("window", 1, time_axis.fold(windows))
      return self._flow_parameters(
        lambda sizes: convs(h, sizes, self._precision),
        windows,
        int(x.shape[-1]),
      )

  def _meet(self, frames: tf.Tensor, gates: Optional[tf.Tensor]) -> tf.Tensor:
    """The first layer on num_cond_steps frames side by side."""
    with tf.variable_scope("window_0"):
      kernel, bias = _weights(
        "conv", self.num_cond_steps * self._width, self._width
      )
      if gates is not None:  # Less to multiply than the frames.
        kernel *= gates[:, tf.newaxis]
      windows = window_conv.window_conv(
        frames,
        products.factor(kernel, self._precision),
        by_pairs=self._precision == session.FLOAT32,
      )
      h = _activated(
        time_axis.fold(windows), bias, self._normalization, self._training
      )
      return time_axis.unfold(h, windows)

  def _layers(self, name: str, first: int, h: tf.Tensor) -> tf.Tensor:
    for i in range(first, NUM_LAYERS):
      h = conv_layer(
        "%s_%d" % (name, i),
        h,
        self._width,
        self._normalization,
        self._training,
        self._precision,
      )
    return h


def conv_layer(
  name: str,
  x: tf.Tensor,
  output_channels: int,
  normalization: str,
  training: bool,
  precision: str,
) -> tf.Tensor:
  """3x3 convolution, normalisation, ReLU.

  Args:
    name: variable scope.
    x: [batch, height, width, channels].
    output_channels: channels of the result.
    normalization, training: as in `normalization.normalize`.
    precision: one of session.PRECISIONS (`products`).
  """
  with tf.variable_scope(name):
    kernel, bias = _weights("conv", int(x.shape[-1]), output_channels)
    h = products.conv2d(x, products.factor(kernel, precision))
    return _activated(h, bias, normalization, training)


def convs(
  x: tf.Tensor, sizes: dict[str, int], precision: str
) -> list[tf.Tensor]:
  """3x3 convolutions of frames with bias, which start at zero.

  They run as one, their outputs side by side in the channels.

  Args:
    x: [batch, height, width, channels].
    sizes: {variable scope of `kernel` and `bias`: output channels}.
    precision: as in `conv_layer`.

  Returns:
    A tensor [batch, height, width, output channels] for each.
  """
  kernels, biases = zip(
    *[
      _weights(name, int(x.shape[-1]), size, tf.zeros_initializer())
      for name, size in sizes.items()
    ]
  )
  kernel = products.factor(tf.concat(kernels, axis=-1), precision)
  h = tf.nn.bias_add(products.conv2d(x, kernel), tf.concat(biases, axis=0))
  return tf.split(h, list(sizes.values()), axis=-1)


def _weights(
  name: str,
  input_channels: int,
  output_channels: int,
  initializer: Optional[Any] = None,
) -> tuple[tf.Tensor, tf.Tensor]:
  """Kernel and bias; by default fit for a ReLU (He et al., 2015)."""
  kernel = layers.variable(
    name + "/kernel",
    [3, 3, input_channels, output_channels],
    initializer or tf.variance_scaling_initializer(2.0),
  )
  bias = layers.variable(
    name + "/bias", [output_channels], tf.zeros_initializer()
  )
  return kernel, bias


def _activated(
  h: tf.Tensor, bias: tf.Tensor, normalization: str, training: bool
) -> tf.Tensor:
  """The rest of a layer after its convolution."""
  return tf.nn.relu(
    normalization_lib.normalize(h, normalization, training, bias)
  )
