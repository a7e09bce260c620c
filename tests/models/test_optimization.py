"""One training step: Adam's, or none and a report of what was not finite."""

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from t2t_af import session as session_lib
from t2t_af.models import optimization
from t2t_af.models import step_report
from t2t_af.networks import normalization
from tests.models import tiny

RATE = 0.1
SHAPES = {"a": [3], "b": [3], "c": [2, 2], "d": [3], "e": [4, 5], "f": []}
NUM_STEPS = 4


class _Toy:
  """Variables whose gradients are fed; the loss is their scalar product."""

  def __init__(self, **overrides):
    hparams = tiny.hparams(
      **{
        "learning_rate_schedule": "constant",
        "learning_rate_constant": RATE,
        **overrides,
      }
    )
    self.gradients, terms = {}, []
    with tf.variable_scope("model", use_resource=True):
      self.unused = tf.get_variable("unused", [3])
      self.variables = {
        name: tf.get_variable(name, shape) for name, shape in SHAPES.items()
      }
    for name, shape in SHAPES.items():
      self.gradients[name] = tf.placeholder(tf.float32, shape)
      terms.append(tf.reduce_sum(self.gradients[name] * self.variables[name]))
    self.loss = tf.add_n(terms)
    self.train_op = optimization.train_op(self.loss, hparams)
    (norm,) = [
      op
      for op in tf.get_default_graph().get_operations()
      if op.type == "ScalarSummary" and "gradient_norm" in op.name
    ]
    self.norm = norm.inputs[1]
    self.step = tf.train.get_global_step()

  def feed(self, gradients):
    return {self.gradients[name]: g for name, g in gradients.items()}


def _gradients(seed):
  rng = np.random.RandomState(seed)
  # Of very different sizes: some steps clip, others do not.
  scale = 10.0 ** (seed % 3 - 2)
  return {
    name: scale * rng.standard_normal(shape) for name, shape in SHAPES.items()
  }


def _global_norm(gradients):
  return np.sqrt(sum((g**2).sum() for g in gradients.values()))


def _trained(session, toy):
  """Values of the variables before and after NUM_STEPS steps."""
  session.run(session_lib.initializer())
  values = [session.run(toy.variables)]
  for seed in range(NUM_STEPS):
    gradients = _gradients(seed)
    loss, norm = session.run([toy.train_op, toy.norm], toy.feed(gradients))
    np.testing.assert_allclose(norm, _global_norm(gradients), rtol=1e-5)
    np.testing.assert_allclose(
      loss,
      sum((g * values[-1][n]).sum() for n, g in gradients.items()),
      rtol=1e-4,
      atol=1e-5,
    )
    values.append(session.run(toy.variables))
  assert session.run(toy.step) == NUM_STEPS
  return values[0], values[-1]


def _trained_by_tensorflow(optimizer, start, clip):
  variables = [tf.Variable(start[name]) for name in SHAPES]
  fed = [tf.placeholder(tf.float32, shape) for shape in SHAPES.values()]
  update = optimizer.apply_gradients(zip(fed, variables))
  with tf.Session() as session:
    session.run(session_lib.initializer())
    for seed in range(NUM_STEPS):
      gradients = _gradients(seed)
      factor = min(1.0, clip / _global_norm(gradients)) if clip else 1.0
      session.run(
        update, {p: factor * gradients[name] for p, name in zip(fed, SHAPES)}
      )
    return dict(zip(SHAPES, session.run(variables)))


@pytest.mark.parametrize(
  "name, make, small, clip",
  [
    ("adam", lambda: tf.train.AdamOptimizer(RATE, 0.9, 0.98, 1e-6), 4, 0.0),
    ("adam", lambda: tf.train.AdamOptimizer(RATE, 0.9, 0.98, 1e-6), 4, 0.3),
    ("adam", lambda: tf.train.AdamOptimizer(RATE, 0.9, 0.98, 1e-6), 100, 0.0),
    ("adam", lambda: tf.train.AdamOptimizer(RATE, 0.9, 0.98, 1e-6), 0, 0.0),
    ("momentum", lambda: tf.train.MomentumOptimizer(RATE, 0.9), 4, 0.3),
  ],
  ids=["mixed", "mixed_clipped", "all_small", "all_large", "momentum_clipped"],
)
def test_steps_equal_tensorflows(monkeypatch, name, make, small, clip):
  """Whichever gradients are small enough to be treated together."""
  monkeypatch.setattr(optimization, "_SMALL", small)
  toy = _Toy(
    optimizer=name,
    clip_grad_norm=clip,
    optimizer_adam_beta1=0.9,
    optimizer_adam_beta2=0.98,
    optimizer_adam_epsilon=1e-6,
  )
  with tf.Session() as session:
    start, ours = _trained(session, toy)
  theirs = _trained_by_tensorflow(make(), start, clip)
  for variable in SHAPES:
    assert np.abs(ours[variable] - start[variable]).min() > 1e-4
    np.testing.assert_allclose(
      ours[variable], theirs[variable], rtol=1e-5, atol=1e-6
    )


