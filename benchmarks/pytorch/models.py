"""1-AF, 2-AF, SLVM and SLVM + 1-AF, and their loss by a loop over time."""

from typing import NamedTuple, Optional

import networks
import torch
from torch import nn


class Shape(NamedTuple):
  """What a model is made of.

  Attributes:
    transforms: of the flow.
    lstms: on each other in the SLVM; 0: the base is N(0, 1).
    parameters: of one channel, as counted from the authors' code, without
      those that no gradient reaches.
  """

  transforms: int
  lstms: int
  parameters: int


MODELS = {
  "af1": Shape(1, 0, 335_042),
  "af2": Shape(2, 0, 670_084),
  "slvm": Shape(0, 2, 11_293_186),
  "slvm_af1": Shape(1, 1, 10_574_532),
}
_WARM_UP = 3  # unscored steps of an SLVM without a flow


class Model(nn.Module):
  """A flow, an SLVM, or an SLVM on a flow.

  Args:
    shape: one of MODELS.
    channels: of a frame.
  """

  def __init__(self, shape: Shape, channels: int = 1) -> None:
    super().__init__()
    self._flow = nn.ModuleList(
      networks.FlowStep(channels) for _ in range(shape.transforms)
    )
    self._slvm: Optional[networks.Slvm] = None
    if shape.lstms:
      self._slvm = networks.Slvm(channels, shape.lstms)

  def loss(self, frames: torch.Tensor) -> torch.Tensor:
    """Nats per dimension of the scored frames, or their bound.

    Args:
      frames: [time, batch, channels, height, width].
    """
    windows: list[list[torch.Tensor]] = [[] for _ in self._flow]
    base, total, scored = _Base(self._slvm), torch.zeros(()), 0
    unscored = 0 if len(self._flow) else _WARM_UP
    for t, frame in enumerate(frames):
      y, log_det = self._step(windows, frame)
      if y is None:
        continue
      log_prob = base.log_prob(y)
      if t >= unscored:
        total = total + log_prob + log_det
        scored += 1
    return -total / (scored * frames[0].numel())

  def _step(
    self, windows: list[list[torch.Tensor]], x: torch.Tensor
  ) -> tuple[Optional[torch.Tensor], torch.Tensor]:
    """y of the last transform, None while a window is not full; its log-det."""
    total = torch.zeros(())
    for transform, window in zip(self._flow, windows):
      is_full = len(window) == transform.num_cond_steps
      y, log_det = transform(window, x) if is_full else (None, total)
      window.append(x)
      if y is None:
        return None, total
      del window[0]
      x, total = y, total + log_det.sum()
    return x, total


class _Base:
  """What the flow's noise is under, step by step."""

  def __init__(self, slvm: Optional[networks.Slvm]) -> None:
    self._slvm = slvm
    self._is_first = True

  def log_prob(self, y: torch.Tensor) -> torch.Tensor:
    """log N(y; 0, 1), or the SLVM's bound of this step."""
    if self._slvm is None:
      return torch.distributions.Normal(0.0, 1.0).log_prob(y).sum()
    if self._is_first:
      self._is_first = False
      self._z = y.new_zeros(len(y), 256)
      self._prior = self._slvm.prior_lstm.begin(len(y))
      self._posterior = self._slvm.posterior_lstm.begin(len(y))
    return self._bound(self._slvm, y)

  def _bound(self, slvm: networks.Slvm, y: torch.Tensor) -> torch.Tensor:
    h, self._prior = slvm.prior_lstm(slvm.before_prior(self._z), self._prior)
    prior = slvm.prior(h)
    seen = torch.cat([slvm.encode(y), self._z], 1)
    h, self._posterior = slvm.posterior_lstm(seen, self._posterior)
    posterior = slvm.posterior(h)
    self._z = posterior.rsample()
    kl = torch.distributions.kl_divergence(posterior, prior).sum()
    return slvm.decode(self._z).log_prob(y).sum() - kl
