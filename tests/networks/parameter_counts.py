"""Trainable parameters by arithmetic, from the paper and the Glow report.

Independent of the code: what is built must come to these numbers.
"""

WINDOW_STEPS = 3  # Conditioning frames; each step has its own actnorm.


def coupling(channels: int, width: int, affine: bool = True) -> int:
  """Gated coupling network of one Glow step (Kingma and Dhariwal, 2018)."""
  half = channels // 2
  out = channels if affine else half
  first = 9 * (half + 1) * width + 2 * width  # + 1: the edge-bias channel
  gates = 2 * (width * width + 2 * width)
  last = 9 * (width + 1) * out + 2 * out
  return first + gates + last


def glow_step(channels: int, width: int, affine: bool = True) -> int:
  """Actnorm, L, U and log s of the 1x1 convolution, coupling."""
  return (
    2 * channels
    + 2 * channels * channels
    + channels
    + coupling(channels, width, affine)
  )


def temporal_resnet(
  channels: int, out: int, width: int, depth: int, num_dilations: int
) -> int:
  """Two maps of `out` channels from a window of `channels` (Appendix B)."""
  norm = 2 * WINDOW_STEPS * width
  first = 18 * (channels + 1) * width + norm
  gates = 2 * (width * width + norm)
  last = 18 * (width + 1) * channels + 2 * channels
  head = channels * 2 * out + 2 * 2 * out
  return depth * num_dilations * (first + gates + last) + head


def level_prior(channels: int) -> int:
  """3x3 convolution to loc and log_scale, zero at the start."""
  return 9 * (channels + 1) * 2 * channels + 2 * 2 * channels


def video_flow(frame_shape, hparams) -> int:
  """All of VideoFlow; with latent flows where the hparams say affine_af."""
  height, _, channels = frame_shape
  total = 0
  for level in range(hparams.n_levels):
    height, channels = height // 2, channels * 4
    total += hparams.depth * glow_step(channels, hparams.coupling_width)
    is_top = level == hparams.n_levels - 1
    channels = channels if is_top else channels // 2
    num_dilations = 1
    if hparams.latent_apply_dilations:
      num_dilations += sum(
        3 + 2 * rate <= height for rate in hparams.latent_dilation_rates
      )
    network = (
      hparams.latent_encoder_width,
      hparams.latent_encoder_depth,
      num_dilations,
    )
    total += level_prior(channels) + temporal_resnet(
      channels if is_top else 2 * channels, channels, *network
    )
    if hparams.latent_dynamics == "affine_af":
      total += hparams.latent_af_num_transforms * temporal_resnet(
        channels, channels, *network
      )
  return total
