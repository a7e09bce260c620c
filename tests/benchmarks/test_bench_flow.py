"""The loop that the models are timed against computes what they compute."""

import numpy as np
import pytest
from tensor2tensor.utils import registry
import tensorflow.compat.v1 as tf

from benchmarks import flow
from benchmarks import flow_loop
from t2t_af import errors
from t2t_af import session as session_lib
from tests import weights
from tests.models import small

SETS = (
  ("autoregressive_flow", "af1_tiny", flow_loop.LAYERS),
  ("slvm", "slvm_af1_tiny", flow_loop.LAYERS[:1]),
)


def _run(cls, hparams_set):
  """(loss, gradients by name of the variable) in inference mode."""
  hparams = small.hparams(hparams_set, video_num_target_frames=2)
  split = hparams.video_num_input_frames
  x = small.sequences(small.VIDEO, split + 2)
  with tf.Graph().as_default(), tf.variable_scope("model"):
    _, losses = cls(hparams, tf.estimator.ModeKeys.EVAL).body(
      dict(inputs=tf.constant(x[:, :split]), targets=tf.constant(x[:, split:]))
    )
    variables = tf.trainable_variables()
    gradients = tf.gradients(losses["training"], variables)
    with tf.Session(config=session_lib.config()) as session:
      weights.randomize(session)
      loss, gradients = session.run([losses["training"], gradients])
  return loss, {v.op.name: g for v, g in zip(variables, gradients)}


def _assert_same(found, expected):
  (loss, gradients), (expected_loss, expected_gradients) = found, expected
  np.testing.assert_allclose(loss, expected_loss, 1e-5)
  assert gradients.keys() == expected_gradients.keys()
  for variable, gradient in expected_gradients.items():
    np.testing.assert_allclose(
      gradients[variable],
      gradient,
      1e-3,
      1e-4 * np.abs(gradient).max() + 1e-7,
      err_msg=variable,
    )


@pytest.mark.parametrize("name, hparams_set, loops", SETS)
def test_loops_have_the_loss_and_gradients_of_the_model(
  name, hparams_set, loops
):
  """Same inputs, weights and noise; batch norm with its moving averages."""
  expected = _run(registry.model(name), hparams_set)
  assert all(np.abs(g).max() > 1e-6 for g in expected[1].values())
  for layers in loops:
    _assert_same(_run(flow_loop.model(name, layers), hparams_set), expected)


def test_a_loop_over_other_windows_is_found(monkeypatch):
  """The mutant conditions on the frames from the second of a window on."""
  loop = flow_loop._Loop.inverse_and_log_det

  def shifted(self, x):
    step = self._inverse_step
    self._inverse_step = lambda window, x_t: step(window[1:] + [x_t], x_t)
    return loop(self, x)

  expected = _run(registry.model("autoregressive_flow"), "af1_tiny")
  monkeypatch.setattr(flow_loop._Loop, "inverse_and_log_det", shifted)
  found = _run(flow_loop.model("autoregressive_flow", "plain"), "af1_tiny")
  with pytest.raises(AssertionError):
    _assert_same(found, expected)


def test_a_step_is_measured():
  found = flow.measure(
    "af1_tiny",
    "loop_plain",
    1,
    batch_size=1,
    flow_width=2,
    video_num_target_frames=1,
  )
  assert set(found) == {"seconds", "cpu", "memory"}
  assert min(found.values()) > 0


def test_columns_take_turns_and_ratios_are_against_each_loop(monkeypatch):
  seconds = dict(ours=1.0, loop_plain=3.0, loop_ours=2.0)
  measured = []

  def in_process(hparams_set, column, num_steps):
    measured.append(column)
    return dict(seconds=seconds[column], cpu=2.0 * seconds[column], memory=1.0)

  monkeypatch.setattr(flow, "_in_process", in_process)
  results = flow._compare("af1_mmnist", 2, 1)
  assert measured == ["ours", "loop_plain", "loop_ours"] * 2
  assert [(r.unit.split()[0], r.ratio, r.wanted) for r in results] == [
    ("seconds", 3.0, 2.0),
    ("processor", 3.0, 2.0),
    ("GiB", 1.0, 1.0),
    ("seconds", 2.0, 1.0),
    ("processor", 2.0, 1.0),
    ("GiB", 1.0, 1.0),
  ]


def test_sets_that_the_loop_does_not_know_are_refused():
  with pytest.raises(errors.UserError, match="num_transforms=1, not 2"):
    flow_loop.check(registry.hparams("af2_mmnist"))
