"""Sets of `video_flow`: VideoFlow and VideoFlow + AF.

Names are `<row>_<column>` of the paper's Table 1, and `_tiny` for minutes on
two cores. `t2t-af params SET...` prints parameters level by level.
"""

from tensor2tensor.models.video import next_frame_glow

from hparams import base
from hparams import table


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
      latent_af_log_scale_bound=3.0,  # |log beta|
      # What a sampled future goes on from: the 8-bit frame, encoded
      # again, or the sampled latents (tensor2tensor's next_frame_glow).
      sample_conditioning="frames",
      # Keep the inputs of blocks alone, and compute them again for gradients.
      recompute=False,
      **base.of_every_model(),
    ),
  )


_AF = dict(latent_dynamics="affine_af")
# A flow that starts exactly at VideoFlow: alpha = z_(t-1) + 0.
_RESIDUAL = dict(_AF, latent_af_residual=True)
_ROWS = {
  "video_flow": table.Row("VideoFlow", {}),
  "video_flow_af": table.Row("VideoFlow + AF", _AF),
  "video_flow_af_residual": table.Row(
    "VideoFlow + AF, residual start", _RESIDUAL
  ),
  "video_flow_af_matched": table.Row(
    "VideoFlow + AF, residual start, same size,", _RESIDUAL
  ),
}
_HALF = dict(depth=12, latent_encoder_width=128)  # of 24 and 256
_COLUMNS = {
  "bair_full": table.Column(
    "on BAIR, at the size of Kumar et al. (2020)", "video_bair", 100_000, {}
  ),
  "bair": table.Column(
    "on BAIR, as in Table 1: half the depth and width",
    "video_bair",
    100_000,
    _HALF,
  ),
  "bair_matched": table.Column(
    "on BAIR, with the parameters of VideoFlow",
    "video_bair",
    100_000,
    dict(_HALF, latent_encoder_width=78),
  ),
  "tiny": table.Column(
    "for minutes on two cores",
    "video_toy_pushing",
    500,
    dict(
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
    ),
    table.COMPARE + " --seeds=0,1,2",
  ),
}

_IDLE = " Timed at idle priority beside other work: an upper bound."

_RECORDS = {
  ("video_flow", "bair_full"): table.Record(
    paper="none (Kumar et al. report 1.87 bits/dim)",
    note="67,493,660 parameters.",
  ),
  ("video_flow", "bair"): table.Record(
    paper="1.53 nats/dim test, 1.50 train (100,000 steps, batch 5)",
    note="32,472,188 parameters.",
  ),
  ("video_flow_af", "bair"): table.Record(
    paper="1.50 nats/dim test, 1.49 train",
    note="A flow at each level in place of latent_skip.",
  ),
  ("video_flow_af", "bair_full"): table.Record(),
  ("video_flow_af", "bair_matched"): table.Record(
    note="32,465,460 parameters (-0.02 %). The networks of prior and flow are "
    "narrower, for a comparison at equal size."
  ),
  ("video_flow", "tiny"): table.Record(
    ours="2.174 +- 0.005 nats/dim test, seeds 0 to 9 "
    "(results/video_toy_pushing_tiny)",
    seconds_per_step=0.26,
    note="The demo's baseline. 603,228 parameters." + _IDLE,
  ),
  ("video_flow_af", "tiny"): table.Record(
    ours="2.159 +- 0.004 nats/dim test, seeds 0 to 9; below video_flow_tiny "
    "by 0.015 +- 0.006 (results/video_toy_pushing_tiny)",
    seconds_per_step=0.34,
    note="As in the paper: alpha starts at 0. 801,636 parameters." + _IDLE,
  ),
  ("video_flow_af_residual", "tiny"): table.Record(
    ours="2.155 +- 0.008 nats/dim test; below video_flow_tiny "
    "by 0.031 +- 0.010, three seeds (results/video_toy_pushing_tiny)",
    seconds_per_step=0.881,
    cpu=table.XEON,
    note="Starts exactly at VideoFlow: alpha = z_(t-1) + 0. 801,636 "
    "parameters." + _IDLE,
  ),
  ("video_flow_af_matched", "tiny"): table.Record(
    ours="2.173 +- 0.005 nats/dim test; below video_flow_tiny "
    "by 0.013 +- 0.003, three seeds (results/video_toy_pushing_tiny)",
    seconds_per_step=0.731,
    cpu=table.XEON,
    note="601,656 parameters, those of video_flow_tiny (-0.3 %)." + _IDLE,
    overrides=dict(latent_encoder_width=13),
  ),
}

table.register(
  __name__, "video_flow", video_flow_base, _ROWS, _COLUMNS, _RECORDS
)