class _Recorded:
  """Runs steps, and says what a report of each was, and what it changed."""

  def __init__(self, session, toy):
    self._session, self._toy = session, toy
    self._variables = tf.global_variables()
    (self._report,) = tf.get_collection(step_report._REPORT)
    session.run(session_lib.initializer())

  def run(self, gradients):
    """(report, names of what changed)."""
    before = self._session.run(self._variables)
    report, _ = self._session.run(
      [self._report._replace(names=()), self._toy.train_op],
      self._toy.feed(gradients),
    )
    after = self._session.run(self._variables)
    changed = {
      v.op.name
      for v, old, new in zip(self._variables, before, after)
      if not np.array_equal(old, new)
    }
    return report._replace(names=self._report.names), changed


@pytest.mark.parametrize(
  "bad, value", [("b", np.nan), ("d", np.inf), ("e", -np.inf)]
)
@pytest.mark.parametrize("mode", step_report.MODES)
@pytest.mark.parametrize("optimizer", ["adam", "momentum"])
def test_step_whose_gradient_is_not_finite_changes_nothing(
  monkeypatch, bad, value, mode, optimizer
):
  """But the count of steps, where such ones are skipped."""
  monkeypatch.setattr(optimization, "_SMALL", 4)  # e is large
  toy = _Toy(nonfinite_updates=mode, optimizer=optimizer)
  with tf.Session() as session:
    recorded = _Recorded(session, toy)
    report, changed = recorded.run(_gradients(0))
    assert report.is_applied and {"model/b", "model/e"} < changed
    report, changed = recorded.run(
      dict(_gradients(1), **{bad: np.full(SHAPES[bad], value)})
    )
    assert changed == ({toy.step.op.name} if mode == "skip" else set())
    assert not report.is_applied
    assert f"gradient is not finite in model/{bad}, in the batch" in (
      step_report.message(report, (), 2)
    )
    report, changed = recorded.run(_gradients(1))
    assert report.is_applied and {"model/b", "model/e"} < changed


@pytest.mark.parametrize("bad", ["b", "e"])  # e is large
@pytest.mark.parametrize("optimizer", ["adam", "momentum"])
def test_weight_that_would_not_be_finite_is_not_made(
  monkeypatch, bad, optimizer
):
  """All of the step's numbers are finite but for a weight that it makes."""
  monkeypatch.setattr(optimization, "_SMALL", 4)
  toy = _Toy(
    optimizer=optimizer,
    optimizer_adam_epsilon=0.0,  # 0 / 0 where a gradient is zero
    optimizer_momentum_momentum=0.5,
    learning_rate_constant=1e38 if optimizer == "momentum" else RATE,
  )
  gradients = _gradients(1)
  if optimizer == "adam":
    gradients[bad] = np.zeros(SHAPES[bad])
  else:
    gradients = {name: 0.0 * g for name, g in gradients.items()}
    gradients[bad] = np.full(SHAPES[bad], 100.0)
  with tf.Session() as session:
    report, changed = _Recorded(session, toy).run(gradients)
    values = session.run(toy.variables)
  assert not report.is_applied and np.isfinite(report.gradients).all()
  assert not changed & {v.op.name for v in tf.trainable_variables()}
  assert all(np.isfinite(v).all() for v in values.values())
  assert f"the updated weight is not finite in model/{bad}, in" in (
    step_report.message(report, (), 1)
  )


@pytest.mark.parametrize(
  "overrides, told",
  [
    (dict(learning_rate_constant=np.inf), "the learning rate is inf"),
    (dict(clip_grad_norm=np.nan), "the factor that clips gradients is nan"),
  ],
)
def test_rate_or_clipping_that_is_not_finite_changes_nothing(overrides, told):
  toy = _Toy(**overrides)
  with tf.Session() as session:
    report, changed = _Recorded(session, toy).run(_gradients(0))
  assert not changed and told in step_report.message(report, (), 1)


def _with_average(**overrides):
  """(a moving average that takes in 1, a toy)."""
  average = tf.get_variable(
    "average", [], trainable=False, initializer=tf.zeros_initializer()
  )
  normalization._remember(average, tf.constant(1.0))
  return average, _Toy(**overrides)


def test_moving_averages_are_updated_with_the_step_that_is_applied():
  average, toy = _with_average(nonfinite_updates="skip")
  with tf.Session() as session:
    session.run(session_lib.initializer())
    for gradients in (
      _gradients(0),
      dict(_gradients(1), a=np.full(SHAPES["a"], np.nan)),
      _gradients(2),
    ):
      session.run(toy.train_op, toy.feed(gradients))
    np.testing.assert_allclose(session.run(average), 1.0 - 0.9**2, rtol=1e-6)


def test_message_names_step_numbers_variables_and_sequences():
  names = ["v%d" % i for i in range(8)]
  report = step_report.Report(
    False,
    {"the loss": np.float32(np.nan), "the learning rate": 0.1},
    names,
    [np.nan] * 7 + [1.0],
    [0.0] * 8,
  )
  assert step_report.message(report, ["b", "a", "b"], 7) == (
    "step 7: the loss is nan and the gradient is not finite in v0, v1, v2, v3, "
    "v4 and 2 more, in the batch of sequences a, b"
  )
  report = report._replace(
    gradients=[1.0] * 8, updated=[1.0] * 6 + [np.inf, 1.0]
  )
  assert step_report.message(report, list("ghijklm"), 7) == (
    "step 7: the loss is nan and the updated weight is not finite in v6, in "
    "the batch of sequences g, h, i, j, k and 2 more"
  )
