"""`video_flow`: VideoFlow, with its latent dynamics as an hparam."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from tensor2tensor.utils import registry
import tensorflow.compat.v1 as tf

from t2t_af import effect
from t2t_af.models import initialization
from t2t_af.models import noise as noise_lib
from t2t_af.models import requirements_video_flow
from t2t_af.models import round_trip
from t2t_af.models import sequence_model
from t2t_af.models import video_flow_core


@registry.register_model
class VideoFlow(sequence_model.SequenceModel):
  """VideoFlow (Kumar et al., 2020) and VideoFlow + AF (Sect. 3.2.2, App. B).

  Conditions on the `video_num_input_frames` first frames and scores the
  others. The loss is the negative log-likelihood of 8-bit frames in bits per
  dimension, exact up to dequantisation, as tensor2tensor's next_frame_glow,
  whose checkpoints it shares (`t2t-af convert`).

  Hparams that it adds: latent_dynamics (`skip`, `affine_af`, `none`),
  latent_af_residual, latent_af_num_transforms, latent_af_log_scale_bound.
  """

  reads = (
    *sequence_model.SequenceModel.reads,
    effect.Rule(requirements_video_flow.FIXED, of_weights=True),
    effect.Rule(
      (
        "activation",
        "coupling",
        "coupling_width",
        "depth",
        "latent_activation",
        "latent_apply_dilations",
        "latent_dynamics",
        "latent_encoder_depth",
        "latent_encoder_width",
        "n_levels",
        "num_cond_latents",
      ),
      of_weights=True,
    ),
    effect.Rule(
      (
        "init_batch_size",
        "num_train_frames",
        "recompute",
        "sample_conditioning",
        "temperature",
      )
    ),
    effect.Rule(
      ("latent_dilation_rates",),
      (effect.equals("latent_apply_dilations", True),),
      of_weights=True,
    ),
    effect.Rule(
      (
        "latent_af_residual",
        "latent_af_num_transforms",
        "latent_af_log_scale_bound",
        "log_scale_clip",
      ),
      (effect.equals("latent_dynamics", "affine_af"),),
      of_weights=True,
    ),
  )

  def check_input(self, step_shape: Sequence[int]) -> None:
    """Raises UserError where hparams or frames do not fit the model."""
    requirements_video_flow.check(self.hparams, step_shape, self.is_training)

  def score(
    self, steps: tf.Tensor, noise: noise_lib.Noise
  ) -> sequence_model.Scores:
    """Exact NLL of the frames after the conditioning ones, and z, u of each."""
    num_train_frames = self.hparams.num_train_frames
    if self.is_training and num_train_frames != -1:
      # From anywhere in the example; the first num_cond_latents of them are
      # conditioned on, the others scored.
      frames = _random_stretch(steps, num_train_frames, noise)
      x = video_flow_core.OBSERVATION.to_x(frames, noise)
    else:
      frames = steps[:, self._num_unused_inputs() :]
      x = self._dequantized(steps, noise)
    scored = self._core(steps).score(x)
    dims = np.prod(steps.shape.as_list()[2:])
    # The data without noise: a pixel that never changes is to be seen as one.
    signals = {"x": frames[:, self.hparams.num_cond_latents :]}
    for level, (z, u) in enumerate(zip(scored.z_levels, scored.u_levels)):
      signals.update({"z%d" % level: z, "u%d" % level: u})
    return sequence_model.Scores(-scored.log_prob / dims, signals=signals)

  def decompose(
    self, steps: tf.Tensor, noise: noise_lib.Noise
  ) -> dict[str, tf.Tensor]:
    """z, alpha, beta and u of every level (Eq. 12)."""
    return self._core(steps).decompose(self._dequantized(steps, noise))

  def round_trips(
    self, steps: tf.Tensor, noise: noise_lib.Noise
  ) -> dict[str, round_trip.RoundTrip]:
    """Of Glow's levels, and of the latent flow of each."""
    return self._core(steps).round_trips(self._dequantized(steps, noise))

  def sample(self, inputs: tf.Tensor) -> tf.Tensor:
    """Futures from the last num_cond_latents input frames, x of each."""
    contexts = inputs[:, self._num_unused_inputs() :]
    return self._core(inputs).sample(
      video_flow_core.OBSERVATION.to_x(contexts),
      num_samples=self._decode_hparams.num_decodes,
      num_frames=self.hparams.video_num_target_frames,
      temperature=self.hparams.temperature,
    )

  def to_outputs(self, x: tf.Tensor) -> tf.Tensor:
    """uint8 frames of x."""
    return video_flow_core.OBSERVATION.from_x(x)

  def _dequantized(self, steps: tf.Tensor, noise: noise_lib.Noise) -> tf.Tensor:
    """x of the frames that are looked at, with noise of the whole window."""
    x = video_flow_core.OBSERVATION.to_x(steps, noise)
    return x[:, self._num_unused_inputs() :]

  def _core(self, frames: tf.Tensor) -> video_flow_core.VideoFlowCore:
    return video_flow_core.VideoFlowCore(
      frames.shape.as_list()[2:], self.hparams
    )

  def _num_unused_inputs(self) -> int:
    """Input frames that are further back than the priors look."""
    return self.hparams.video_num_input_frames - self.hparams.num_cond_latents

  @staticmethod
  def train_hooks(hook_context: Any) -> list[tf.train.SessionRunHook]:
    """Initialisation from data, then the records."""
    return [
      initialization.InitializationHook(VideoFlow, hook_context)
    ] + sequence_model.SequenceModel.train_hooks(hook_context)


def _random_stretch(
  steps: tf.Tensor, length: int, noise: noise_lib.Noise
) -> tf.Tensor:
  """`length` consecutive steps of [batch, steps, ...], from anywhere."""
  num_starts = steps.shape.as_list()[1] - length + 1
  if isinstance(noise, noise_lib.StepNoise):
    noise = noise.stream(noise_lib.CROP)
  drawn = noise.uniform(tf.shape(steps)[:1])
  starts = tf.cast(drawn * num_starts, tf.int32)
  return tf.gather(
    steps, starts[:, tf.newaxis] + tf.range(length), axis=1, batch_dims=1
  )
