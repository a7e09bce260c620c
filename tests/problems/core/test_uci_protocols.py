"""Random and time splits of a UCI set, out of its archive: what is where."""

import numpy as np
import pytest
from tensor2tensor.utils import registry

from problems.core import splitting
from problems.core import uci_series
from t2t_af.errors import UserError
from tests.fixtures import uci_archives
from tests.fixtures import uci_reading

_GAP = 2  # of windows; the fixture's sessions have 20 to 26 steps


@pytest.fixture(name="archive")
def _archive(tmp_path):
  uci_archives.write_zip(
    uci_archives.phone(), str(tmp_path / "Ipin2016Dataset.zip")
  )
  return tmp_path


def _problem(suffix):
  problem = registry.problem("series_smartphone_sensor" + suffix)
  problem.num_rows = uci_archives.PHONE_ROWS
  return problem


def _by_split(problem, folder):
  """{split: {id: values}}."""
  problem.prepare_to_generate(None, str(folder))
  return {
    split: dict(problem.generate_sequences(None, None, split))
    for split in splitting.SPLITS
  }


def test_random_recordings_are_those_of_the_committed_file(archive):
  problem = _problem("_random_split2")
  found = _by_split(problem, archive)
  expected = splitting.load("series_smartphone_sensor", 2, splitting.RANDOM)
  for split, sequences in found.items():
    assert [problem.recording(name) for name in sequences] == expected[split]
  assert problem.source()["split_protocol"] == "random 80/20 by recording"
  assert problem.source()["split_seed"] == 2


def test_time_splits_cut_every_recording_and_share_no_step(
  archive, monkeypatch
):
  whole = uci_reading.sequences(_problem(""), archive)
  monkeypatch.setattr(uci_series, "MIN_STEPS", _GAP)
  problem = _problem("_time")
  found = _by_split(problem, archive)
  ids = [name for sequences in found.values() for name in sequences]
  assert len(ids) == len(set(ids)) == 3 * len(whole) == 75
  assert problem.num_sequences("test") == 25
  for name, values in whole.items():
    recording = problem.recording(name)
    train, dev, test = (
      [v for n, v in found[s].items() if problem.recording(n) == recording]
      for s in splitting.SPLITS
    )
    num_test, num_dev = round(0.2 * len(values)), round(0.1 * len(values))
    first = len(values) - num_test
    np.testing.assert_array_equal(test[0], values[first:])
    np.testing.assert_array_equal(
      dev[0], values[first - _GAP - num_dev : first - _GAP]
    )
    np.testing.assert_array_equal(
      train[0], values[: first - 2 * _GAP - num_dev]
    )
  source = problem.source()
  assert source["split_protocol"] == "last 20 % of each recording"
  assert source["short_stretches_left_out"] == 0


def test_parts_shorter_than_a_window_are_counted_or_refused(
  archive, monkeypatch
):
  with pytest.raises(UserError, match="nothing is left for the train split"):
    _problem("_time").prepare_to_generate(None, str(archive))
  monkeypatch.setattr(uci_series, "MIN_STEPS", 3)
  problem = _problem("_time")
  problem.prepare_to_generate(None, str(archive))
  # A tenth of less than 25 steps is no window of three.
  assert problem.num_sequences("eval") < 25
  assert problem.source()[
    "short_stretches_left_out"
  ] == 25 - problem.num_sequences("eval")
