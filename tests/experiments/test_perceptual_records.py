"""LPIPS and FVD records from networks whose answers are known."""

from importlib import metadata

import numpy as np
import pytest

from t2t_af import errors
from t2t_af.analysis.results import samples
from t2t_af.experiments import perceptual_extras
from t2t_af.experiments import perceptual_records
from t2t_af.records import records
from t2t_af.records import run_folder

CONTEXTS, SAMPLES, COND, TIME = 3, 2, 3, 10
WEIGHTS = perceptual_extras.Weights("/some/where/net.pth", "abc")


@pytest.fixture(name="folder", autouse=True)
def _folder(tmp_path, monkeypatch):
  """A run that is known by its run.json; versions of absent packages."""
  monkeypatch.setattr(metadata, "version", lambda name: f"1.0-{name}")
  run_folder.update(str(tmp_path), model="video_flow", seed=4)
  return str(tmp_path)


def _arrays(side=64, channels=3):
  """Truth: one level per context; sample n is n + 1 levels above it."""
  truth = np.arange(CONTEXTS)[:, None] * 10.0
  drawn = truth[:, :, None] + np.arange(1, SAMPLES + 1)[None, :, None]

  def frames(levels, num_frames):
    levels = np.asarray(levels, np.uint8)[..., None, None, None]
    shape = levels.shape[:-4] + (num_frames, side, side, channels)
    return np.broadcast_to(levels, shape)

  return samples.Samples(
    inputs=frames(truth, COND),
    targets=frames(truth, TIME),
    outputs=frames(drawn, TIME),
  )


def _network(name, function):
  return perceptual_records.Network(name, function, WEIGHTS)


def _distance(a, b):
  """Mean difference of the values, which lie in [-1, 1]."""
  return np.abs(a - b).mean(axis=(1, 2, 3))


def test_lpips_is_of_the_nearest_sample_and_of_all(folder):
  record = perceptual_records.lpips(
    folder, _arrays(), _network("alex", _distance)
  )
  assert record["lpips_best_of_n"] == pytest.approx(1 / 127.5, rel=1e-4)
  assert record["lpips_mean_of_n"] == pytest.approx(1.5 / 127.5, rel=1e-4)
  assert len(record["lpips_per_step"]) == TIME
  assert set(records.REQUIRED["lpips"]) <= set(record)
  assert record["protocol"].endswith("frames 64x64 (colour); values in [-1, 1]")


def test_small_grey_frames_are_enlarged_and_said_to_be(folder):
  record = perceptual_records.lpips(
    folder, _arrays(side=32, channels=1), _network("vgg", _distance)
  )
  assert record["resolution"] == (32, 32)
  assert tuple(record["network_resolution"]) == (64, 64)
  assert "32x32 (grey, tripled), enlarged to 64x64" in record["protocol"]


def test_records_name_run_samples_software_and_weights(folder):
  record = perceptual_records.lpips(
    folder, _arrays(), _network("alex", _distance)
  )
  assert (record["model"], record["seed"]) == ("video_flow", 4)
  assert record["step"] is None  # no record of the decode
  assert (record["num_contexts"], record["num_samples"]) == (3, 2)
  assert (record["num_cond_steps"], record["num_predicted_steps"]) == (3, 10)
  assert record["package"] == "lpips 1.0-lpips"
  assert record["versions"]["torchvision"] == "1.0-torchvision"
  assert (record["weights"], record["weights_sha256"]) == ("net.pth", "abc")


def _level(clips):
  """One feature: the mean level of a clip."""
  return clips.mean(axis=(1, 2, 3, 4))[:, None]


def test_fvd_counts_the_frames_that_belong_to_a_clip(folder):
  network = _network("i3d", _level)
  for whole, length, words in ((False, 10, "left out"), (True, 13, "counted")):
    record = perceptual_records.fvd(folder, _arrays(), network, whole, 3)
    assert record["clip_length"] == length and words in record["protocol"]
    # Sample n alone: (n + 1)^2 of the means, and no other spread.
    share = TIME / length
    assert record["fvd_by_sample"] == pytest.approx(
      [share**2, (2 * share) ** 2], rel=1e-3
    )
  assert set(records.REQUIRED["fvd"]) <= set(record)


def test_few_clips_are_biased_or_refused(folder):
  network = _network("i3d", _level)
  record = perceptual_records.fvd(folder, _arrays(), network, False, 3)
  assert "fewer than 256 true clips: biased, too high" in record["protocol"]
  with pytest.raises(errors.UserError, match="needs 4 true ones"):
    perceptual_records.fvd(folder, _arrays(), network, False, 4)


def test_a_summary_is_one_line_with_its_errors(folder):
  record = perceptual_records.lpips(
    folder, _arrays(), _network("alex", _distance)
  )
  assert perceptual_records.summary(record) == (
    "LPIPS (alex), best of 2: 0.0078 ± 0.0000, mean: 0.0118 ± 0.0000"
  )
  record = perceptual_records.fvd(
    folder, _arrays(), _network("i3d", _level), False, 3
  )
  line = perceptual_records.summary(record)
  assert line.startswith("FVD 2.") or line.startswith("FVD 3.")
  assert line.endswith("(3 true, 6 generated clips of 10 frames)")
