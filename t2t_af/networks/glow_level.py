"""One level of Glow: `depth` steps of actnorm, 1x1 convolution and coupling.

Kingma and Dhariwal, Glow: Generative flow with invertible 1x1 convolutions,
2018. Variables have tensor2tensor's names and shapes (`glow_ops.revnet`).
"""

from typing import Callable, NamedTuple, Optional

import tensorflow.compat.v1 as tf

from t2t_af.annotations import HParams
from t2t_af.networks import conv_stack
from t2t_af.networks import convolution
from t2t_af.networks import ddi
from t2t_af.networks import graph_function
from t2t_af.networks import layers
from t2t_af.networks import mixing as mixing_lib


def forward(x: tf.Tensor, hparams: HParams) -> tuple[tf.Tensor, tf.Tensor]:
  """Data to noise through `hparams.depth` steps.

  Args:
    x: [batch, height, width, channels], channels even.
    hparams: depth, coupling, coupling_width, activation, recompute, precision,
      jit_compile.

  Returns:
    z as x, and its log-determinant [batch], nats.
  """
  height, width, channels = x.shape.as_list()[1:]
  coupling = _Coupling.of(channels, hparams)
  if ddi.active():
    return _initialize(x, coupling, hparams.depth), tf.zeros(tf.shape(x)[:1])
  mixing = mixing_lib.of_steps(range(hparams.depth), channels)
  log_dets = []
  for step, (kernel, bias) in enumerate(mixing.kernels()):
    with tf.variable_scope("revnet_step_%d" % step):
      weights = coupling.weights()
    x, log_det = graph_function.call(
      _step,
      x,
      kernel,
      bias,
      weights,
      coupling=coupling,
      recompute=hparams.recompute,
      jit_compile=hparams.jit_compile,
    )
    log_dets.append(log_det)
  return x, float(height * width) * mixing.log_det() + tf.add_n(log_dets)


def inverse_parameters(channels: int, hparams: HParams) -> list[tuple]:
  """What of the inverse depends on the weights alone.

  Call it outside of a loop over frames: it inverts a matrix per step.

  Returns:
    (inverse 1x1 kernel, its bias) of every step, last step first.
  """
  mixing = mixing_lib.of_steps(range(hparams.depth), channels)
  return mixing.inverse_kernels()[::-1]


def inverse(
  parameters: list[tuple], z: tf.Tensor, hparams: HParams
) -> tf.Tensor:
  """Noise to data, the exact inverse of `forward`.

  Args:
    parameters: of `inverse_parameters`.
    z: [batch, height, width, channels].
    hparams: as in `forward`.

  Returns:
    x, as z.
  """
  coupling = _Coupling.of(int(z.shape[-1]), hparams)
  steps = reversed(range(hparams.depth))
  for step, (kernel, bias) in zip(steps, parameters):
    with tf.variable_scope("revnet_step_%d" % step):
      weights = coupling.weights()
    z = graph_function.call(
      _step_back,
      z,
      kernel,
      bias,
      weights,
      coupling=coupling,
      jit_compile=hparams.jit_compile,
    )
  return z


