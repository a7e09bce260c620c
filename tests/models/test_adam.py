"""Stacked Adam: TensorFlow's update, and state under each variable's name."""

import os

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from t2t_af import errors
from t2t_af import session as session_lib
from t2t_af.models import adam
from t2t_af.models import stacked_checkpoint

# Three variables of one shape, whose moments nothing but a name tells apart.
NAMES = ("a", "b", "c")
OPTIONS = dict(learning_rate=0.1, beta1=0.8, beta2=0.9, epsilon=1e-3)
TENSORFLOWS = tf.train.AdamOptimizer


def _gradient(name, step):
  return np.float32([ord(name) - 96.0, step + 1.0])


class _Run:
  """A graph of variables of shape [2], their gradients fed, and a session."""

  def __init__(self, names=NAMES, optimizer=adam.StackedAdam):
    self._graph = tf.Graph()
    with self._graph.as_default():
      self.step = tf.train.get_or_create_global_step()
      self.variables = {
        name: tf.get_variable(
          "model/" + name,
          [2],
          initializer=tf.zeros_initializer(),
          use_resource=True,
        )
        for name in names
      }
      self._fed = {name: tf.placeholder(tf.float32, [2]) for name in names}
      self._update = self._built(optimizer(**OPTIONS))
      self._saver = tf.train.Saver()
      self._session = tf.Session(config=session_lib.config())
      self._session.run(session_lib.initializer())

  def _built(self, optimizer):
    pairs = [(self._fed[name], v) for name, v in self.variables.items()]
    if isinstance(optimizer, TENSORFLOWS) and not isinstance(
      optimizer, adam.StackedAdam
    ):
      return optimizer.apply_gradients(pairs, self.step)
    gradients, variables = zip(*pairs)
    self.stack = adam.Stack(tf.stack(gradients), list(variables))
    optimizer.create_slots([], [self.stack])
    _, deltas = optimizer.apply_stacked([], [self.stack])
    with tf.control_dependencies(deltas):
      counted = tf.assign_add(self.step, 1)
    return tf.group(adam.add([self.stack], deltas), counted)

  def trained(self, num_steps):
    """Runs on; returns itself."""
    for _ in range(num_steps):
      step = self._session.run(self.step)
      self._session.run(
        self._update, {p: _gradient(n, step) for n, p in self._fed.items()}
      )
    return self

  def values(self):
    return self._session.run(self.variables)

  def save(self, folder):
    return self._saver.save(
      self._session, str(folder / "model.ckpt"), global_step=self.step
    )

  def restored(self, checkpoint):
    """Reads a checkpoint; returns itself."""
    self._saver.restore(self._session, checkpoint)
    return self


@pytest.mark.parametrize("before", [adam.StackedAdam, TENSORFLOWS])
@pytest.mark.parametrize("after", [adam.StackedAdam, TENSORFLOWS])
def test_goes_on_as_tensorflows_adam_whoever_began(tmp_path, before, after):
  checkpoint = _Run(optimizer=before).trained(2).save(tmp_path)
  ours = _Run(optimizer=after).restored(checkpoint).trained(2).values()
  theirs = _Run(optimizer=TENSORFLOWS).trained(4).values()
  fresh = _Run(optimizer=TENSORFLOWS)
  for name, value in theirs.items():
    np.testing.assert_allclose(ours[name], value, rtol=1e-6)
    # Nothing but the moments makes the third step what it is.
    lone = np.sign(_gradient(name, 0)) * OPTIONS["learning_rate"]
    assert np.abs(value + 4 * lone).max() > 1e-3
  assert (fresh.values()["a"] == 0.0).all()


def test_checkpoint_has_the_entries_of_tensorflows_adam(tmp_path):
  entries = []
  for optimizer in (adam.StackedAdam, TENSORFLOWS):
    folder = tmp_path / optimizer.__name__
    folder.mkdir()
    checkpoint = _Run(optimizer=optimizer).trained(3).save(folder)
    reader = tf.train.load_checkpoint(checkpoint)
    entries.append(
      {n: reader.get_tensor(n) for n in reader.get_variable_to_shape_map()}
    )
  ours, theirs = entries
  assert set(ours) == set(theirs)
  for name in NAMES:
    assert {"model/%s/Adam" % name, "model/%s/Adam_1" % name} < set(ours)
  for name, value in theirs.items():
    np.testing.assert_allclose(ours[name], value, rtol=1e-6, err_msg=name)


@pytest.mark.parametrize("names", [("c", "a", "b"), ("b", "c"), ("b",)])
def test_moments_follow_the_name_in_another_order_or_model(tmp_path, names):
  checkpoint = _Run().trained(2).save(tmp_path)
  ours = _Run(names).restored(checkpoint).trained(2).values()
  theirs = _Run().trained(4).values()
  for name in names:
    np.testing.assert_allclose(ours[name], theirs[name], rtol=1e-6)


