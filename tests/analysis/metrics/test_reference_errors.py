"""Errors of trivial models: over recordings, where these are known."""

import numpy as np
import pytest

from t2t_af.analysis.metrics import references


@pytest.mark.parametrize("kind", ["uniform", "gaussian", "none"])
def test_names_are_those_of_the_records(kind):
  shape = [4, 9, 3] if kind == "none" else [4, 9, 2, 2, 1]
  videos = np.random.default_rng(5).integers(0, 256, shape).astype(np.uint8)
  found = references.compute(videos, videos, 2, 7, dequantization=kind)
  assert [r["name"] for r in found] == references.names(kind)


def test_errors_are_over_recordings():
  rng = np.random.default_rng(5)
  train, test = rng.normal(size=[2, 12, 9, 3])
  once = references.compute(train, test, 2, 7)
  names = [i // 3 for i in range(12)]
  found = references.compute(train, test, 2, 7, recording_of=names)
  copies = references.compute(
    train, np.concatenate([test] * 4), 2, 7, recording_of=names * 4
  )
  for one, of_four, many in zip(once, found, copies):
    assert "num_recordings" not in one and of_four["num_recordings"] == 4
    assert of_four["nll_nats_per_dim"] == one["nll_nats_per_dim"]
    assert many["nll_nats_per_dim_stderr"] == pytest.approx(
      of_four["nll_nats_per_dim_stderr"]
    )
    assert of_four["nll_nats_per_step_stderr"] == pytest.approx(
      3 * of_four["nll_nats_per_dim_stderr"]
    )