class _Coupling(NamedTuple):
  """A network of half of the channels, and what it does to the other half."""

  is_affine: bool
  network: conv_stack.ConvStack

  @classmethod
  def of(cls, channels: int, hparams: HParams) -> "_Coupling":
    """Of `channels` altogether."""
    half, is_affine = channels // 2, hparams.coupling == "affine"
    return cls(
      is_affine,
      conv_stack.ConvStack(
        half,
        hparams.coupling_width,
        2 * half if is_affine else half,
        hparams.activation,
        precision=hparams.precision,
      ),
    )

  @property
  def scope(self) -> str:
    """tensor2tensor's, of the network's variables."""
    return "affine/nn" if self.is_affine else "additive/nn"

  def weights(self) -> tuple[layers.Weights, ...]:
    """Reads the network's variables."""
    with tf.variable_scope(self.scope):
      return self.network.weights()

  def forward(
    self, x: tf.Tensor, outputs: Callable[[tf.Tensor], tf.Tensor]
  ) -> tuple[tf.Tensor, Optional[tf.Tensor]]:
    """z and the log of what x2 is scaled by (None if additive)."""
    x1, x2 = tf.split(x, 2, axis=-1)
    shift, log_scale = self._parameters(outputs(x1))
    z2 = x2 + shift
    if log_scale is not None:
      z2 *= tf.exp(log_scale)
    return tf.concat([x1, z2], axis=-1), log_scale

  def inverse(
    self, z: tf.Tensor, outputs: Callable[[tf.Tensor], tf.Tensor]
  ) -> tf.Tensor:
    """x of z."""
    x1, x2 = tf.split(z, 2, axis=-1)
    shift, log_scale = self._parameters(outputs(x1))
    if log_scale is not None:
      x2 *= tf.exp(-log_scale)
    return tf.concat([x1, x2 - shift], axis=-1)

  def _parameters(self, h: tf.Tensor) -> tuple[tf.Tensor, Optional[tf.Tensor]]:
    if not self.is_affine:
      return h, None
    shift, raw_scale = layers.interleaved(h)
    return shift, tf.log_sigmoid(raw_scale + 2.0)


def _step(
  x: tf.Tensor,
  kernel: tf.Tensor,
  bias: tf.Tensor,
  weights: tuple[layers.Weights, ...],
  *,
  coupling: _Coupling,
) -> tuple[tf.Tensor, tf.Tensor]:
  """One step of flow: z, and the log-determinant of the coupling, [batch]."""
  z, log_scale = coupling.forward(
    _mix(x, kernel, bias), lambda x1: coupling.network.apply((x1,), weights)[0]
  )
  if log_scale is None:
    return z, tf.zeros(tf.shape(x)[:1])
  return z, tf.reduce_sum(log_scale, axis=[1, 2, 3])


def _step_back(
  z: tf.Tensor,
  kernel: tf.Tensor,
  bias: tf.Tensor,
  weights: tuple[layers.Weights, ...],
  *,
  coupling: _Coupling,
) -> tf.Tensor:
  """The inverse of a step."""
  x = coupling.inverse(z, lambda x1: coupling.network.apply((x1,), weights)[0])
  return _mix(x, kernel, bias)


def _initialize(x: tf.Tensor, coupling: _Coupling, depth: int) -> tf.Tensor:
  """z; each step initialises on the output of the one before."""
  for step in range(depth):
    with tf.variable_scope("revnet_step_%d" % step):
      weights = mixing_lib.step(int(x.shape[-1])), coupling.weights()
    x = ddi.call(_initialized_step, x, weights, coupling=coupling)
  return x


def _initialized_step(
  x: tf.Tensor,
  weights: tuple[mixing_lib.Step, tuple[layers.Weights, ...]],
  batch_number: tf.Tensor,
  *,
  coupling: _Coupling,
) -> tuple[tf.Tensor, tuple[mixing_lib.Step, tuple[layers.Weights, ...]]]:
  """z, and the weights that x set (`ddi`)."""
  mixing, network = weights
  b, logs = layers.normalizing(x, mixing.b, mixing.logs, batch_number)
  mixing = mixing._replace(b=b, logs=logs)
  x = _mix(x, *mixing_lib.stacked([mixing]).kernels()[0])
  x1, _ = tf.split(x, 2, axis=-1)
  (output,), network = coupling.network.initialize((x1,), network, batch_number)
  z, _ = coupling.forward(x, lambda x1: output)
  return z, (mixing, network)


def _mix(x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor) -> tf.Tensor:
  """1x1 convolution, actnorm included. kernel: [1, 1, c, c], bias: [c]."""
  return tf.nn.bias_add(convolution.pointwise(x, kernel), bias)
