"""Each mend of tensor2tensor and TensorFlow does what it says."""

import io

import numpy as np
from PIL import Image
import pytest
from tensor2tensor.data_generators import video_utils
from tensor2tensor.layers import common_hparams
from tensor2tensor.layers import common_layers
from tensor2tensor.layers import common_video
from tensor2tensor.utils import contrib
from tensor2tensor.utils import devices
from tensor2tensor.utils import optimize
from tensor2tensor.utils import t2t_model
from tensor2tensor.utils import trainer_lib
import tensorflow.compat.v1 as tf
from tensorflow.python.autograph.core import ag_ctx

from t2t_af import compat
from t2t_af.experiments import checkpoints


def test_layers_of_one_name_share_their_kernel():
  x = tf.zeros([1, 4, 4, 3])
  for _ in range(2):
    with tf.variable_scope("scope", reuse=tf.AUTO_REUSE):
      common_layers.layers().conv2d(x, 2, 3, name="conv")
      common_video.tfl.conv2d(x, 2, 3, name="conv")
  assert [v.name for v in tf.trainable_variables()] == [
    "scope/conv/kernel:0",
    "scope/conv/bias:0",
  ]


def test_waiting_for_checkpoints_passes_over_that_of_step_0(monkeypatch):
  paths = iter(["run/model.ckpt-0", "run/model.ckpt-10", None])
  # A command that ran in this process before has each looked at.
  monkeypatch.setattr(checkpoints, "fault", lambda path: "")
  monkeypatch.setattr(
    contrib,
    "training",
    lambda: contrib.DummyModule(
      wait_for_new_checkpoint=lambda *args, **kwargs: next(paths)
    ),
  )
  assert list(trainer_lib.next_checkpoint("run")) == ["run/model.ckpt-10"]


def test_slim_decodes_png():
  image = np.random.RandomState(0).randint(0, 256, [4, 5, 3], np.uint8)
  encoded = io.BytesIO()
  Image.fromarray(image).save(encoded, format="PNG")
  feature = {
    "image/encoded": tf.train.Feature(
      bytes_list=tf.train.BytesList(value=[encoded.getvalue()])
    ),
    "image/format": tf.train.Feature(
      bytes_list=tf.train.BytesList(value=[b"png"])
    ),
  }
  record = tf.train.Example(features=tf.train.Features(feature=feature))
  slim = contrib.slim().tfexample_decoder
  decoder = slim.TFExampleDecoder(
    {name: tf.FixedLenFeature((), tf.string) for name in feature},
    {"frame": slim.Image("image/encoded", "image/format")},
  )
  (decoded,) = decoder.decode(tf.constant(record.SerializeToString()))
  with tf.Session() as session:
    np.testing.assert_array_equal(session.run(decoded), image)


@pytest.mark.parametrize(
  "name", ["adam", "true_adam", "momentum", "adafactor", "multistep_adam"]
)
def test_optimizer_gradients_are_right_and_applied(name):
  hparams = common_hparams.basic_params1()
  if "optimizer_multistep_accumulate_steps" not in hparams:
    hparams.add_hparam("optimizer_multistep_accumulate_steps", 1)
  hparams.optimizer_multistep_accumulate_steps = 1
  hparams.optimizer = name
  hparams.clip_grad_norm = None
  values = np.array([[1.0, -2.0], [3.0, 4.0]], np.float32)
  # tensor2tensor's models make resource variables; Keras's Adam needs them.
  variable = tf.get_variable("v", initializer=values, use_resource=True)
  loss = tf.reduce_sum(tf.square(variable)) / 2.0
  optimizer = optimize.ConditionalOptimizer(name, 0.1, hparams)
  ((gradient, _),) = optimizer.compute_gradients(loss, [variable])
  train = optimize.optimize(loss, tf.constant(0.1), hparams)
  step = tf.train.get_or_create_global_step()
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    # The gradient of v^2 / 2 is v.
    np.testing.assert_allclose(session.run(gradient), values)
    for _ in range(3):
      before = session.run(loss)
      session.run(train)
    assert session.run(loss) < before
    assert session.run(step) == 3


def test_body_is_not_converted_by_autograph():
  seen = []

  class Body(t2t_model.T2TModel):
    def body(self, features):
      seen.append(ag_ctx.control_status_ctx().status)
      return features["targets"]

  features = {"targets": tf.zeros([2, 1, 1, 3])}
  Body(common_hparams.basic_params1(), tf.estimator.ModeKeys.TRAIN)(features)
  assert seen == [ag_ctx.Status.DISABLED]


def test_waiting_for_checkpoints_ends(tmp_path):
  assert list(trainer_lib.next_checkpoint(str(tmp_path), 0)) == []


def test_distribution_strategy_is_tensorflows():
  assert contrib.distribute().MirroredStrategy is tf.distribute.MirroredStrategy


