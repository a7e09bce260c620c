"""The data-space models, their networks run per time step in a Python loop.

For `bench flow`: what the authors' code does, with the same weights and the
same loss. The loop is unrolled in the graph; every step sends the frames that
it conditions on through the conditioner anew, and the SLVM's encoder, LSTMs
and decoder run on one step at a time. Batch norm takes its statistics per time
step, as theirs; with its moving averages, or with none, the loss is that of
the models themselves.

The conditioner is there twice: in plain layers, as one would write it down
(LAYERS "plain"), and that of this package, called on one window at a time
(LAYERS "ours"), which leaves the arrangement in time as all that differs.
"""

from tensor2tensor.utils.hparam import HParams
import tensorflow.compat.v1 as tf

from t2t_af.bijectors import autoregressive
from t2t_af.bijectors import stack
from t2t_af.errors import UserError
from t2t_af.models import autoregressive_flow
from t2t_af.models import gaussian
from t2t_af.models import slvm
from t2t_af.models import slvm_core
from t2t_af.networks import bounds
from t2t_af.networks import conv_conditioner
from t2t_af.networks import layers
from t2t_af.networks import normalization

LAYERS = ("plain", "ours")
_REQUIRED = dict(
  data_flow="affine_af",
  num_transforms=1,
  first_steps="skip",
  flow_transform="affine",
  flow_conditioner="window",
  flow_mask="none",
)


def model(name: str, layers_of_loop: str) -> type:
  """The class that runs the registered model `name` in a loop.

  Args:
    name: `autoregressive_flow` or `slvm`.
    layers_of_loop: one of LAYERS.
  """
  base, core = {
    "autoregressive_flow": (autoregressive_flow.AutoregressiveFlow, None),
    "slvm": (slvm.Slvm, LoopSlvmCore),
  }[name]

  class LoopModel(base):
    """The model, scored step by step."""

    def flow(self):
      check(self.hparams)
      (transform,) = super().flow().transforms
      inverse_step = (
        _PlainStep(self.hparams, self.is_training)
        if layers_of_loop == "plain"
        else _step_of(transform)
      )
      return stack.Stack([_Loop(inverse_step, transform.num_unscored)])

    def _core(self):
      return core(self.step_shape, self.hparams)

  return LoopModel


def check(hparams: HParams) -> None:
  """Raises UserError unless the flow is one that the loop knows."""
  for name, value in _REQUIRED.items():
    if hparams.get(name) != value:
      raise UserError(
        f"bench flow compares sets with {name}={value}, not "
        f"{hparams.get(name)}."
      )


class _Loop:
  """A transform whose inverse is a loop over time.

  Args:
    inverse_step: the frames of a window, oldest first, and the one after them
      to (y, log-determinant [batch]) of the latter.
    num_unscored: frames of a window.
  """

  def __init__(self, inverse_step, num_unscored: int):
    self._inverse_step = inverse_step
    self.num_unscored = num_unscored

  def inverse_and_log_det(
    self, x: tf.Tensor
  ) -> autoregressive.InverseAndLogDet:
    """As that of any transform; x [batch, time, ...], time static."""
    k = self.num_unscored
    frames = tf.unstack(x, axis=1)
    ys, log_dets = frames[:k], [tf.zeros(tf.shape(x)[:1])] * k
    for t in range(k, len(frames)):
      y_t, log_det_t = self._inverse_step(frames[t - k : t], frames[t])
      ys.append(y_t)
      log_dets.append(log_det_t)
    return autoregressive.InverseAndLogDet(
      tf.stack(ys, axis=1), tf.stack(log_dets, axis=1)
    )


def _step_of(transform):
  """One step of our transform."""

  def inverse_step(window, x_t):
    y, log_det = transform.inverse_and_log_det(tf.stack(window + [x_t], axis=1))
    return y[:, -1], log_det[:, -1]

  return inverse_step


class _PlainStep:
  """Eq. 5 with the conditioner of Fig. 4b, layer after layer."""

  def __init__(self, hparams, training: bool):
    self._hparams = hparams
    self._training = training

  def __call__(
    self, window: list[tf.Tensor], x_t: tf.Tensor
  ) -> tuple[tf.Tensor, tf.Tensor]:
    with tf.variable_scope("flow/transform_0/conditioner", reuse=tf.AUTO_REUSE):
      h = tf.concat([self._layers("frame", x) for x in window], axis=-1)
      h = self._layers("window", h)
      channels = int(x_t.shape[-1])
      shift = _conv("shift", h, channels)
      log_scale = bounds.bounded(
        _conv("log_scale", h, channels),
        self._hparams.flow_log_scale_bound,
        self._hparams.log_scale_clip,
      )
    return (
      (x_t - shift) * tf.exp(-log_scale),
      -tf.reduce_sum(log_scale, axis=[1, 2, 3]),
    )

  def _layers(self, name, h):
    for i in range(conv_conditioner.NUM_LAYERS):
      with tf.variable_scope("%s_%d" % (name, i)):
        h = _conv("conv", h, self._hparams.flow_width)
        h = tf.nn.relu(
          normalization.normalize(
            h, self._hparams.normalization, self._training
          )
        )
    return h


def _conv(name, x, output_channels):
  kernel = layers.variable(
    name + "/kernel",
    [3, 3, int(x.shape[-1]), output_channels],
    tf.variance_scaling_initializer(2.0),
  )
  bias = layers.variable(
    name + "/bias", [output_channels], tf.zeros_initializer()
  )
  return tf.nn.bias_add(tf.nn.conv2d(x, kernel, 1, "SAME"), bias)


class LoopSlvmCore(slvm_core.SlvmCore):
  """The SLVM's bound, one step after the other; no latent flow."""

  def elbo(self, y, is_training, num_samples=1, noise_fn=None, log_floor=None):
    """As the parent's, of one sample, step by step."""
    del num_samples, log_floor  # of video there is no floor
    batch, num_steps = y.shape.as_list()[:2]
    networks = self._networks
    eps = (noise_fn or _noise)(
      "posterior", [num_steps, batch, networks.latent_size], 0
    )
    z_t = tf.zeros([batch, networks.latent_size])
    q_state = networks.posterior_state(batch)
    p_state = networks.prior_state(batch)
    terms = []
    for t in range(num_steps):
      y_t = y[:, t : t + 1]
      prior, p_state = networks.prior(z_t[:, tf.newaxis], p_state)
      features = networks.encode(y_t, is_training)
      q, q_state = networks.posterior(features[:, 0], z_t, q_state)
      z_t = gaussian.DiagonalGaussian(*q).sample(eps[t])
      likelihood = networks.decode(z_t[:, tf.newaxis], is_training)
      q = gaussian.DiagonalGaussian(*[m[:, tf.newaxis] for m in q])
      terms.append(
        (
          gaussian.DiagonalGaussian(*likelihood).log_prob(y_t),
          q.kl(gaussian.DiagonalGaussian(*prior)),
        )
      )
    return slvm_core.SlvmBound(*[tf.concat(t, axis=1) for t in zip(*terms)])


def _noise(what, shape, number):
  del what, number
  return tf.random_normal(shape)
