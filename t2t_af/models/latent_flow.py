"""The affine autoregressive flow under any model's sequence of latents.

    u_t = (z_t - alpha(z_<t)) / beta(z_<t)                           (Eq. 12)

Whatever models z can model u instead: its dynamics are simpler, because the
flow has taken out of z what an affine function of the past can tell.
"""

from collections.abc import Sequence
from typing import Callable, NamedTuple, Optional

import tensorflow.compat.v1 as tf

State = list[tf.Tensor]  # Per transform: the steps before, [batch, k, ...].


class Transformed(NamedTuple):
  u: tf.Tensor  # as z
  shift: tf.Tensor  # as z; of the transforms together,
  log_scale: tf.Tensor  # z_t = shift_t + exp(log_scale_t) * u_t
  state: State  # after the last step of z


class LatentFlow:
  """u of z and back, step by step or all steps at once.

  Shift and log-scale (alpha and log beta) of a step are functions of the
  num_cond_steps latents before it. Before the first step these are zeros, or
  what a state holds: so every step is transformed, the first ones too. That
  is right where, as in an SLVM, z_0 = 0 is what the model starts from; a
  model that conditions on given latents hands them over as the state.

  z_t given u_t is affine, so a Gaussian p(u_t | z_<t) = N(loc, scale) is the
  Gaussian p(z_t | z_<t) = N(shift + exp(log_scale) * loc,
  exp(log_scale) * scale): divergences stay in closed form.

  At initialisation: u = z, where the conditioners' heads start at zero.

  #### Examples

  Any density of a sequence of latents becomes one of u by one call. Here a
  model that says z_t ~ N(0, 1) at every step:

  ```python
  flow = LatentFlow([SeriesConditioner(num_cond_steps=3)])

  def base_log_prob(u):   # [batch, time], nats
    return -tf.reduce_sum(.5 * u**2 + .5 * np.log(2. * np.pi), axis=2)

  log_prob = flow.log_prob(z, base_log_prob)    # instead of base_log_prob(z)

  state = flow.initial_state(z[:, 0])           # sampling, in the model's loop
  z_t, state = flow.step(u_t, state)
  ```

  `slvm_core` puts it under an SLVM's z. VideoFlow's latents start from given
  ones: `flow.log_prob(z[:, k:], base_log_prob, state=[z[:, :k]])`.

  Args:
    conditioners: one per transform, the one next to z first. Each maps z
      [batch, s, ...] to (shift, log_scale) [batch, s - k + 1, ...], entry j a
      function of z[:, j : j + k] alone, and has the attribute
      `num_cond_steps` = k. log_scale None means scale 1. None at all: u = z.
  """

  def __init__(self, conditioners: Sequence[Callable]):
    self._conditioners = list(conditioners)

  def initial_state(self, z_t: tf.Tensor) -> State:
    """Zeros before the first step; z_t [batch, ...] gives the shape."""
    return [
      tf.stack([tf.zeros_like(z_t)] * c.num_cond_steps, axis=1)
      for c in self._conditioners
    ]

  def inverse(self, z: tf.Tensor, state: Optional[State] = None) -> Transformed:
    """u of all steps, in one call of each conditioner.

    Args:
      z: [batch, time, ...].
      state: of `initial_state` (None) or of the steps before z.
    """
    if state is None:
      state = self.initial_state(z[:, 0])
    u, shift, log_scale = z, tf.zeros_like(z), tf.zeros_like(z)
    next_state = []
    for conditioner, window in zip(self._conditioners, state):
      known = tf.concat([window, u], axis=1)
      alpha, log_beta = conditioner(known[:, :-1])
      next_state.append(known[:, -conditioner.num_cond_steps :])
      u -= alpha
      shift += tf.exp(log_scale) * alpha
      if log_beta is not None:
        u *= tf.exp(-log_beta)
        log_scale += log_beta
    return Transformed(u, shift, log_scale, next_state)

  def log_prob(
    self,
    z: tf.Tensor,
    base_log_prob_fn: Callable[[tf.Tensor], tf.Tensor],
    state: Optional[State] = None,
  ) -> tf.Tensor:
    """log p(z_t | z_<t) = log p(u_t | z_<t) - sum of log beta (Eq. 12).

    Args:
      z, state: as in `inverse`.
      base_log_prob_fn: u, as z, to log p(u_t | z_<t) [batch, time].

    Returns:
      [batch, time], nats.
    """
    done = self.inverse(z, state)
    return base_log_prob_fn(done.u) - tf.reduce_sum(
      done.log_scale, axis=list(range(2, z.shape.rank))
    )

  def step(self, u_t: tf.Tensor, state: State) -> tuple[tf.Tensor, State]:
    """z_t [batch, ...] of u_t [batch, ...], and the state after it."""
    maps = [
      conditioner(window)
      for conditioner, window in zip(self._conditioners, state)
    ]
    seen = [u_t]  # u_t, then what each transform makes of it, up to z_t.
    for alpha, log_beta in reversed(maps):
      scale = 1.0 if log_beta is None else tf.exp(log_beta[:, 0])
      seen.append(alpha[:, 0] + scale * seen[-1])
    z_t = seen[-1]
    next_state = [
      tf.concat([window[:, 1:], step[:, tf.newaxis]], axis=1)
      for window, step in zip(state, reversed(seen))
    ]
    return z_t, next_state
