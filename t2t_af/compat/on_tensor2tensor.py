"""Mends of tensor2tensor's trainer, whatever the model."""

import inspect
import io

import numpy as np
from PIL import Image
from tensor2tensor.utils import contrib
import tensorflow.compat.v1 as tf
import tf_slim
from tf_slim.training import evaluation as slim_evaluation

from t2t_af.compat.mend import mend
from t2t_af.compat.mend import wrap

_UNTIL = "tensor2tensor is gone"


@mend(
  breaks="glow and next_frame_glow fail at import: contrib.framework() "
  "has no arg_scope; restore hooks miss load_checkpoint and "
  "get_variables_to_restore",
  until=_UNTIL,
)
def contrib_framework() -> None:
  """Gives contrib.framework() the names it lacks, from tf_slim and tf.train."""
  if not contrib.is_tf2:
    return

  def framework(stock):
    return lambda msg="err": with_names(stock(msg))

  def with_names(module):
    for name in (
      "arg_scope",
      "add_arg_scope",
      "current_arg_scope",
      "get_trainable_variables",
      "get_variables_to_restore",
    ):
      setattr(module, name, getattr(tf_slim, name))
    module.load_checkpoint = tf.train.load_checkpoint
    module.list_variables = tf.train.list_variables
    module.sort = tf.sort
    return module

  wrap(contrib, "framework", framework)


@mend(
  breaks="t2t-eval and every --schedule=continuous_* raise ImportError: "
  "contrib.training().wait_for_new_checkpoint is gone",
  until=_UNTIL,
)
def contrib_training() -> None:
  """Waits for checkpoints with tf_slim's copy of the same function."""
  contrib.training = lambda: contrib.DummyModule(
    wait_for_new_checkpoint=slim_evaluation.wait_for_new_checkpoint
  )


@mend(
  breaks="--optionally_use_dist_strat raises ImportError: "
  "contrib.distribute().MirroredStrategy is gone",
  until=_UNTIL,
)
def contrib_distribute() -> None:
  """Takes tf.distribute.MirroredStrategy."""
  contrib.distribute = lambda: contrib.DummyModule(
    MirroredStrategy=tf.distribute.MirroredStrategy
  )


@mend(
  breaks="AutoGraph rewrites T2TModel.call: building a graph takes "
  "several times as long",
  until=_UNTIL,
)
def no_autograph() -> None:
  """Excludes T2TModel.call from AutoGraph."""
  from tensor2tensor.utils import t2t_model

  wrap(t2t_model.T2TModel, "call", tf.autograph.experimental.do_not_convert)


@mend(
  breaks="of the optimizers only adam works: the others have no "
  "get_gradients, which TensorFlow 2 is thought to need",
  until=_UNTIL,
)
def optimizer_gradients() -> None:
  """Computes gradients in the way that the optimizer at hand offers."""
  from tensor2tensor.layers import common_layers
  from tensor2tensor.utils import optimize

  def compute_gradients(self, loss, var_list=None, **kwargs):
    if hasattr(self._opt, "get_gradients"):  # a Keras optimizer
      pairs = zip(self._opt.get_gradients(loss, var_list), var_list)
    else:
      pairs = self._opt.compute_gradients(loss, var_list, **kwargs)

    def cast(gradient, variable):
      if gradient is None:
        zeros = tf.zeros_like(variable) if self._zero_grads else None
        return zeros, variable
      return common_layers.cast_like(gradient, variable), variable

    return [cast(gradient, variable) for gradient, variable in pairs]

  optimize.ConditionalOptimizer.compute_gradients = compute_gradients


@mend(
  breaks="--warm_start_from leaves out what is not trained, such as the "
  "permutations of a glow's 1x1 convolutions: the weights start in the "
  "wrong model",
  until=_UNTIL,
)
def warm_start() -> None:
  """Loads every variable of the model that the checkpoint holds."""
  from tensor2tensor.utils import t2t_model

  def initialize_from_ckpt(ckpt_dir, hparams):
    if tf.train.latest_checkpoint(hparams.get("model_dir") or ""):
      return  # the run continues from its last checkpoint
    reader = tf.train.load_checkpoint(ckpt_dir)
    names = {v.op.name: v for v in tf.global_variables()}
    names.pop("global_step", None)
    tf.train.init_from_checkpoint(
      ckpt_dir,
      {name: v for name, v in names.items() if reader.has_tensor(name)},
    )

  t2t_model.initialize_from_ckpt = initialize_from_ckpt


