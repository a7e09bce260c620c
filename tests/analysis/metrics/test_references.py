"""Trivial models against integration, a fitted oracle and known data."""

import math

import numpy as np
import pytest

from t2t_af.analysis.metrics import references

COND, SCORED = 3, 4
NAMES = [
  "uniform",
  "standard_normal",
  "global_gaussian",
  "per_pixel_gaussian",
  "copy_last_frame",
  "copy_last_frame_per_pixel",
]


def _videos(seed, num=6):
  """A random walk of every value, so that no variance is near its floor."""
  rng = np.random.default_rng(seed)
  start = rng.integers(60, 180, (num, 1, 4, 4, 2))
  steps = rng.integers(-9, 10, (num, COND + SCORED + 2, 4, 4, 2))
  return np.clip(start + steps.cumsum(axis=1), 0, 255).astype(np.uint8)


def _compute(**kwargs):
  found = references.compute(_videos(1), _videos(2), COND, SCORED, **kwargs)
  return {r["name"]: r for r in found}


def _dequantised(videos, grid=64):
  """x + u with u on a midpoint grid over (0, 1): [grid, N, time, ...]."""
  u = (np.arange(grid) + 0.5) / grid
  return videos[None].astype(float) + u.reshape((-1,) + (1,) * 5)


def _gaussian_nll(x, mean, variance):
  return 0.5 * (np.log(2 * np.pi * variance) + (x - mean) ** 2 / variance)


def _by_integration():
  """Every reference's NLL, fitted and scored on explicit noise."""
  train, test = _videos(1), _videos(2)
  window = slice(COND, COND + SCORED)
  before = slice(COND - 1, COND + SCORED - 1)
  x_train, x_test = (
    _dequantised(train[:, window]),
    _dequantised(test[:, window]),
  )
  m_train = train[:, before].astype(float) + 0.5
  m_test = test[:, before].astype(float) + 0.5
  over = (0, 1, 2)  # noise, sequences, frames
  found = {
    "uniform": math.log(256.0),
    "standard_normal": (
      _gaussian_nll(x_test / 256.0, 0.0, 1.0) + math.log(256.0)
    ).mean(),
    "global_gaussian": _gaussian_nll(
      x_test, x_train.mean(), x_train.var()
    ).mean(),
    "per_pixel_gaussian": _gaussian_nll(
      x_test, x_train.mean(over), x_train.var(over)
    ).mean(),
    "copy_last_frame": _gaussian_nll(
      x_test, m_test, ((x_train - m_train) ** 2).mean()
    ).mean(),
    "copy_last_frame_per_pixel": _gaussian_nll(
      x_test, m_test, ((x_train - m_train) ** 2).mean(over)
    ).mean(),
  }
  return found


def _check_against_integration(computed):
  for name, expected in _by_integration().items():
    # 64 midpoints miss the noise's variance, 1/12, by 1/4096 of it.
    assert computed[name]["nll_nats_per_dim"] == pytest.approx(
      expected, abs=5e-5
    ), name


def test_every_reference_equals_integration_over_the_noise():
  computed = _compute()
  assert list(computed) == NAMES == references.names("uniform")
  _check_against_integration(computed)


def _noises(**changes):
  noise = references.NOISES["uniform"]._replace(**changes)
  return dict(references.NOISES, uniform=noise)


@pytest.mark.parametrize(
  "name,value",
  [
    ("NOISES", _noises(variance=0.0)),
    ("NOISES", _noises(mean=0.0)),
    ("NOISES", _noises(scale=256.0 / 255.0)),
    ("_previous", lambda frames: frames[:, 1:]),  # Sees the frame it predicts.
    ("_zero", lambda frames: frames[:, :-1]),
  ],
)
def test_integration_would_see_a_wrong_estimator(monkeypatch, name, value):
  monkeypatch.setattr(references, name, value)
  with np.errstate(divide="ignore", invalid="ignore"):
    computed = _compute()
  with pytest.raises(AssertionError):
    _check_against_integration(computed)


