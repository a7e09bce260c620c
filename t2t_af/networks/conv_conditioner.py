"""The convolutional conditioner of video flows (Fig. 4b, Appendix B)."""

from typing import Tuple

import tensorflow.compat.v1 as tf

from t2t_af import steps
from t2t_af.networks import conditioning
from t2t_af.networks import layers
from t2t_af.networks import normalization as normalization_lib

NUM_LAYERS = 4  # Before, and again after, the frames meet (Appendix B).


class ConvConditioner:
  """Shift and log-scale of a frame from the num_cond_steps frames before it.

  Four convolutions on every frame, the same for all (Fig. 4b, blue); the
  features of num_cond_steps frames side by side; four more convolutions; a
  zero-initialised convolution for each map. 3x3, stride 1, ReLU after
  normalisation, with bias.

  A frame goes through the first four once and stands in several windows; the
  authors' code computes it anew for each.

  Args:
    num_cond_steps: frames in a window.
    width: channels of all hidden layers.
    normalization: `batch` (the paper), `group` or `none`.
    training: whether batch norm uses the batch; False to sample or evaluate.
    mask: `none`, or `learned`: a gate for every feature of every frame of the
      window.
    log_scale_bound, num_extra: as in `conditioning.maps`.
    name: of the variable scope.
  """

  def __init__(self, num_cond_steps: int = 3, width: int = 64,
               normalization: str = "batch", training: bool = False,
               mask: str = "none",
               log_scale_bound: float = conditioning.LOG_SCALE_BOUND,
               num_extra: int = 0, name: str = "conv_conditioner"):
    self.num_cond_steps = num_cond_steps
    self._width = width
    self._normalization = normalization
    self._training = training
    self._mask = conditioning.check_mask(mask)
    self._log_scale_bound = log_scale_bound
    self._num_extra = num_extra
    self._name = name

  def __call__(self, x: tf.Tensor) -> Tuple[tf.Tensor, ...]:
    """Maps [batch, s - k + 1, ...] of x [batch, s, height, width, channels].

    k is num_cond_steps; see `conditioning`.
    """
    with tf.variable_scope(self._name, reuse=tf.AUTO_REUSE):
      frames = steps.unfold(self._conv_layers("frame", steps.fold(x)), x)
      h = conditioning.beside(
          steps.shifted(frames, self.num_cond_steps), self._mask)
      return self._maps(h, int(x.shape[-1]))

  def _maps(self, windows, channels):
    h = self._conv_layers("window", steps.fold(windows))
    return conditioning.maps(
        lambda name, size: steps.unfold(conv(name, h, size, zero_init=True),
                                        windows),
        channels, self._log_scale_bound, self._num_extra)

  def _conv_layers(self, name, h):
    for i in range(NUM_LAYERS):
      h = conv_layer("%s_%d" % (name, i), h, self._width,
                     self._normalization, self._training)
    return h


def conv_layer(name: str, x: tf.Tensor, output_channels: int,
               normalization: str, training: bool) -> tf.Tensor:
  """3x3 convolution, normalisation, ReLU.

  Args:
    name: variable scope.
    x: [batch, height, width, channels].
    output_channels: channels of the result.
    normalization, training: as in `normalization.normalize`.
  """
  with tf.variable_scope(name):
    h = conv("conv", x, output_channels)
    return tf.nn.relu(
        normalization_lib.normalize(h, normalization, training))


def conv(name: str, x: tf.Tensor, output_channels: int,
         zero_init: bool = False) -> tf.Tensor:
  """3x3 convolution of frames with bias, stride 1, same padding.

  Args:
    name: variable scope of `kernel` and `bias`.
    x: [batch, height, width, channels].
    output_channels: channels of the result.
    zero_init: start at zero; else fit for a ReLU (He et al., 2015).
  """
  initializer = tf.zeros_initializer() if zero_init else (
      tf.variance_scaling_initializer(2.))
  kernel = layers.variable(
      name + "/kernel", [3, 3, int(x.shape[-1]), output_channels], initializer)
  bias = layers.variable(name + "/bias", [output_channels],
                         tf.zeros_initializer())
  return tf.nn.bias_add(tf.nn.conv2d(x, kernel, 1, "SAME"), bias)
