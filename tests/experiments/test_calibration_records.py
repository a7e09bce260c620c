"""Calibration records of runs whose samples and noise are given."""

import math
import types

import numpy as np
import pytest

from t2t_af import errors
from t2t_af import windows
from t2t_af.experiments import calibration_records
from t2t_af.records import records

INPUTS, TARGETS = 9, 10


class _Samples:
  """A run whose futures are given; recordings of two windows each."""

  hparams = types.SimpleNamespace(
    video_num_input_frames=INPUTS, video_num_target_frames=TARGETS, data_dir=""
  )
  data_dir = ""

  def __init__(self, outputs, targets):
    self.ids = np.array(
      [f"{i // 2}/{i % 2}".encode() for i in range(len(targets))]
    )
    self._found = [
      {"outputs": o, "targets": t, windows.SEQUENCE_ID: name}
      for o, t, name in zip(outputs, targets, self.ids)
    ]
    self.problem = self.hparams.problem = types.SimpleNamespace(
      split_files=lambda *_: None,
      num_windows=lambda *_: len(targets),
      recording=lambda name: name.partition("/")[0],
    )

  def futures(self, split, count, num_samples):
    del split, count, num_samples
    return iter(self._found)

  def identity(self, split):
    return dict.fromkeys(records.IDENTITY, split)


def test_samples_from_the_truth_are_calibrated():
  """Half as wide ones, a mutant, are not; a diverging one is left out."""
  rng = np.random.default_rng(0)
  outputs = rng.standard_normal([100, 30, 4, 3]).astype(np.float32)
  targets = rng.standard_normal([100, 4, 3]).astype(np.float32)
  coverage = {}
  for width in (1.0, 0.5):
    outputs[7, 3, 1, 0] = np.inf
    record = calibration_records.from_samples(
      _Samples(width * outputs, targets), "test", -1, 30
    )
    assert record["num_sequences"] == 99
    assert record["num_independent"] == 50
    assert record["num_non_finite_contexts"] == 1
    coverage[width] = np.array(record["coverage"])
  levels = np.array(record["coverage_levels"])
  # 1188 values: a standard error of 0.015 at most.
  assert np.abs(coverage[1.0] - levels).max() < 0.06
  assert np.abs(coverage[0.5] - levels).max() > 0.15
  outputs[:, 0, 0, 0] = np.nan
  with pytest.raises(errors.UserError, match="not finite"):
    calibration_records.from_samples(_Samples(outputs, targets), "test", -1, 30)


def test_crps_is_nan_where_its_package_is_absent(monkeypatch):
  def absent(samples, truth):
    raise errors.UserError("scoringrules is not installed")

  monkeypatch.setattr(calibration_records.calibration, "crps", absent)
  rng = np.random.default_rng(0)
  record = calibration_records.from_samples(
    _Samples(
      rng.standard_normal([4, 5, 2, 3]).astype(np.float32),
      rng.standard_normal([4, 2, 3]).astype(np.float32),
    ),
    "test",
    -1,
    5,
  )
  assert math.isnan(record["crps"]) and record["num_sequences"] == 4


class _Noise(_Samples):
  """A run of a flow whose noise is given, in two batches."""

  hparams = types.SimpleNamespace(
    num_transforms=2,
    video_num_input_frames=INPUTS,
    video_num_target_frames=TARGETS,
    data_dir="",
  )

  def __init__(self, noise, freedom=None):
    super().__init__(noise, noise)
    self._noise, self._freedom = noise, freedom

  def decompositions(self, split, count, only):
    assert (split, count, only[0]) == ("test", -1, "y_2")
    batches = [
      {only[0]: batch, windows.SEQUENCE_ID: names}
      for batch, names in zip(
        np.array_split(self._noise, 2), np.array_split(self.ids, 2)
      )
    ]
    if self._freedom:
      for batch in batches:
        batch[only[1]] = np.full_like(batch[only[0]], self._freedom)
    return batches


@pytest.mark.parametrize("width, calibrated", [(1.0, True), (2.0, False)])
def test_a_flow_is_calibrated_where_its_noise_is_normal(width, calibrated):
  noise = width * np.random.default_rng(1).standard_normal([60, 15, 2])
  record = calibration_records.from_flow(_Noise(noise), "test")
  assert (record["method"], record["num_samples"]) == ("flow", None)
  # The steps given have no noise that counts.
  assert record["num_values"] == 60 * TARGETS * 2
  error = np.abs(np.subtract(record["coverage"], record["coverage_levels"]))
  assert (error.max() < 0.05) == calibrated


@pytest.mark.parametrize("freedom, calibrated", [(3.0, True), (None, False)])
def test_a_students_t_is_calibrated_by_its_degrees_of_freedom(
  freedom, calibrated
):
  noise = np.random.default_rng(1).standard_t(3.0, [60, 15, 2])
  record = calibration_records.from_flow(_Noise(noise, freedom), "test")
  error = np.abs(np.subtract(record["coverage"], record["coverage_levels"]))
  assert (error.max() < 0.04) == calibrated


def _crps_of(monkeypatch, values, recordings):
  """A record of contexts whose CRPS are given, with what they are cut from."""
  given = iter(values)
  monkeypatch.setattr(
    calibration_records, "_crps", lambda samples, truth: next(given)
  )
  samples = np.random.default_rng(0).standard_normal([len(values), 5, 2, 3])
  run = _Samples(samples, samples[:, 0])
  for future, recording in zip(run._found, recordings):
    future[windows.SEQUENCE_ID] = f"{recording}/0".encode()
  return calibration_records.from_samples(run, "test", -1, 5)


def test_the_error_takes_windows_of_one_recording_together(monkeypatch):
  """Four of two windows: sums of deviations from 2 are -4, -1, 2 and 3."""
  crps = [0.0, 0.0, 1.0, 2.0, 3.0, 3.0, 4.0, 3.0]
  record = _crps_of(monkeypatch, crps, "aabbccdd")
  assert record["crps"] == pytest.approx(2.0)
  assert record["crps_stderr"] == pytest.approx(math.sqrt(4 / 3 * 30.0) / 8)
  alone = _crps_of(monkeypatch, crps, "abcdefgh")
  assert alone["crps_stderr"] == pytest.approx(math.sqrt(8 / 7 * 16.0) / 8)


def test_three_recordings_have_no_error(monkeypatch):
  record = _crps_of(monkeypatch, [1.0, 2.0, 1.0, 2.0], "aabc")
  assert record["crps"] == 1.5 and math.isnan(record["crps_stderr"])
  assert np.isnan(record["coverage_stderr"]).all()
