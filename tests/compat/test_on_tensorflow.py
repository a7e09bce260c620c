"""Mends of TensorFlow: names that tf_slim looks for, and graph mode."""

import os
import types

import pytest
import tensorflow.compat.v1 as tf
from tensorflow.python.lib.io import file_io
from tensorflow.python.util import deprecation

from t2t_af.compat import on_tensorflow


def test_graphs_are_built():
  assert not tf.executing_eagerly()
  assert not tf.control_flow_v2_enabled()


def test_names_that_moved_are_put_back_and_no_other_is_replaced(monkeypatch):
  module = types.SimpleNamespace(stays="of TensorFlow")
  monkeypatch.setattr(
    on_tensorflow,
    "_MOVED",
    {types.SimpleNamespace: {}, _Hashable(module): {"stays": 1, "gone": 2}},
  )
  on_tensorflow.slim_names()
  assert (module.stays, module.gone) == ("of TensorFlow", 2)


class _Hashable:
  """A module can be a key, a namespace cannot."""

  def __init__(self, target):
    object.__setattr__(self, "target", target)

  def __getattr__(self, name):
    return getattr(object.__getattribute__(self, "target"), name)

  def __setattr__(self, name, value):
    setattr(self.target, name, value)


@pytest.mark.parametrize(
  "module, names", list(on_tensorflow._MOVED.items()), ids=lambda x: None
)
def test_every_name_that_slim_needs_is_there(module, names):
  assert not [name for name in names if not hasattr(module, name)]


def test_a_training_writes_no_graph_as_text_but_one_in_its_checkpoint(tmp_path):
  count = tf.assign_add(tf.train.create_global_step(), 1)
  with tf.train.MonitoredTrainingSession(
    checkpoint_dir=str(tmp_path), save_checkpoint_steps=1
  ) as session:
    session.run(count)
  written = [path.name for path in tmp_path.iterdir()]
  assert "graph.pbtxt" not in written and "model.ckpt-1.meta" in written


def test_a_training_saves_no_weights_before_its_first_step(tmp_path):
  count = tf.assign_add(tf.train.create_global_step(), 1)

  def train():
    with tf.train.MonitoredTrainingSession(
      checkpoint_dir=str(tmp_path), save_checkpoint_steps=10
    ) as session:
      before = tf.train.latest_checkpoint(str(tmp_path))
      session.run(count)
    return before, tf.train.latest_checkpoint(str(tmp_path))

  first = str(tmp_path / "model.ckpt-1")
  assert train() == (None, first)
  assert train() == (first, str(tmp_path / "model.ckpt-2"))


def test_deprecated_calls_are_not_reported():
  on_tensorflow.deprecation_notes()
  assert not deprecation._PRINT_DEPRECATION_WARNINGS


def test_late_import_leaves_other_modules_alone(monkeypatch):
  keras, ours = object(), object()
  layers = types.SimpleNamespace(_cached_layers=keras)
  taken = types.SimpleNamespace(tfl=keras)
  other = types.SimpleNamespace(tfl=ours)
  for name, module in (
    ("tensor2tensor.layers.common_layers", layers),
    ("tensor2tensor.taken", taken),
    ("tensor2tensor.other", other),
  ):
    monkeypatch.setitem(on_tensorflow.sys.modules, name, module)
  on_tensorflow.late_import()
  assert layers._cached_layers is taken.tfl is tf.layers
  assert other.tfl is ours


@pytest.mark.parametrize("folder", ["a run [1]", "what?", "all*", "plain"])
def test_checkpoints_are_found_and_deleted_in_a_folder_of_any_name(
  tmp_path, folder
):
  prefix = str(tmp_path / folder / "model.ckpt")
  os.makedirs(os.path.dirname(prefix))
  tf.get_variable("v", [], initializer=tf.ones_initializer())
  saver = tf.train.Saver(max_to_keep=1)
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    for step in (1, 2):
      saver.save(session, prefix, step, write_meta_graph=False)
  newest = tf.train.latest_checkpoint(os.path.dirname(prefix))
  assert newest == f"{prefix}-2" and tf.train.checkpoint_exists(newest)
  left = {name.split(".")[1] for name in os.listdir(os.path.dirname(prefix))
          if name != "checkpoint"}  # fmt: skip
  assert left == {"ckpt-2"}


def test_patterns_stay_patterns(tmp_path):
  for name in ("a1", "a2", "b1"):
    (tmp_path / name).write_text("")
  matching = file_io.get_matching_files(str(tmp_path / "a?"))
  assert [os.path.basename(path) for path in matching] == ["a1", "a2"]
