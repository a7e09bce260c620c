"""What the sets of `autoregressive_flow` and `slvm` have in common."""

from tensor2tensor.layers import common_hparams

from hparams import base


def data_space_base():
  """One affine transform over three steps; the training set-up of App. B.

  Adam with a constant 1e-4, gradients clipped at norm 1 (the authors' clipping
  did nothing, by a mistake), three steps conditioned on and ten scored.
  """
  return base.derive(
      common_hparams.basic_params1,
      new=dict(
          data_flow="affine_af",  # affine_af | difference | none
          num_transforms=1,  # M of Eq. 9
          num_cond_steps=3,
          first_steps="skip",  # skip | initial
          flow_transform="affine",  # affine | spline
          flow_conditioner="window",  # window | dilated
          flow_mask="none",  # none | learned
          flow_width=64,
          flow_log_scale_bound=8.0,  # nats, by tanh
          normalization="batch",  # batch | group | none; of video's networks
          dequantization="uniform",  # uniform | gaussian; of video
          temperature=1.0,  # of samples: factor of every scale
          **base.training_part(),
      ),
      batch_size=16, video_num_input_frames=3, video_num_target_frames=10,
      optimizer="adam", optimizer_adam_beta1=0.9, optimizer_adam_beta2=0.999,
      optimizer_adam_epsilon=1e-8, learning_rate_schedule="constant",
      learning_rate_constant=1e-4, clip_grad_norm=1.0,
      initializer="uniform_unit_scaling", initializer_gain=1.0,
      weight_decay=0.0)