@mend(
  breaks="--schedule=train_and_evaluate raises AttributeError: "
  "contrib.learn's ValidationMonitor is gone",
  until=_UNTIL,
)
def train_and_evaluate() -> None:
  """Lets tf.estimator evaluate while training, as the monitor did."""
  from tensor2tensor.utils import trainer_lib

  def create_hooks(stock):
    return lambda *args, **kwargs: stock(
      *args, **{**kwargs, "use_validation_monitor": False}
    )

  def train_evaluate(self):

    return tf.estimator.train_and_evaluate(
      self._estimator, self._train_spec, self._eval_spec
    )

  wrap(trainer_lib, "create_hooks", create_hooks)
  trainer_lib.T2TExperiment.train_and_evaluate = train_evaluate


@mend(
  breaks="--schedule=continuous_train_and_eval, the default, evaluates "
  "the last checkpoint twice",
  until=_UNTIL,
)
def evaluate_once() -> None:
  """Evaluates at the end only where tf.estimator has not done so."""
  from tensor2tensor.utils import trainer_lib

  def continuous_train_and_eval(self, continuous_eval_predicate_fn=None):
    del continuous_eval_predicate_fn

    result = tf.estimator.train_and_evaluate(
      self._estimator, self._train_spec, self._eval_spec
    )
    evaluated = result and result[0]
    return evaluated or self.evaluate()

  trainer_lib.T2TExperiment.continuous_train_and_eval = (
    continuous_train_and_eval
  )


@mend(
  breaks="video summaries raise AttributeError on numpy >= 1.24: "
  "create_border asks for np.int",
  until=_UNTIL,
)
def video_border() -> None:
  """Replaces video_utils.create_border."""
  from tensor2tensor.data_generators import video_utils

  def create_border(video, color="blue", border_percent=2):
    """Draws a border of one colour; video: [..., height, width, channels]."""
    height, width, channels = video.shape[-3:]
    if channels != 3:
      return video
    axis = {"red": 0, "green": 1, "blue": 2}[color]
    rows = int(np.ceil(border_percent * height / 100.0))
    columns = int(np.ceil(border_percent * width / 100.0))
    video[..., :rows, :, axis] = 255
    video[..., -rows:, :, axis] = 255
    video[..., :, :columns, axis] = 255
    video[..., :, -columns:, axis] = 255
    return video

  video_utils.create_border = create_border


@mend(
  breaks="without ffmpeg on PATH every video summary warns at every "
  "step and keeps the first frame only",
  until=_UNTIL,
)
def gif_summaries() -> None:
  """Encodes GIF summaries with Pillow."""
  from tensor2tensor.layers import common_video

  def encode_gif(images, fps):
    """Returns the GIF of images, uint8 [time, height, width, channels]."""
    frames = [Image.fromarray(np.squeeze(frame)) for frame in images]
    encoded = io.BytesIO()
    frames[0].save(
      encoded,
      format="GIF",
      save_all=True,
      loop=0,
      append_images=frames[1:],
      duration=int(1000 / fps),
    )
    return encoded.getvalue()

  common_video._encode_gif = encode_gif


@mend(
  breaks="on a machine without GPU every variable asks for gpu:0, and "
  "TensorFlow warns of each, thousands of lines",
  until=_UNTIL,
)
def no_gpu() -> None:
  """Takes --worker_gpu=0 where TensorFlow sees no GPU."""
  from tensor2tensor.utils import devices

  def data_parallelism(stock):
    def on_present_devices(*args, **kwargs):
      if not tf.config.list_physical_devices("GPU"):
        kwargs["worker_gpu"] = 0
      return stock(*args, **kwargs)

    # data_parallelism_from_flags reads the names of the arguments.
    on_present_devices.__signature__ = inspect.signature(stock)
    return on_present_devices

  wrap(devices, "data_parallelism", data_parallelism)


@mend(
  breaks="on a machine without a GPU the graph rewriter takes longer than "
  "building the graph, and makes every step slower",
  until=_UNTIL,
)
def session_config() -> None:
  """Creates sessions as `t2t_af.session` says."""
  from tensor2tensor.utils import trainer_lib

  from t2t_af import session

  def create_session_config(stock):
    return lambda *args, **kwargs: session.tune(stock(*args, **kwargs))

  wrap(trainer_lib, "create_session_config", create_session_config)


@mend(
  breaks="t2t-eval, or a --schedule=continuous_decode, that waits beside a new "
  "training takes the weights that are saved before its first step",
  until=_UNTIL,
)
def trained_checkpoints() -> None:
  """Passes over the checkpoint of step 0."""
  from tensor2tensor.utils import trainer_lib

  def next_checkpoint(stock):
    return lambda *args, **kwargs: (
      path for path in stock(*args, **kwargs) if not path.endswith("-0")
    )

  wrap(trainer_lib, "next_checkpoint", next_checkpoint)
