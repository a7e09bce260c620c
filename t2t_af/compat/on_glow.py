"""Mends of tensor2tensor's Glow and VideoFlow (`next_frame_glow`)."""

from tensor2tensor.layers import common_layers
import tensorflow.compat.v1 as tf
import tensorflow_probability as tfp

from t2t_af.compat import dilated
from t2t_af.compat.mend import mend
from t2t_af.compat.mend import wrap

_UNTIL = "tensor2tensor is gone"


@mend(
  breaks="tensor2tensor.models skips glow and next_frame_glow on "
  "TensorFlow 2, so that the stock VideoFlow is not registered",
  until=_UNTIL,
)
def register_glow() -> None:
  """Imports both, which registers them."""


@mend(
  breaks="Glow.create_init_batch reads data without data_dir and fails "
  "on an assertion (on TensorFlow 1.15 too): stock VideoFlow cannot train",
  until=_UNTIL,
)
def glow_init_batch() -> None:
  """Passes data_dir, and repeats data sets smaller than init_batch_size."""
  from tensor2tensor.models.research import glow

  def create_init_batch(self, features):
    del features
    hparams = self.hparams
    dataset = hparams.problem.dataset(
      tf.estimator.ModeKeys.TRAIN, data_dir=hparams.data_dir, hparams=hparams
    )
    dataset = dataset.repeat().batch(
      hparams.init_batch_size, drop_remainder=True
    )
    dataset = self.init_preprocess(dataset)
    return tf.data.make_one_shot_iterator(dataset).get_next()

  glow.Glow.create_init_batch = create_init_batch


@mend(
  breaks="next_frame_glow reshapes to hparams.batch_size and fails on "
  "the last, smaller batch of an evaluation or decode",
  until=_UNTIL,
)
def video_flow_batch_size() -> None:
  """Takes the batch size from the batch."""
  from tensor2tensor.models.video import next_frame_glow

  model = next_frame_glow.NextFrameGlow

  def objective_tower(stock):
    def with_batch_size(self, features, init=False):
      self._batch_size = common_layers.shape_list(features["inputs"])[0]
      return stock(self, features, init=init)

    return with_batch_size

  def get_z_top_shape(self, init=False):
    del init
    height, width, channels = self.hparams.problem.frame_shape
    scale = 2**self.hparams.n_levels
    return [
      self._batch_size,
      height // scale,
      width // scale,
      2 * channels * scale,
    ]

  def squeeze_video(self, video, init=False):
    del init
    return tf.reshape(video, [-1] + list(self.hparams.problem.frame_shape))

  wrap(model, "objective_tower", objective_tower)
  model.get_z_top_shape = get_z_top_shape
  model.squeeze_video = squeeze_video


@mend(
  breaks="TensorFlow Probability warns at length of glow's TemperedNormal",
  until=_UNTIL,
)
def tempered_normal() -> None:
  """Says that its parameters are those of Normal."""

  from tensor2tensor.models.research import glow_ops

  normal = tfp.distributions.Normal

  @classmethod
  def parameter_properties(cls, dtype, num_classes=None):
    del cls
    return normal._parameter_properties(dtype, num_classes=num_classes)

  glow_ops.TemperedNormal._parameter_properties = parameter_properties


@mend(
  breaks="--warm_start_from loads a glow's weights and the data-dependent "
  "initialisation of step 0 then overwrites them",
  until=_UNTIL,
)
def glow_warm_start() -> None:
  """Initialises from data only what does not start from a checkpoint."""
  from tensor2tensor.models.research import glow
  from tensor2tensor.models.research import glow_init_hook

  def train_hooks(hook_context):
    if getattr(hook_context.hparams, "warm_start_from", None):
      return []
    return [glow_init_hook.GlowInitHook()]

  glow.Glow.train_hooks = staticmethod(train_hooks)


class _Instead:
  """A module of which some names mean something else."""

  def __init__(self, module, **names):
    self._module = module
    vars(self).update(names)

  def __getattr__(self, name):
    return getattr(self._module, name)


@mend(
  breaks="where TensorFlow does without oneDNN (its default on CPUs "
  "without AVX512-VNNI) it has no dilated conv3d on the CPU: VideoFlow "
  "with latent_apply_dilations, as in its BAIR sets, fails",
  until=_UNTIL,
)
def glow_dilations() -> None:
  """Takes dilated convolutions apart where TensorFlow cannot dilate."""
  from tensor2tensor.models.research import glow_ops

  def conv3d(x, kernel, strides, padding, dilations):
    if max(strides) > 1:
      return tf.nn.conv3d(x, kernel, strides, padding, dilations=dilations)
    return dilated.convolution(x, kernel, dilations, padding)

  glow_ops.tf = _Instead(glow_ops.tf, nn=_Instead(tf.nn, conv3d=conv3d))
