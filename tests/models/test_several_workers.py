"""Workers that share a batch make the steps of one process that has all of it.

Tolerance: the mean of the workers' means is the mean of all, but for the order
of additions in float32.
"""

import numpy as np
import pytest
from tensor2tensor.utils import registry
from tensor2tensor.utils import trainer_lib
import tensorflow.compat.v1 as tf

from t2t_af import session as session_lib
from t2t_af import workers
from tests import local_workers
from tests.models import test_exact_resume as cases

STEPS, GLOBAL_BATCH = 3, 4
CLOSE = dict(rtol=1e-5, atol=1e-6)


class _Case:
  def __init__(self, name, folder):
    self._model, problem, self._hparams = cases.CASES[name]
    self._problem, self._data_dir = problem(), str(folder / "data")
    self._problem.generate_data(self._data_dir, None)

  def build(self):
    """A training step, and all that it changes."""
    hparams = self._hparams()
    hparams.batch_size = GLOBAL_BATCH // workers.here().count
    hparams.override_from_dict(self._more)
    hparams.add_hparam("data_dir", self._data_dir)
    trainer_lib.add_problem_hparams(hparams, self._problem)
    np.random.seed(3)  # Of the rotations.
    batches = self._problem.input_fn(tf.estimator.ModeKeys.TRAIN, hparams)
    iterator = tf.data.make_initializable_iterator(batches)
    features, _ = iterator.get_next()
    model = registry.model(self._model)(hparams, tf.estimator.ModeKeys.TRAIN)
    _, losses = model(features)
    step = model.optimize(losses["training"])
    return iterator.initializer, step, tf.global_variables()

  def losses_and_values(self, session, built):
    start, step, variables = built
    session.run([session_lib.initializer(), start])
    losses = [session.run(step) for _ in range(STEPS)]
    return losses, session.run({v.op.name: v for v in variables})

  def check(self, monkeypatch, count, **more):
    self._more = more
    losses, values = local_workers.alone(self.build, self.losses_and_values)
    assert len(set(losses)) == STEPS
    together = local_workers.LocalWorkers(monkeypatch, count)
    ran = together.run(self.build, self.losses_and_values)
    for mine, of_worker in ran:
      np.testing.assert_allclose(mine, losses, **CLOSE)
      for name, value in values.items():
        np.testing.assert_allclose(
          of_worker[name], value, **CLOSE, err_msg=name
        )
        np.testing.assert_array_equal(of_worker[name], ran[0][1][name])


@pytest.mark.parametrize(
  "name, count",
  [
    ("af1", 2),
    pytest.param("slvm", 2, marks=pytest.mark.slow),
    pytest.param("slvm", 4, marks=pytest.mark.slow),
    pytest.param("video_flow", 2, marks=pytest.mark.slow),
    pytest.param("video_flow", 4, marks=pytest.mark.slow),
  ],
)
def test_workers_train_as_one_process(name, count, tmp_path, monkeypatch):
  # Batch norm is by each worker's own rows: see `networks/normalization`.
  more = {} if name == "video_flow" else {"normalization": "none"}
  _Case(name, tmp_path).check(monkeypatch, count, **more)


def test_a_gradient_that_is_not_finite_on_one_is_applied_by_none(monkeypatch):
  from t2t_af.models import optimization

  def build():
    weight = tf.get_variable("w", initializer=[1.0, 2.0])
    mine = float("nan") if workers.here().index else 1.0
    hparams = cases.CASES["af1"][2]()
    step = optimization.train_op(tf.reduce_sum(weight * mine), hparams)
    return step, weight, tf.train.get_global_step()

  def run(session, built):
    step, weight, count = built
    session.run(session_lib.initializer())
    session.run(step)
    return session.run([weight, count])

  for weight, count in local_workers.LocalWorkers(monkeypatch, 2).run(
    build, run
  ):
    np.testing.assert_array_equal(weight, [1.0, 2.0])
    assert count == 0