def test_constant_videos_cost_the_quantum_of_the_noise():
  videos = np.full((3, 4, 2, 2, 1), 7, np.uint8)
  found = {r["name"]: r for r in references.compute(videos, videos, 1, 3)}
  floor = 0.5 * math.log(2 * math.pi / 12) + 0.5
  assert floor == pytest.approx(0.1765, abs=1e-4)
  for name in NAMES[2:]:
    assert found[name]["nll_nats_per_dim"] == pytest.approx(floor)
  assert found["copy_last_frame"]["psnr_best_of_n"] == 100.0


def test_only_scored_frames_and_their_predecessor_matter():
  train, test = _videos(1), _videos(2)
  expected = references.compute(train, test, COND, SCORED)
  for videos in (train, test):
    videos[:, : COND - 1] = 255
    videos[:, COND + SCORED :] = 255
  found = references.compute(train, test, COND, SCORED)
  assert [r["nll_nats_per_dim"] for r in found] == [
    r["nll_nats_per_dim"] for r in expected
  ]


def test_parameters_come_from_training_alone():
  train = np.zeros((2, 4, 2, 2, 1), np.uint8)
  test = np.full((2, 4, 2, 2, 1), 1, np.uint8)
  found = {r["name"]: r for r in references.compute(train, test, 1, 3)}
  # Mean 1/2, variance 1/12 from training; the test value lies one higher.
  assert found["global_gaussian"]["nll_nats_per_dim"] == pytest.approx(
    0.5 * math.log(2 * math.pi / 12) + 0.5 * (1 + 1 / 12) * 12
  )


def test_errors_are_over_sequences_and_frames_average_to_the_whole():
  computed = _compute(problem="p", split="dev")
  record = computed["copy_last_frame"]
  assert np.mean(record["nll_nats_per_dim_per_step"]) == pytest.approx(
    record["nll_nats_per_dim"]
  )
  assert record["num_sequences"] == 6 and record["split"] == "dev"
  one_by_one = [
    references.compute(_videos(1), _videos(2)[i : i + 1], COND, SCORED)[4][
      "nll_nats_per_dim"
    ]
    for i in range(6)
  ]
  assert record["nll_nats_per_dim_stderr"] == pytest.approx(
    np.std(one_by_one, ddof=1) / math.sqrt(6)
  )
  assert computed["uniform"]["nll_nats_per_dim_stderr"] == 0.0


def test_blocks_do_not_change_the_result(monkeypatch):
  expected = _compute()
  monkeypatch.setattr(references, "VALUES_AT_ONCE", 900)
  for name, record in _compute().items():
    assert record["nll_nats_per_dim"] == pytest.approx(
      expected[name]["nll_nats_per_dim"], rel=1e-12
    )


def test_copy_quality_repeats_the_last_given_frame():
  videos = np.zeros((1, 4, 2, 2, 1), np.uint8)
  videos[0, :, 0, 0, 0] = (9, 0, 0, 10)  # Given: 9. Then 0, 0, 10.
  record = references.compute(videos, videos, 1, 3)[4]
  mse = np.array([81.0, 81.0, 1.0]) / 4
  assert record["psnr_per_step"] == pytest.approx(10 * np.log10(255**2 / mse))
  assert record["ssim_best_of_n"] is None


def test_short_sequences_are_refused():
  with pytest.raises(ValueError, match="at least 7"):
    references.compute(_videos(1)[:, :6], _videos(2), COND, SCORED)
  with pytest.raises(ValueError, match="conditions"):
    references.compute(_videos(1), _videos(2), 0, SCORED)


# --- Gaussian noise, and series.


