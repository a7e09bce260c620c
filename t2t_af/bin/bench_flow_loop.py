"""The data-space models with their networks run per time step, in a loop.

For `bench flow`: what the authors' code does, with this package's networks,
weights and loss. A Python loop over time, unrolled in the graph; every step
sends the frames it conditions on through the conditioner anew, and encoder,
LSTMs and decoder of the SLVM run on one step at a time. Batch norm takes its
statistics per time step, as theirs; with no batch norm, or its moving
averages, the loss is that of the models themselves.
"""

import tensorflow.compat.v1 as tf

from t2t_af.bijectors import autoregressive
from t2t_af.models import autoregressive_flow
from t2t_af.models import gaussian
from t2t_af.models import slvm
from t2t_af.models import slvm_core


class LoopFlow:
  """A flow of one transform, its inverse a loop over time.

  Args:
    flow: with as many unscored steps as it conditions on.
  """

  def __init__(self, flow):
    self._flow = flow
    self.num_unscored = flow.num_unscored

  def inverse_and_log_det(
      self, x: tf.Tensor) -> autoregressive.InverseAndLogDet:
    """As the flow's own; x [batch, time, ...], time static."""
    first = self.num_unscored
    ys, log_dets = [x[:, :first]], [tf.zeros(tf.shape(x[:, :first])[:2])]
    for t in range(first, x.shape.as_list()[1]):
      y, log_det = self._flow.inverse_and_log_det(x[:, t - first:t + 1])
      ys.append(y[:, first:])
      log_dets.append(log_det[:, first:])
    return autoregressive.InverseAndLogDet(tf.concat(ys, axis=1),
                                           tf.concat(log_dets, axis=1))


class LoopSlvmCore(slvm_core.SlvmCore):
  """The SLVM's bound, one step after the other; no latent flow."""

  def elbo(self, y, is_training, num_samples=1, noise_fn=None):
    batch, num_steps = y.shape.as_list()[:2]
    networks = self._networks
    eps = (noise_fn or _noise)(
        "posterior", [num_steps, batch, networks.latent_size])
    z = tf.zeros([batch, networks.latent_size])
    q_state = networks.posterior_state(batch)
    p_state = networks.prior_state(batch)
    terms = []
    for t in range(num_steps):
      y_t = y[:, t:t + 1]
      prior, p_state = networks.prior(z[:, tf.newaxis], p_state)
      features = networks.encode(y_t, is_training)
      q, q_state = networks.posterior(features[:, 0], z, q_state)
      q = gaussian.Gaussian(*q)
      z = q.sample(eps[t])
      likelihood = networks.decode(z[:, tf.newaxis], is_training)
      terms.append((
          gaussian.Gaussian(*likelihood).log_prob(y_t),
          gaussian.Gaussian(*[m[:, tf.newaxis] for m in q]).kl(
              gaussian.Gaussian(*prior))))
    return slvm_core.SlvmBound(*[tf.concat(t, axis=1) for t in zip(*terms)])


class LoopAutoregressiveFlow(autoregressive_flow.AutoregressiveFlow):
  """`autoregressive_flow`, scored step by step."""

  def flow(self):
    return LoopFlow(super().flow())


class LoopSlvm(slvm.Slvm):
  """`slvm`, scored step by step."""

  def flow(self):
    return LoopFlow(super().flow())

  def _core(self):
    return LoopSlvmCore(self.step_shape, self.hparams)


MODELS = {"autoregressive_flow": LoopAutoregressiveFlow, "slvm": LoopSlvm}


def _noise(what, shape):
  del what
  return tf.random_normal(shape)
