"""Hparams of a model that builds in a second."""

from tensor2tensor.utils import registry

from hparams import base

FRAME_SHAPE = (8, 8, 1)


def hparams(**overrides):
  """`video_flow_tiny`, shrunk, with two levels of one step each."""
  small = base.shrink(registry.hparams("video_flow_tiny"))
  small.override_from_dict(
    dict(
      n_levels=2,
      depth=1,
      coupling_width=6,
      latent_encoder_width=4,
      latent_encoder_depth=1,
      num_train_frames=-1,
      video_num_target_frames=2,
    )
  )
  small.override_from_dict(overrides)
  return small
