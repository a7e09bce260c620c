"""Sequences of a run's problem: drawn, or read, they are the same."""

import types

import numpy as np
import pytest
from tensor2tensor.utils import registry

from problems import video_toy_pushing
from t2t_af import errors
from t2t_af.experiments.asking import contexts
from tests.experiments import real_run


def _run(problem, data_dir="/nowhere"):
  return types.SimpleNamespace(
    problem=problem,
    called="af1_of_it",
    data_dir=str(data_dir),
    has_data=bool(problem.store(str(data_dir)).details()),
    is_series=hasattr(problem, "statistics"),
  )


def test_drawn_series_are_those_of_the_data_in_raw_units(tmp_path):
  problem = real_run.Particle()
  problem.generate_data(str(tmp_path), None)
  run = _run(problem, tmp_path)
  drawn = list(contexts.first(run, "dev", 2))
  read = list(contexts.first(run, "dev", 2, from_data=True))
  assert [r.sequence_id for r in drawn] == ["eval/0", "eval/1"]
  assert [r.name for r in read] == ["eval/0", "eval/1"]
  for one, other in zip(drawn, read):
    assert np.ptp(one.values) > 1
    np.testing.assert_allclose(one.values, other.values, rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize(
  "name", ["video_toy_pushing", "video_moving_digits32", "series_particle"]
)
def test_sequences_of_drawn_problems_need_no_file(name):
  run = _run(registry.problem(name))
  test, dev = (list(contexts.first(run, s, 2)) for s in ("test", "dev"))
  assert [r.sequence_id for r in test] == ["test/0", "test/1"]
  assert not np.array_equal(test[0].values, test[1].values)
  assert not np.array_equal(test[0].values, dev[0].values)
  if name == "video_toy_pushing":
    expected = video_toy_pushing.make_sequence("test", 1, 30, 32)
    np.testing.assert_array_equal(test[1].values, expected)


def test_sequences_that_are_files_are_asked_for():
  run = _run(registry.problem("series_activity_rec"))
  for from_data in (False, True):
    with pytest.raises(errors.UserError) as told:
      next(contexts.first(run, "test", 1, from_data))
    assert "af1_of_it is a run of series_activity_rec" in str(told.value)
    assert "give files, or --data_dir" in str(told.value)
  drawn = _run(registry.problem("series_particle"))
  with pytest.raises(errors.UserError, match="none is in /nowhere"):
    next(contexts.first(drawn, "test", 1, from_data=True))
