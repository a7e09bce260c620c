"""Every hparam or frame that does not fit is refused in a sentence."""

import pytest

from t2t_af import errors
from t2t_af.models import requirements_video_flow
from tests.models import tiny


@pytest.mark.parametrize(
  "overrides, message",
  [
    (dict(n_levels=4), "8 x 8 do not divide by 2\\^n_levels = 16"),
    (dict(latent_dynamics="affin_af"), 'Did you mean "affine_af"'),
    (dict(sample_conditioning="frame"), 'Did you mean "frames"'),
    (dict(coupling="afine"), 'unknown coupling "afine"'),
    (dict(activation="gelu"), 'unknown activation "gelu"'),
    (dict(latent_activation="gelu"), 'unknown latent_activation "gelu"'),
    (dict(latent_af_num_transforms=0), "at least 1, got 0"),
    (dict(latent_af_log_scale_bound=0.0), "must be positive, got 0"),
    (dict(latent_af_log_scale_bound=-1.0), "must be positive, got -1"),
    (dict(num_train_frames=3), "num_train_frames=3, but 4 are needed"),
    (
      dict(
        num_train_frames=6,
        latent_dynamics="affine_af",
        latent_af_num_transforms=2,
      ),
      "num_train_frames=6, but 7 are needed",
    ),
    (dict(num_train_frames=6), "training example has 5 frames"),
    (dict(video_num_input_frames=2), "num_cond_latents=3 frames"),
    (dict(num_cond_latents=1), "at least 2 latents"),
    (dict(optimizer="adan"), 'Did you mean "adam"'),
    (dict(latent_skip=False), "latent_dynamics=none"),
    (dict(top_prior="normal"), "top_prior=single_conv, got normal"),
    (dict(gen_mode="unconditional"), "built for gen_mode=conditional"),
    (dict(latent_dist_encoder="conv_lstm"), "latent_dist_encoder=conv3d_net"),
    (dict(cond_first_frame=True), "cond_first_frame=False, got True"),
    (dict(model_input=True), "model_input=False, got True"),
    (dict(pretrain_steps=10), "pretrain_steps=-1, got 10"),
    (dict(latent_noise=0.1), "latent_noise=0.0, got 0.1"),
    (dict(latent_dropout=0.1), "latent_dropout=0.0, got 0.1"),
    (dict(coupling_dropout=0.1), "coupling_dropout=0.0, got 0.1"),
  ],
)
def test_refuses(overrides, message):
  hparams = tiny.hparams(**overrides)
  with pytest.raises(errors.UserError, match=message):
    requirements_video_flow.check(hparams, tiny.FRAME_SHAPE)


@pytest.mark.parametrize(
  "overrides",
  [
    dict(num_train_frames=4),
    dict(num_train_frames=5, latent_af_num_transforms=2),  # of skip: unused
    dict(
      num_train_frames=7,
      latent_dynamics="affine_af",
      latent_af_num_transforms=2,
      video_num_target_frames=4,
    ),
    dict(video_num_input_frames=4),
    dict(video_num_input_frames=9, num_train_frames=4),
    dict(latent_dynamics="none", coupling="additive", activation="relu"),
  ],
)
def test_accepts(overrides):
  requirements_video_flow.check(tiny.hparams(**overrides), tiny.FRAME_SHAPE)


def test_what_is_only_sampled_may_have_fewer_frames_than_training():
  hparams = tiny.hparams(num_train_frames=6)
  requirements_video_flow.check(hparams, tiny.FRAME_SHAPE, trains=False)


@pytest.mark.parametrize("frame_shape", [(8, 6, 1), (6, 8, 1)])
def test_height_and_width_must_both_divide(frame_shape):
  with pytest.raises(errors.UserError, match="do not divide"):
    requirements_video_flow.check(tiny.hparams(), frame_shape)