def test_one_more_variable_finds_the_moments_of_the_others(tmp_path):
  """They are restorable by name; the new variable alone is missing."""
  checkpoint = _Run(("a", "c")).trained(2).save(tmp_path)
  more = _Run()
  with pytest.raises(tf.errors.NotFoundError, match="model/b"):
    more.restored(checkpoint)
  values = tf.train.load_checkpoint(checkpoint)
  for name in ("a", "c"):
    m = 0.8 * 0.2 * _gradient(name, 0) + 0.2 * _gradient(name, 1)
    np.testing.assert_allclose(
      values.get_tensor("model/%s/Adam" % name), m, rtol=1e-6
    )


def _as_earlier_versions_saved(folder, num_steps, names=NAMES):
  """The checkpoint of a run whose slots are stacked in the graph's order."""
  run = _Run(names, TENSORFLOWS).trained(num_steps)
  folder.mkdir()
  plain = tf.train.load_checkpoint(run.save(folder))
  tensors = {
    name: plain.get_tensor(name)
    for name in plain.get_variable_to_shape_map()
    if not name.startswith("model/") or "Adam" not in name
  }
  for slot in ("Adam", "Adam_1"):
    tensors["shadow_2/" + slot] = np.stack(
      [plain.get_tensor("model/%s/%s" % (name, slot)) for name in names]
    )
  tensors["shadow_2"] = np.zeros([len(names), 2], np.float32)
  with tf.Graph().as_default(), tf.Session() as session:
    saver = tf.train.Saver(
      {
        name: tf.Variable(value, name=name.replace("/", "_"))
        for name, value in tensors.items()
      }
    )
    session.run(tf.global_variables_initializer())
    return saver.save(session, str(folder / ("model.ckpt-%d" % num_steps)))


def test_run_of_an_earlier_version_goes_on(tmp_path):
  checkpoint = _as_earlier_versions_saved(tmp_path / "run", 2)
  run = _Run()
  with pytest.raises(tf.errors.NotFoundError):
    run.restored(checkpoint)
  stacked_checkpoint.convert(str(tmp_path / "run"), [run.stack])
  ours = run.restored(checkpoint).trained(2).values()
  theirs = _Run().trained(4).values()
  for name, value in theirs.items():
    np.testing.assert_allclose(ours[name], value, rtol=1e-6)


def test_converting_again_or_nothing_changes_nothing(tmp_path):
  stack = _Run().stack
  stacked_checkpoint.convert(str(tmp_path), [stack])  # No checkpoint at all.
  checkpoint = _as_earlier_versions_saved(tmp_path / "run", 1)
  contents = []
  for _ in range(2):
    stacked_checkpoint.convert(str(tmp_path / "run"), [stack])
    contents.append((tmp_path / "run" / "model.ckpt-1.index").read_bytes())
  assert contents[0] == contents[1]
  assert not any("shadow" in n for n, _ in tf.train.list_variables(checkpoint))


class _Killed(BaseException):
  """As if the process were gone."""


def test_killed_while_it_converts_the_old_or_the_new_is_left(tmp_path):
  stack = _Run().stack
  replace, left = os.replace, []

  def dying(*args):
    if not left:
      raise _Killed
    left.pop()
    replace(*args)

  for lives in range(9):
    folder = tmp_path / str(lives)
    checkpoint = _as_earlier_versions_saved(folder, 1)
    left[:] = [None] * lives
    with pytest.MonkeyPatch.context() as patch:
      patch.setattr(stacked_checkpoint.os, "replace", dying)
      try:
        stacked_checkpoint.convert(str(folder), [stack])
        break
      except _Killed:
        pass
    reader = tf.train.load_checkpoint(checkpoint)
    for name in reader.get_variable_to_shape_map():
      reader.get_tensor(name)  # Checks its sum.
    stacked_checkpoint.convert(str(folder), [stack])
    names = [name for name, _ in tf.train.list_variables(checkpoint)]
    assert not any("shadow" in name for name in names)
  assert lives == 3  # Two files of data and the index.
  assert len(list(folder.glob("model.ckpt-1.*"))) == 3 + 1  # And its graph.


def test_slots_of_another_model_are_an_error(tmp_path):
  """And the checkpoint stays as it was."""
  checkpoint = _as_earlier_versions_saved(tmp_path / "run", 1, ("a", "b"))
  with pytest.raises(errors.UserError, match="model of 2 .* this one has 3"):
    stacked_checkpoint.convert(str(tmp_path / "run"), [_Run().stack])
  assert any("shadow" in n for n, _ in tf.train.list_variables(checkpoint))
