"""The affine autoregressive flow under any model's sequence of latents.

    u_t = (z_t - alpha(z_<t)) / beta(z_<t)                           (Eq. 12)

Whatever models z can model u instead: its dynamics are simpler, because the
flow has taken out of z what an affine function of the past predicts.
"""

from collections.abc import Sequence
from typing import Callable, NamedTuple, Optional, Protocol

import tensorflow.compat.v1 as tf

from t2t_af import time_axis
from t2t_af.bijectors import affine
from t2t_af.bijectors import conditioners

State = list[tf.Tensor]  # Per transform: the steps before, [batch, k, ...].


class Conditioner(Protocol):
  """shift and log_scale of steps, from the num_cond_steps steps before each.

  Called with z [batch, s, ...]: both [batch, s - num_cond_steps + 1, ...],
  entry j a function of z[:, j : j + num_cond_steps] alone. log_scale None
  means scale 1.
  """

  num_cond_steps: int

  def __call__(self, z: tf.Tensor, /) -> conditioners.FlowParameters: ...


class LastStep:
  """alpha = z_(t-1), beta = 1: u is the difference of successive latents.

  VideoFlow's latent_skip; looks back over num_cond_steps as the conditioners
  that it stands beside.
  """

  def __init__(self, num_cond_steps: int) -> None:
    self.num_cond_steps = num_cond_steps

  def __call__(self, z: tf.Tensor) -> conditioners.FlowParameters:
    """z [batch, s, ...] from step num_cond_steps - 1 on, and no scale."""
    return z[:, self.num_cond_steps - 1 :], None


class Transformed(NamedTuple):
  """What the flow makes of z [batch, time, ...]."""

  u: tf.Tensor  # as z
  parameters: affine.Affine  # of all transforms together: z = forward(u)
  state: State  # after the last step of z

  def inverse_log_det(self) -> tf.Tensor:
    """log |det du_t / dz_t| of every step, [batch, time], nats."""
    log_scale = self.parameters.log_scale
    if log_scale is None:
      return tf.zeros(tf.shape(self.u)[:2])
    return -tf.reduce_sum(log_scale, axis=list(range(2, self.u.shape.rank)))


class LatentFlow:
  """u of z and back, step by step or all steps at once.

  Shift and log-scale (alpha and log beta) of a step are functions of the
  num_cond_steps latents before it. Before the first step these are zeros, or
  what a state holds: so every step is transformed, the first ones too. That
  is right where, as in an SLVM, z_0 = 0 is what the model starts from; a
  model that conditions on given latents, as VideoFlow, hands them over as the
  state (`state_after`).

  z_t given u_t is affine, so a Gaussian p(u_t | z_<t) is a Gaussian
  p(z_t | z_<t) (`DiagonalGaussian.through`): divergences stay in closed form.

  At initialisation: u = z, where the conditioners' heads start at zero.

  #### Examples

  Any density of a sequence of latents becomes one of u by one call. Here a
  model that says z_t ~ N(0, 1) at every step:

  ```python
  flow = LatentFlow([SeriesConditioner(num_cond_steps=3)])
  base_log_prob = gaussian.standard_normal_log_prob

  log_prob = flow.log_prob(z, base_log_prob)    # instead of base_log_prob(z)

  state = flow.initial_state(z[:, 0])           # sampling, in the model's loop
  z_t, state = flow.step(u_t, state)
  ```

  `slvm_core` puts it under an SLVM's z, `latent_prior` under VideoFlow's,
  which start from given ones: `flow.inverse(z[:, k:],
  flow.state_after(z[:, :k]))`.

  Args:
    conditioners: one per transform, the one next to z first; none: u = z.

  Attributes:
    conditioners: as given.
  """

  def __init__(self, conditioners: Sequence[Conditioner]) -> None:
    self.conditioners = list(conditioners)

  def initial_state(self, z_t: tf.Tensor) -> State:
    """Zeros before the first step; z_t [batch, ...] gives the shape."""
    return [
      tf.stack([tf.zeros_like(z_t)] * c.num_cond_steps, axis=1)
      for c in self.conditioners
    ]

  def state_after(self, z: tf.Tensor) -> State:
    """The state of a model that starts after given latents, which stay as
    they are under every transform; z [batch, at least num_cond_steps, ...]."""
    return [z[:, -c.num_cond_steps :] for c in self.conditioners]

  def inverse(self, z: tf.Tensor, state: Optional[State] = None) -> Transformed:
    """u of all steps, in one call of each conditioner.

    Args:
      z: [batch, time, ...].
      state: of the steps before z; None: `initial_state`.
    """
    if state is None:
      state = self.initial_state(z[:, 0])
    ys, parameters = self._inverses(z, state, len(self.conditioners))
    together = parameters[0] if parameters else affine.Affine(tf.zeros_like(z))
    for of_transform in parameters[1:]:
      together = together.after(of_transform)
    return Transformed(ys[-1], together, _states(state, ys))

  def next_state(self, z_t: tf.Tensor, state: State) -> State:
    """The state after z_t [batch, ...], as `inverse` gives it.

    The last transform's parameters are not needed, so its conditioner is not
    called: under a single transform, none is.
    """
    num_needed = max(len(self.conditioners) - 1, 0)
    ys, _ = self._inverses(z_t[:, tf.newaxis], state, num_needed)
    return _states(state, ys)

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
    transformed = self.inverse(z, state)
    return base_log_prob_fn(transformed.u) + transformed.inverse_log_det()

  def step(self, u_t: tf.Tensor, state: State) -> tuple[tf.Tensor, State]:
    """z_t [batch, ...] of u_t [batch, ...], and the state after it."""
    ys = [u_t]  # u_t, then what each transform makes of it, up to z_t.
    for conditioner, window in reversed(list(zip(self.conditioners, state))):
      of_step = [None if p is None else p[:, 0] for p in conditioner(window)]
      ys.append(affine.Affine(*of_step).forward(ys[-1]))
    next_state = [
      time_axis.slide(window, y) for window, y in zip(state, reversed(ys))
    ]
    return ys[-1], next_state

  def _inverses(
    self, z: tf.Tensor, state: State, num_transforms: int
  ) -> tuple[list[tf.Tensor], list[affine.Affine]]:
    """z and what the first transforms make of it; and their parameters."""
    ys, parameters = [z], []
    for conditioner, window in zip(self.conditioners[:num_transforms], state):
      known = tf.concat([window, ys[-1][:, :-1]], axis=1)
      parameters.append(affine.Affine(*conditioner(known)))
      ys.append(parameters[-1].inverse(ys[-1]))
    return ys, parameters


def _states(state: State, ys: Sequence[tf.Tensor]) -> State:
  """The last steps of what each transform saw: its state, then y."""
  return [
    tf.concat([window, y], axis=1)[:, -window.shape.as_list()[1] :]
    for window, y in zip(state, ys)
  ]
