"""`video_flow`: VideoFlow, with its latent dynamics as an hparam."""

import numpy as np
from tensor2tensor.layers import common_video
from tensor2tensor.utils import registry
from tensor2tensor.utils import t2t_model
import tensorflow.compat.v1 as tf

from t2t_af import likelihood
from t2t_af.models import evaluation
from t2t_af.models import initialization
from t2t_af.models import optimization
from t2t_af.models import requirements
from t2t_af.models import video_flow_core

# The noise of an evaluation is the same for every model, seed and checkpoint,
# so that differences between models are not differences between draws.
EVAL_NOISE_SEED = 20211118


@registry.register_model
class VideoFlow(t2t_model.T2TModel):
  """VideoFlow (Kumar et al., 2020) and VideoFlow + AF (Sect. 3.2.2, App. B).

  Conditions on the `video_num_input_frames` first frames and scores the
  others. The loss is the negative log-likelihood of 8-bit frames in bits per
  dimension, exact up to dequantisation, as tensor2tensor's next_frame_glow,
  whose checkpoints it shares (`t2t-af convert`).

  Hparams of its own: latent_dynamics (`skip`, `affine_af`, `none`),
  latent_af_residual, latent_af_num_transforms, latent_af_log_scale_bound.
  """

  def body(self, features):
    """Returns (NLL [batch, scored frames] in nats per dimension, losses)."""
    frame_shape = features["inputs"].shape.as_list()[2:]
    requirements.check(self.hparams, frame_shape)
    with tf.variable_scope(tf.get_variable_scope(), reuse=tf.AUTO_REUSE):
      core = video_flow_core.VideoFlowCore(frame_shape, self.hparams)
      if self.is_predicting:
        x = self._sample(core, features)
        self._check_checkpoint()
        return x, {"training": 0.}
      frames = tf.concat([features["inputs"], features["targets"]], axis=1)
      if self.is_training:
        frames = self._random_patch(frames)
      seed = None if self.is_training else EVAL_NOISE_SEED
      frames = frames[:, self._num_unused_inputs():]
      log_prob = core.log_prob(video_flow_core.dequantize(frames, seed))
    self._check_checkpoint()
    nll = -log_prob / np.prod(frame_shape)
    loss = likelihood.bits_from_nats(tf.reduce_mean(nll))
    return nll, {"training": loss}

  def _check_checkpoint(self):
    if "model_dir" in self.hparams:
      requirements.check_checkpoint(self.hparams.model_dir)

  def _num_unused_inputs(self):
    """Input frames that are further back than the priors look."""
    return self.hparams.video_num_input_frames - self.hparams.num_cond_latents

  def _random_patch(self, frames):
    """num_train_frames consecutive frames of every video, at random."""
    num_frames = self.hparams.num_train_frames
    if num_frames in (-1, frames.shape.as_list()[1]):
      return frames
    return common_video.extract_random_video_patch(frames, num_frames)

  def _sample(self, core, features):
    """Continuous [batch, num_samples, num_frames, height, width, channels]."""
    contexts = features["inputs"][:, self._num_unused_inputs():]
    return core.sample(
        video_flow_core.dequantize(contexts),
        num_samples=self._decode_hparams.num_decodes,
        num_frames=self.hparams.video_num_target_frames,
        temperature=self.hparams.temperature)

  # pylint: disable-next=arguments-differ
  def infer(self, features, *args, **kwargs):
    """Samples `num_decodes` futures of every context, in one graph.

    Returns:
      outputs: uint8 [batch, num_decodes, video_num_target_frames, height,
        width, channels]; scores: [batch], how many values of them were not
        finite before they were made uint8.
    """
    del args, kwargs
    features = dict(features)
    features["targets"] = features.get("infer_targets", features["inputs"])
    x, _ = self(features)  # pylint: disable=not-callable
    non_finite = tf.reduce_sum(
        tf.cast(~tf.is_finite(x), tf.int32), axis=list(range(1, 6)))
    return {"outputs": video_flow_core.quantize(x), "scores": non_finite}

  def optimize(self, loss, num_async_replicas=1, use_tpu=False,
               variables=None):
    del num_async_replicas, use_tpu
    return optimization.train_op(loss, self.hparams, variables)

  def estimator_spec_eval(self, features, logits, labels, loss, losses_dict):
    """Metrics and a record instead of tensor2tensor's accuracies."""
    del features, labels, losses_dict
    return evaluation.estimator_spec(logits, loss, self.hparams)

  @staticmethod
  def train_hooks(hook_context):
    return [initialization.InitializationHook(VideoFlow, hook_context),
            evaluation.TrainingRecordHook(hook_context.hparams)]
