"""Other data is brought to the statistics that a run was trained with."""

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from problems.core import rescaling
from problems.core import series_statistics
from t2t_af import errors
from t2t_af.records import run_folder
from tests.contracts import generation_contract
from tests.fixtures import walks

MODES = tf.estimator.ModeKeys


def _statistics(names="abc", mean=(1.0, -2.0, 3.0), std=(0.5, 2.0, 4.0)):
  return series_statistics.SeriesStatistics(
    np.array(mean[: len(names)]),
    np.array(std[: len(names)]),
    tuple(range(len(names))),
    tuple(names),
  )


def _run(folder, statistics):
  run_folder.update(str(folder), data_statistics=statistics.to_json())
  return str(folder)


def test_is_the_change_of_units():
  data, run = _statistics(), _statistics("ac", (0.0, 7.0), (1.0, 0.1))
  raw = np.random.RandomState(0).standard_normal([4, 3])
  change = rescaling.between(data, run)
  with tf.Session() as session:
    x = session.run(
      change.apply(tf.constant(data.standardise(raw), tf.float32))
    )
  np.testing.assert_allclose(x, run.standardise(raw[:, [0, 2]]), rtol=1e-4)


def test_the_same_statistics_change_nothing():
  assert rescaling.between(_statistics(), _statistics()) is None


def test_a_column_that_the_data_lacks_is_named():
  with pytest.raises(errors.UserError, match="has no d"):
    rescaling.between(_statistics(), _statistics("abd"))


def test_a_run_that_does_not_say_has_none(tmp_path):
  assert rescaling.of_run(None) is None
  assert rescaling.of_run(str(tmp_path)) is None
  run_folder.update(str(tmp_path), data_statistics={"mean": [0.0]})
  with pytest.raises(errors.UserError, match="data_statistics is damaged"):
    rescaling.of_run(str(tmp_path))


@pytest.mark.parametrize("mode", [MODES.TRAIN, MODES.EVAL, MODES.PREDICT])
def test_windows_come_in_the_units_of_the_run(tmp_path, mode):
  problem, data_dir = walks.Walks(), str(tmp_path / "data")
  problem.generate_data(data_dir, None)
  own = problem.statistics(data_dir)
  run = own._replace(mean=own.mean + 3.0, std=own.std * 2.0)
  hparams = generation_contract.make_hparams(data_dir)
  before, after = [
    generation_contract.windows(
      generation_contract.batches(
        problem, mode, hparams, limit=2, seed=1, model_dir=model_dir
      ),
      np.float32,
    )
    for model_dir in (None, _run(tmp_path / "run", run))
  ]
  expected = (own.to_raw(before) - run.mean) / run.std
  np.testing.assert_allclose(after, expected, rtol=1e-4, atol=1e-5)
  hparams.add_hparam("model_dir", str(tmp_path / "run"))
  assert problem.statistics_for(hparams).log_volume == run.log_volume