class _Experiment(trainer_lib.T2TExperiment):
  """Counts evaluations; tf.estimator's own is replaced by the tests."""

  def __init__(self):
    super().__init__("estimator", None, "train spec", "eval spec", False)
    self.evaluations = 0

  def evaluate(self):
    self.evaluations += 1
    return {"loss": 2.0}


@pytest.mark.parametrize(
  "result, evaluations, loss",
  [
    (({"loss": 1.0}, []), 0, 1.0),  # trained, and evaluated at the end
    ((None, []), 1, 2.0),  # had reached its last step before
    (None, 1, 2.0),  # one of several workers
  ],
)
def test_last_checkpoint_is_evaluated_once(
  monkeypatch, result, evaluations, loss
):
  monkeypatch.setattr(tf.estimator, "train_and_evaluate", lambda *_: result)
  experiment = _Experiment()
  assert experiment.continuous_train_and_eval() == {"loss": loss}
  assert experiment.evaluations == evaluations


def test_train_and_evaluate_needs_no_validation_monitor(monkeypatch):
  hooks = trainer_lib.create_hooks(
    use_validation_monitor=True, validation_monitor_kwargs={}
  )
  assert hooks == ([], [])
  called = []
  monkeypatch.setattr(
    tf.estimator, "train_and_evaluate", lambda *specs: called.append(specs)
  )
  _Experiment().train_and_evaluate()
  assert called == [("estimator", "train spec", "eval spec")]


def test_tempered_normal_warns_of_nothing(caplog):
  from tensor2tensor.models.research import glow_ops

  cooled = glow_ops.TemperedNormal(tf.zeros([2]), tf.ones([2]), 0.5)
  assert cooled.batch_shape == [2]
  assert "TemperedNormal" not in caplog.text


def test_border_is_drawn_in_its_colour():
  video = np.zeros([1, 2, 50, 100, 3], np.uint8)
  bordered = video_utils.create_border(video, color="red", border_percent=2)
  red = bordered[..., 0] == 255
  assert red[:, :, 0].all() and red[:, :, -1].all()
  assert red[:, :, :, :2].all() and red[:, :, :, -2:].all()
  assert not red[:, :, 1:-1, 2:-2].any() and not bordered[..., 1:].any()


def test_gif_summaries_need_no_ffmpeg(monkeypatch):
  monkeypatch.setenv("PATH", "")
  images = np.random.RandomState(0).randint(0, 256, [1, 3, 8, 8, 3], np.uint8)
  summary, _ = common_video.py_gif_summary(
    "video", images, max_outputs=1, fps=5, return_summary_value=True
  )
  gif = Image.open(io.BytesIO(summary[0].image.encoded_image_string))
  assert (gif.format, gif.n_frames, gif.info["duration"]) == ("GIF", 3, 200)


def test_no_gpu_is_asked_for_where_there_is_none(monkeypatch):
  monkeypatch.setattr(tf.config, "list_physical_devices", lambda *_: [])
  assert devices.data_parallelism(worker_gpu=2).n == 1
  monkeypatch.setattr(tf.config, "list_physical_devices", lambda *_: ["a", "b"])
  assert devices.data_parallelism(worker_gpu=2).n == 2


def test_warm_start_loads_what_is_not_trained(tmp_path):
  with tf.Graph().as_default(), tf.Session() as session:
    tf.get_variable(
      "model/permutation", initializer=[1.0, 2.0], trainable=False
    )
    tf.get_variable("model/kernel", initializer=[3.0])
    session.run(tf.global_variables_initializer())
    tf.train.Saver().save(session, str(tmp_path / "model.ckpt"))
  permutation = tf.get_variable(
    "model/permutation", initializer=[0.0, 0.0], trainable=False
  )
  kernel = tf.get_variable("model/kernel", initializer=[0.0])
  new = tf.get_variable("model/new", initializer=[9.0])
  hparams = common_hparams.basic_params1()
  hparams.add_hparam("model_dir", str(tmp_path / "another"))
  t2t_model.initialize_from_ckpt(str(tmp_path), hparams)
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    values = session.run([permutation, kernel, new])
  assert [v.tolist() for v in values] == [[1.0, 2.0], [3.0], [9.0]]


def test_late_import_mends_names_taken_at_import(run_python):
  code = (
    "import tensorflow.compat.v1 as tf\n"
    "from tensor2tensor.layers import common_video\n"
    "assert common_video.tfl is not tf.layers, 'v2 behaviour was off'\n"
    "import t2t_af; t2t_af.register()\n"
    "assert common_video.tfl is tf.layers\n"
    "assert not tf.executing_eagerly()\n"
    "from tensor2tensor.utils import registry\n"
    "registry.model('next_frame_glow')\n"
  )
  done = run_python("-c", code, path=[compat.__path__[0] + "/../.."])
  assert done.returncode == 0, done.stderr
