"""One training step: Adam's, or an error that says what was not finite."""

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from t2t_af import session as session_lib
from t2t_af.models import optimization
from tests.models import tiny

RATE = 0.1
SHAPES = {"a": [3], "b": [3], "c": [2, 2], "d": [3], "e": [4, 5], "f": []}
NUM_STEPS = 4


class _Toy:
  """Variables whose gradients are fed; the loss is their scalar product."""

  def __init__(self, **overrides):
    hparams = tiny.hparams(
      learning_rate_schedule="constant",
      learning_rate_constant=RATE,
      **overrides,
    )
    self.gradients, terms = {}, []
    with tf.variable_scope("model"):
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


@pytest.mark.parametrize(
  "bad, value", [("b", np.nan), ("d", np.inf), ("e", -np.inf)]
)
def test_step_that_is_not_finite_raises_and_changes_nothing(
  monkeypatch, bad, value
):
  monkeypatch.setattr(optimization, "_SMALL", 4)  # e is large
  toy = _Toy()
  everything = tf.global_variables()
  with tf.Session() as session:
    session.run(session_lib.initializer())
    session.run(toy.train_op, toy.feed(_gradients(0)))
    before = session.run(everything)
    gradients = dict(_gradients(1))
    gradients[bad] = np.full(SHAPES[bad], value)
    message = "t2t_af: step 2: the loss is .* not finite in model/%s. " % bad
    with pytest.raises(tf.errors.OpError, match=message):
      session.run(toy.train_op, toy.feed(gradients))
    for variable, old, new in zip(everything, before, session.run(everything)):
      np.testing.assert_array_equal(new, old, variable.op.name)
    session.run(toy.train_op, toy.feed(_gradients(1)))
    assert session.run(toy.step) == 2


@pytest.mark.parametrize("collected", [True, False])
def test_moving_averages_are_updated_with_the_step(collected):
  """And where they are not collected, they are not."""
  average = tf.get_variable(
    "average", [], trainable=False, initializer=tf.zeros_initializer()
  )
  update = tf.assign_add(average, 1.0)
  if collected:
    tf.add_to_collection(tf.GraphKeys.UPDATE_OPS, update)
  toy = _Toy()
  with tf.Session() as session:
    session.run(session_lib.initializer())
    for seed in range(2):
      session.run(toy.train_op, toy.feed(_gradients(seed)))
    assert session.run(average) == (2.0 if collected else 0.0)


def test_message_names_step_loss_and_at_most_five_variables():
  names = ["v%d" % i for i in range(8)]
  assert not optimization.non_finite_message(1.0, [1.0] * 8, names, 6)
  message = optimization.non_finite_message(
    1.0, [np.nan] * 7 + [1.0], names, step=6
  )
  assert message.startswith(
    "t2t_af: step 7: the loss is 1.0 and the gradient is not finite in "
    "v0, v1, v2, v3, v4 and 2 more."
  )
  assert "in v6." in optimization.non_finite_message(
    2.0, [1.0] * 6 + [np.inf, 1.0], names, 6
  )
  assert "loss is nan and the gradient is not finite in no variable" in (
    optimization.non_finite_message(np.nan, [1.0] * 8, names, 6)
  )
