"""Fixtures of the tests of sequences: a small video problem, and its data."""

import pytest

from tests.fixtures import counting


@pytest.fixture(name="problem")
def _problem():
  return counting.Counting()


@pytest.fixture(name="data_dir")
def _data_dir(problem, tmp_path):
  problem.generate_data(str(tmp_path), str(tmp_path))
  return str(tmp_path)
