"""Every hparam or step that does not fit is refused in a sentence."""

import pytest

from t2t_af import errors
from tests.models import small

VIDEO, SERIES = small.VIDEO, small.SERIES
AF, SLVM = "autoregressive_flow", "slvm"


def _check(name, hparams_set, step_shape, overrides):
  small.model(
    name, small.hparams(hparams_set, **overrides), "train"
  ).check_input(list(step_shape))


@pytest.mark.parametrize(
  "name, hparams_set, overrides, message",
  [
    (AF, "af1_tiny", dict(num_transforms=0), "at least 1, got 0"),
    (SLVM, "slvm_tiny", dict(num_transforms=0), "slvm with data_flow=none"),
    (AF, "af1_tiny", dict(flow_log_scale_bound=0.0), "must be positive, got 0"),
    (AF, "af1_tiny", dict(flow_log_scale_bound=-1.0), "positive, got -1"),
    (AF, "af1_tiny", dict(flow_log_scale_bound=float("nan")), "positive"),
    (AF, "af1_tiny", dict(precision="fp16"), 'unknown precision "fp16"'),
    (AF, "af1_tiny", dict(flow_width=0), "flow_width must be positive"),
    (AF, "af1_tiny", dict(temperature=0.0), "temperature must be positive"),
    (AF, "af1_tiny", dict(num_cond_steps=0), "num_cond_steps must be at least"),
    (AF, "af1_tiny", dict(video_num_target_frames=0), "video_num_target_fr"),
    (
      AF,
      "af1_tiny",
      dict(video_num_input_frames=2),
      "video_num_input_frames=2, but 3 are needed",
    ),
    (AF, "af2_mmnist", dict(video_num_input_frames=5), "but 6 are needed"),
    (
      SLVM,
      "slvm_af2_tiny",
      dict(video_num_input_frames=8),
      "but 9 are needed: 6 that the flow .* 3 to warm up on",
    ),
    (SLVM, "slvm_tiny", dict(num_warmup_steps=-2), "num_warmup_steps must be"),
    (
      SLVM,
      "slvm_af1_tiny",
      dict(first_steps="initial"),
      "first_steps=initial scores every step",
    ),
    (
      SLVM,
      "slvm_dx_tiny",
      dict(first_steps="initial", num_warmup_steps=0, num_transforms=19),
      "but 19 are needed",
    ),
    (AF, "af1_tiny", dict(data_flow="difference"), "data_flow=affine_af"),
    (SLVM, "slvm_tiny", dict(data_flow="affine"), 'Did you mean "affine_af"'),
    (AF, "af1_tiny", dict(first_steps="initail"), 'Did you mean "initial"'),
    (AF, "af1_tiny", dict(flow_transform="splines"), 'Did you mean "spline"'),
    (AF, "af1_tiny", dict(flow_conditioner="x"), "Known: dilated, window"),
    (AF, "af1_tiny", dict(flow_mask="learnt"), 'Did you mean "learned"'),
    (AF, "af1_tiny", dict(normalization="batch_norm"), 'Did you mean "batch"'),
    (AF, "af1_tiny", dict(dequantization="normal"), "unknown dequantization"),
    (AF, "af1_series_tiny", dict(series_noise=-0.1), "series_noise"),
    (AF, "af1_series_tiny", dict(scale_floor=-0.5), "or -1 for series_noise"),
    (AF, "af1_series_tiny", dict(scale_floor=float("nan")), "scale_floor"),
    (AF, "af1_tiny", dict(base_distribution="t"), "unknown base_distribution"),
    (AF, "af1_tiny", dict(optimizer="adan"), 'Did you mean "adam"'),
    (SLVM, "slvm_tiny", dict(latent_flow="af"), 'Did you mean "affine_af"'),
    (SLVM, "slvm_tiny", dict(sample_mode="mean"), 'Did you mean "means"'),
    (SLVM, "slvm_tiny", dict(num_importance_samples=0), "at least 1, got 0"),
    (SLVM, "slvm_tiny", dict(kl_warmup_steps=-1), "at least 0, got -1"),
    (SLVM, "slvm_tiny", dict(latent_size=0), "latent_size must be at least 1"),
    (SLVM, "slvm_tiny", dict(hidden_size=0), "hidden_size must be at least 1"),
    (SLVM, "slvm_tiny", dict(num_recurrent_layers=0), "num_recurrent_layers"),
    (SLVM, "slvm_tiny", dict(encoder_width=0), "encoder_width must be at"),
  ],
)
def test_refuses(name, hparams_set, overrides, message):
  with pytest.raises(errors.UserError, match=message):
    _check(name, hparams_set, VIDEO, overrides)


@pytest.mark.parametrize("step_shape", [(8, 8), (8, 8, None), (None,), ()])
def test_refuses_steps_that_are_neither_frames_nor_features(step_shape):
  with pytest.raises(errors.UserError, match="a step must be a frame"):
    _check(AF, "af1_tiny", step_shape, {})


@pytest.mark.parametrize(
  "name, hparams_set, step_shape, overrides",
  [
    (AF, "af1_mmnist", VIDEO, {}),
    (AF, "af1_tiny", SERIES, {}),  # a set of video, of a series
    (
      AF,
      "af1_tiny",
      VIDEO,
      dict(first_steps="initial", video_num_input_frames=0),
    ),
    (
      SLVM,
      "slvm_tiny",
      VIDEO,
      dict(first_steps="initial", num_warmup_steps=-1),
    ),
    (SLVM, "slvm_series_tiny", SERIES, dict(num_recurrent_layers=0)),
    (SLVM, "slvm_dx_kth", VIDEO, dict(num_transforms=3)),
  ],
)
def test_accepts(name, hparams_set, step_shape, overrides):
  _check(name, hparams_set, step_shape, overrides)
