"""Sets of `video_flow`: VideoFlow and VideoFlow + AF.

Names are `<row>_<column>` of the paper's Table 1, and `_tiny` for seconds on
two cores. `t2t-af params SET...` prints parameters level by level.
"""

from tensor2tensor.models.video import next_frame_glow
from tensor2tensor.utils import registry

from hparams import base


def video_flow_base():
  """tensor2tensor's next_frame_glow_bair_quant, plus the latent dynamics.

  Three conditioning frames, ten scored; in training one of a random window
  of four. No scheduled changes but 10,000 steps of warm-up to 3e-4.
  """
  return base.derive(
    next_frame_glow.next_frame_glow_bair_quant,
    new=dict(
      latent_dynamics="skip",  # skip | affine_af | none
      latent_af_residual=False,  # alpha = z_(t-1) + network
      latent_af_num_transforms=1,
      latent_af_log_scale_bound=3.0,  # |log beta|, by tanh
      # What a sampled future goes on from: the 8-bit frame, encoded
      # again, or the sampled latents (tensor2tensor's next_frame_glow).
      sample_conditioning="frames",
      **base.training_part(),
    ),
  )


@registry.register_hparams
def video_flow_bair_full():
  """VideoFlow of Kumar et al. (2020): depth 24, width 256; 67,493,660 params.

  Paper cell: none (Kumar et al. report 1.87 bits/dim). Ours: not run.
  """
  return video_flow_base()


@registry.register_hparams
def video_flow_bair():
  """VideoFlow as in Table 1: half the depth and width; 32,472,188 params.

  Paper: 1.53 nats/dim test, 1.50 train (100,000 steps, batch 5). Ours: not
  run.
  Command: t2t-trainer --problem=video_bair --model=video_flow
    --hparams_set=video_flow_bair --train_steps=100000 --data_dir=...
    --output_dir=...
  """
  return base.derive(video_flow_bair_full, depth=12, latent_encoder_width=128)


@registry.register_hparams
def video_flow_af_bair():
  """VideoFlow + AF as in Table 1: a flow at each level in place of latent_skip.

  Paper: 1.50 nats/dim test, 1.49 train. Ours: not run.
  """
  return base.derive(video_flow_bair, latent_dynamics="affine_af")


@registry.register_hparams
def video_flow_af_bair_full():
  """VideoFlow + AF at the size of Kumar et al. Paper: none. Ours: not run."""
  return base.derive(video_flow_bair_full, latent_dynamics="affine_af")


@registry.register_hparams
def video_flow_af_bair_matched():
  """VideoFlow + AF with the parameters of VideoFlow: 32,465,460 (-0.02 %).

  The networks of prior and flow are narrower, for a comparison at equal size.
  Paper: none. Ours: not run.
  """
  return base.derive(video_flow_af_bair, latent_encoder_width=78)


@registry.register_hparams
def video_flow_tiny():
  """VideoFlow for minutes on two cores: the demo's baseline; 603,228 params.

  video_toy_pushing, 500 steps, seeds 0-2, test split: 2.190 +- 0.007 nats/dim
  (results/video_toy_pushing_tiny). The other tiny sets: the same protocol.
  """
  return base.derive(
    video_flow_bair,
    depth=4,
    n_levels=3,
    coupling_width=48,
    latent_encoder_width=24,
    latent_encoder_depth=3,
    latent_apply_dilations=False,
    batch_size=8,
    init_batch_size=16,
    num_train_frames=6,
    learning_rate_constant=1e-3,
    learning_rate_warmup_steps=50,
  )


@registry.register_hparams
def video_flow_af_tiny():
  """VideoFlow + AF as in the paper (alpha starts at 0); 801,636 params.

  2.160 +- 0.005 nats/dim; below video_flow_tiny by 0.030 +- 0.011.
  """
  return base.derive(video_flow_tiny, latent_dynamics="affine_af")


@registry.register_hparams
def video_flow_af_residual_tiny():
  """VideoFlow + AF that starts exactly at VideoFlow: alpha = z_(t-1) + 0.

  801,636 params. 2.161 +- 0.007 nats/dim; below video_flow_tiny by
  0.029 +- 0.013.
  """
  return base.derive(video_flow_af_tiny, latent_af_residual=True)


@registry.register_hparams
def video_flow_af_matched_tiny():
  """The residual start with the parameters of `video_flow_tiny` (-0.3 %).

  601,656 params. 2.167 +- 0.005 nats/dim; below video_flow_tiny by
  0.023 +- 0.007.
  """
  return base.derive(video_flow_af_residual_tiny, latent_encoder_width=13)