def test_gaussian_noise_is_the_authors():
  """x = v / 255 + N(0, 1) / 256, told in 0..256 units: by a large sample."""
  train, test = _videos(1), _videos(2)
  found = {
    r["name"]: r
    for r in references.compute(
      train, test, COND, SCORED, dequantization="gaussian"
    )
  }
  assert "uniform" not in found  # The noise leaves [0, 256].
  assert {r["dequantization"] for r in found.values()} == {"gaussian"}
  rng = np.random.default_rng(0)
  window = slice(COND, COND + SCORED)

  def noisy(videos):
    x = (
      videos[None, :, window] / 255.0
      + rng.normal(size=(400, len(videos), SCORED, 4, 4, 2)) / 256.0
    )
    return 256.0 * x

  y_train, y_test = noisy(train), noisy(test)
  expected = _gaussian_nll(
    y_test, y_train.mean((0, 1, 2)), y_train.var((0, 1, 2))
  ).mean()
  assert found["per_pixel_gaussian"]["nll_nats_per_dim"] == pytest.approx(
    expected, abs=2e-3
  )
  expected = _gaussian_nll(y_test / 256.0, 0.0, 1.0).mean() + math.log(256.0)
  assert found["standard_normal"]["nll_nats_per_dim"] == pytest.approx(
    expected, abs=2e-3
  )


def test_no_reference_passes_the_floor_of_gaussian_noise():
  videos = np.full((3, 4, 2, 2, 1), 7, np.uint8)
  found = references.compute(videos, videos, 1, 3, dequantization="gaussian")
  floor = 0.5 * math.log(2 * math.pi * math.e)
  assert floor == pytest.approx(1.419, abs=1e-3)
  assert min(r["nll_nats_per_dim"] for r in found) == pytest.approx(floor)


def _series(seed, num=40):
  rng = np.random.default_rng(seed)
  scale = np.array([1.0, 0.3, 2.0])
  steps = scale * rng.normal(size=(num, COND + SCORED, 3))
  return steps.cumsum(axis=1).astype(np.float32)


def test_series_references_are_those_of_the_values_themselves():
  train, test = _series(1), _series(2)
  found = {
    r["name"]: r
    for r in references.compute(train, test, COND, SCORED, log_volume=1.5)
  }
  assert list(found) == [
    "standard_normal",
    "global_gaussian",
    "per_feature_gaussian",
    "copy_last_step",
    "copy_last_step_per_feature",
  ]
  y_train, y_test = (x[:, COND:].astype(float) for x in (train, test))
  d_train, d_test = (
    np.diff(x[:, COND - 1 :].astype(float), axis=1) for x in (train, test)
  )
  over = (0, 1)
  expected = {
    "standard_normal": _gaussian_nll(y_test, 0.0, 1.0),
    "global_gaussian": _gaussian_nll(y_test, y_train.mean(), y_train.var()),
    "per_feature_gaussian": _gaussian_nll(
      y_test, y_train.mean(over), y_train.var(over)
    ),
    "copy_last_step": _gaussian_nll(d_test, 0.0, (d_train**2).mean()),
    "copy_last_step_per_feature": _gaussian_nll(
      d_test, 0.0, (d_train**2).mean(over)
    ),
  }
  for name, nll in expected.items():
    record = found[name]
    assert record["nll_nats_per_dim"] == pytest.approx(nll.mean()), name
    assert record["nll_nats_per_step"] == pytest.approx(3 * nll.mean())
    assert record["nll_raw_nats_per_step"] == pytest.approx(
      3 * nll.mean() + 1.5
    )
    assert record["dequantization"] == "none"


def test_a_series_that_repeats_exactly_has_a_finite_density():
  x = np.repeat(np.random.default_rng(0).normal(size=(5, 1, 2)), 7, axis=1)
  record = references.compute(x, x, COND, SCORED)[-1]
  assert np.isfinite(record["nll_nats_per_dim"])
  assert record["nll_nats_per_dim"] < -10.0
  assert "nll_raw_nats_per_step" not in record


def test_what_is_neither_video_nor_series_is_refused():
  with pytest.raises(ValueError, match="features"):
    references.compute(np.zeros((3, 9, 2, 2)), np.zeros((3, 9, 2, 2)), 3, 4)
