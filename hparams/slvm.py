"""Sets of `slvm` on video: SLVM, + Delta x, + 1-AF, + 2-AF.

Names are `<row>_<column>` of Table 1; a set is run by

    t2t-trainer --model=slvm --hparams_set=slvm_af1_mmnist \\
      --problem=video_mmnist --train_steps=100000 --data_dir=... \\
      --output_dir=...

Paper: values of the noise of its authors' code, Gaussian; to stand beside them
say --hparams=dequantization=gaussian. Ours are of uniform noise. All values
are upper bounds. Without a flow, all three input frames warm the LSTMs up.
"""

from tensor2tensor.utils import registry

from hparams import base
from hparams import data_space


def slvm_base():
  """What is added to every data-space model's hparams: SLVM of Fig. 9."""
  return base.derive(
    data_space.data_space_base,
    new=dict(
      latent_size=256,
      num_recurrent_layers=2,  # LSTMs of posterior and prior each
      encoder_width=64,  # filters of the first layer
      num_warmup_steps=-1,  # -1: all that the inputs hold
      kl_warmup_steps=0,
      num_importance_samples=1,  # K, in evaluation
      sample_mode="samples",  # samples | means
      latent_flow="none",  # none | affine_af, under z
    ),
    data_flow="none",
    hidden_size=256,
  )


@registry.register_hparams
def slvm_mmnist():
  """SLVM on Moving MNIST, as in Table 1.

  Paper: at most 1.92 nats/dim test, 1.93 train (200,000 steps, batch 16).
  Ours: not run.

  Two LSTM layers each in posterior and prior, one in the sets with a flow.

  11,289,090 parameters: those of the authors' code less one of the two bias
  vectors that PyTorch's LSTM has in each of four layers; 11,295,238 of three
  channels.
  """
  return slvm_base()


@registry.register_hparams
def slvm_kth():
  """SLVM on KTH Actions, as in Table 1.

  Paper: at most 4.63 nats/dim test, 3.05 train (90,000 steps, batch 8).
  Ours: not run.
  """
  return base.derive(slvm_mmnist, batch_size=8)


@registry.register_hparams
def slvm_bair():
  """SLVM on BAIR Robot Pushing, as in Table 1.

  Paper: at most 3.57 nats/dim test, 3.46 train (200,000 steps, batch 8).
  Ours: not run.
  """
  return slvm_kth()


@registry.register_hparams
def slvm_dx_mmnist():
  """SLVM + Delta x on Moving MNIST, as in Table 1.

  Paper: at most 2.45 nats/dim test, 2.47 train (200,000 steps, batch 16).
  Ours: not run.

  The paper does not say how many LSTM layers this row has, nor the steps;
  here those of SLVM.
  """
  return base.derive(slvm_mmnist, data_flow="difference")


@registry.register_hparams
def slvm_dx_kth():
  """SLVM + Delta x on KTH Actions, as in Table 1.

  Paper: at most 2.49 nats/dim test, 2.46 train (90,000 steps, batch 8).
  Ours: not run.
  """
  return base.derive(slvm_dx_mmnist, batch_size=8)


@registry.register_hparams
def slvm_dx_bair():
  """SLVM + Delta x on BAIR Robot Pushing, as in Table 1.

  Paper: at most 3.07 nats/dim test, 3.05 train (200,000 steps, batch 8).
  Ours: not run.
  """
  return slvm_dx_kth()


@registry.register_hparams
def slvm_af1_mmnist():
  """SLVM + 1-AF on Moving MNIST, as in Table 1.

  Paper: at most 1.86 nats/dim test, 1.85 train (100,000 steps, batch 16).
  Ours: not run.

  10,572,484 parameters: those of the authors' code less one bias vector in each
  of two LSTM layers; 10,582,092 of three channels.
  """
  return base.derive(slvm_mmnist, data_flow="affine_af", num_recurrent_layers=1)


@registry.register_hparams
def slvm_af1_kth():
  """SLVM + 1-AF on KTH Actions, as in Table 1.

  Paper: at most 2.39 nats/dim test, 2.21 train (90,000 steps, batch 8).
  Ours: not run.
  """
  return base.derive(slvm_af1_mmnist, batch_size=8)


@registry.register_hparams
def slvm_af1_bair():
  """SLVM + 1-AF on BAIR Robot Pushing, as in Table 1.

  Paper: at most 2.35 nats/dim test, 2.31 train (200,000 steps, batch 8).
  Ours: not run.
  """
  return slvm_af1_kth()


@registry.register_hparams
def slvm_af2_mmnist():
  """SLVM + 2-AF on Moving MNIST, as in Table 1.

  Paper: samples alone (Fig. 12). 100,000 steps, batch 16 as SLVM + 1-AF.
  Ours: not run.
  """
  return base.derive(
    slvm_af1_mmnist, num_transforms=2, video_num_input_frames=6
  )


@registry.register_hparams
def slvm_af2_kth():
  """SLVM + 2-AF on KTH Actions, as in Table 1.

  Paper: samples alone (Fig. 12). 90,000 steps, batch 8 as SLVM + 1-AF.
  Ours: not run.
  """
  return base.derive(slvm_af2_mmnist, batch_size=8)


@registry.register_hparams
def slvm_af2_bair():
  """SLVM + 2-AF on BAIR Robot Pushing, as in Table 1.

  Paper: samples alone (Fig. 12). 200,000 steps, batch 8 as SLVM + 1-AF.
  Ours: not run.
  """
  return slvm_af2_kth()


@registry.register_hparams
def slvm_tiny():
  """SLVM for minutes on two cores.

  Warms up on three frames and scores ten, as all tiny sets, with or without a
  flow. video_moving_digits32, 1,500 steps, seeds 0-2, test split: at most 2.437
  +- 0.239 nats/dim (results/moving_digits32_tiny).
  """
  return base.derive(
    slvm_mmnist,
    video_num_input_frames=9,
    num_warmup_steps=3,
    flow_width=16,
    encoder_width=16,
    hidden_size=64,
    latent_size=32,
    **dict(data_space.SHORT_TRAINING, learning_rate_constant=3e-3),
  )


@registry.register_hparams
def slvm_dx_tiny():
  """SLVM + Delta x for minutes on two cores.

  See slvm_tiny. video_moving_digits32, 1,500 steps, seeds 0-2, test split: at
  most 3.300 +- 0.052 nats/dim (results/moving_digits32_tiny).
  """
  return base.derive(slvm_tiny, data_flow="difference")


@registry.register_hparams
def slvm_af1_tiny():
  """SLVM + 1-AF for minutes on two cores.

  See slvm_tiny; the learning rate is that of af1_tiny. video_moving_digits32,
  1,500 steps, seeds 0-2, test split: at most 1.797 +- 0.026 nats/dim
  (results/moving_digits32_tiny).
  """
  return base.derive(
    slvm_tiny,
    data_flow="affine_af",
    num_recurrent_layers=1,
    learning_rate_constant=6e-3,
  )


@registry.register_hparams
def slvm_af2_tiny():
  """SLVM + 2-AF for minutes on two cores.

  See slvm_tiny; the learning rate is that of af2_tiny. video_moving_digits32,
  1,500 steps, seed 0, test split: at most 1.749 nats/dim
  (results/moving_digits32_slvm_af2).
  """
  return base.derive(
    slvm_af1_tiny, num_transforms=2, learning_rate_constant=3e-3
  )
