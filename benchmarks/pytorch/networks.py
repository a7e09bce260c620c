"""The networks of App. B, for one frame at a time."""

import torch
from torch import nn

_WIDTH = 64  # of the flow
_LATENT, _HIDDEN, _FEATURES = 256, 256, 128
_ENCODER = (64, 128, 256, 512)
_LOG_SCALE_MAX = 10.0  # of a flow
_LOG_STD_RANGE = (-15.0, 5.0)  # of a likelihood or a latent


class FlowStep(nn.Module):
  """Eq. 5 of one frame: the three before it give shift and log-scale.

  Args:
    channels: of a frame.
  """

  num_cond_steps = 3

  def __init__(self, channels: int) -> None:
    super().__init__()
    self._of_frame = _stack(channels)
    self._of_window = _stack(self.num_cond_steps * _WIDTH)
    self._shift = nn.Conv2d(_WIDTH, channels, 3, padding=1)
    self._log_scale = nn.Conv2d(_WIDTH, channels, 3, padding=1)

  def forward(
    self, window: list[torch.Tensor], x: torch.Tensor
  ) -> tuple[torch.Tensor, torch.Tensor]:
    """(y, log |dy/dx| of each dimension); frames [batch, channels, h, w]."""
    h = torch.cat([self._of_frame(frame) for frame in window], 1)
    h = self._of_window(h)
    log_scale = self._log_scale(h).clamp(max=_LOG_SCALE_MAX)
    return (x - self._shift(h)) / log_scale.exp(), -log_scale


def _stack(channels: int) -> nn.Sequential:
  """Four layers: convolution, batch norm, ReLU."""
  layers: list[nn.Module] = []
  for size in (channels, _WIDTH, _WIDTH, _WIDTH):
    layers += [
      nn.Conv2d(size, _WIDTH, 3, padding=1),
      nn.BatchNorm2d(_WIDTH),
      nn.ReLU(),
    ]
  return nn.Sequential(*layers)


class Gaussian(nn.Module):
  """Mean and log standard deviation, each by a layer of its own."""

  def __init__(self, mean: nn.Module, log_std: nn.Module) -> None:
    super().__init__()
    self._mean, self._log_std = mean, log_std

  def forward(self, h: torch.Tensor) -> torch.distributions.Normal:
    """The Gaussian that features h give."""
    log_std = self._log_std(h).clamp(*_LOG_STD_RANGE)
    return torch.distributions.Normal(self._mean(h), log_std.exp())


class Recurrent(nn.Module):
  """LSTMs on each other, with a learned initial state each.

  Args:
    size: of the input.
    depth: how many.
  """

  def __init__(self, size: int, depth: int) -> None:
    super().__init__()
    self._cells = nn.ModuleList(
      nn.LSTMCell(_HIDDEN if i else size, _HIDDEN) for i in range(depth)
    )
    self._initial = nn.Parameter(torch.zeros(depth, 2, _HIDDEN))

  def begin(self, batch: int) -> list[tuple[torch.Tensor, ...]]:
    """The states before the first step."""
    return [
      tuple(state.expand(batch, -1) for state in pair) for pair in self._initial
    ]

  def forward(
    self, h: torch.Tensor, states: list[tuple[torch.Tensor, ...]]
  ) -> tuple[torch.Tensor, list[tuple[torch.Tensor, ...]]]:
    """One step: (output, states)."""
    after = []
    for cell, state in zip(self._cells, states):
      after.append(cell(h, state))
      h = after[-1][0]
    return h, after


def _latent_gaussian() -> Gaussian:
  return Gaussian(nn.Linear(_HIDDEN, _LATENT), nn.Linear(_HIDDEN, _LATENT))


class Slvm(nn.Module):
  """The sequential latent variable model, step by step.

  Args:
    channels: of a frame.
    depth: of the LSTMs: two, or one on a flow.
  """

  def __init__(self, channels: int, depth: int) -> None:
    super().__init__()
    sizes = (channels, *_ENCODER)
    encoder = [_conv(a, b, 2, 1) for a, b in zip(sizes, sizes[1:])]
    self.encode = nn.Sequential(
      *encoder, _conv(_ENCODER[-1], _FEATURES, 1, 0), nn.Flatten()
    )
    self.posterior_lstm = Recurrent(_FEATURES + _LATENT, depth)
    self.posterior = _latent_gaussian()
    self.before_prior = nn.Sequential(
      nn.Linear(_LATENT, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU()
    )
    self.prior_lstm = Recurrent(256, depth)
    self.prior = _latent_gaussian()
    back = _ENCODER[::-1]
    self.decode = nn.Sequential(
      nn.Unflatten(1, (_LATENT, 1, 1)),
      _deconv(_LATENT, back[0], 1, 0),
      *(_deconv(a, b, 2, 1) for a, b in zip(back, back[1:])),
      Gaussian(_image(channels, depth == 2), _image(channels)),
    )


def _image(channels: int, is_mean_of_pixels: bool = False) -> nn.Module:
  """A layer to a frame; the mean of pixels themselves, not of a flow's noise,
  lies in [0, 1]."""
  layer = nn.ConvTranspose2d(_ENCODER[0], channels, 4, 2, 1)
  return nn.Sequential(layer, nn.Sigmoid()) if is_mean_of_pixels else layer


def _conv(size: int, out: int, stride: int, padding: int) -> nn.Sequential:
  return nn.Sequential(
    nn.Conv2d(size, out, 4, stride, padding),
    nn.BatchNorm2d(out),
    nn.LeakyReLU(0.2),
  )


def _deconv(size: int, out: int, stride: int, padding: int) -> nn.Sequential:
  return nn.Sequential(
    nn.ConvTranspose2d(size, out, 4, stride, padding),
    nn.BatchNorm2d(out),
    nn.LeakyReLU(0.2),
  )
