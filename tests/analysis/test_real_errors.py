"""The error of a difference of runs that were really made: `results/`."""

import math
import pathlib

import numpy as np
import pytest

from t2t_af.analysis.report import verdict
from t2t_af.analysis.results import estimates
from t2t_af.analysis.results.comparison import Comparison

_RESULTS = pathlib.Path(__file__).parents[2] / "results"


def test_difference_of_one_real_seed_is_paired_over_recordings():
  comparison = Comparison(str(_RESULTS / "uci" / "smartphone_sensor"))
  assert comparison.seeds == [0]
  first, second = comparison.sets[:2]
  a, b = (comparison.final(name)[0] for name in (second, first))
  field = estimates.NLL + "_per_sequence"
  pairs = np.array(a[field]) - np.array(b[field])
  weights = np.array(a["num_windows_per_sequence"])
  found = comparison.difference(second, first)
  scale = comparison.unit.scale
  assert found.basis == "recordings"
  mean = (weights * pairs).sum() / weights.sum()
  # Of five digits each.
  assert found.mean == pytest.approx(mean * scale, rel=1e-4)
  sums = {}
  for name, weight, pair in zip(a["recordings"], weights, pairs):
    sums[name] = sums.get(name, 0.0) + weight * (pair - mean)
  count = len(sums)
  squares = sum(total**2 for total in sums.values())
  assert found.stderr == pytest.approx(
    math.sqrt(count / (count - 1) * squares) / weights.sum() * scale
  )
  assert any(
    "One seed only: the error is over recordings" in sentence
    for sentence in verdict.sentences(comparison)
  )
