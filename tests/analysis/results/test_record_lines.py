"""Records in a line: their numbers, errors and units."""

import math

import pytest

from t2t_af.analysis.results import record_lines

NLL = dict(
  kind="likelihood",
  split="test",
  nll_nats_per_dim=2 * math.log(2.0),
  nll_nats_per_dim_stderr=0.0125,
  num_sequences=8,
)
SERIES = dict(
  NLL,
  bound=True,
  num_samples=50,
  nll_nats_per_step=-3.0,
  nll_nats_per_step_stderr=math.nan,
  nll_raw_nats_per_step=1.5,
)
CALIBRATION = dict(
  kind="calibration",
  split="dev",
  method="flow",
  coverage_levels=[0.5, 0.9],
  coverage=[0.25, 0.725],
  crps=None,
)


@pytest.mark.parametrize(
  "record, told",
  [
    (
      NLL,
      "likelihood, test: 1.3863 ± 0.0125 nats/dim, 2.0000 bits/dim, "
      "8 sequences",
    ),
    (
      SERIES,
      "likelihood, test: ≤ 1.3863 ± 0.0125 nats/dim, ≤ 2.0000 bits/dim, "
      "≤ −3.0000 nats/step, ≤ 1.5000 in raw units, a bound of 50 samples, "
      "8 sequences",
    ),
    (
      dict(
        kind="correlation",
        split="test",
        signal="y1",
        correlation=0.25,
        correlation_stderr=0.125,
      ),
      "correlation, test: of y1 0.250 ± 0.125",
    ),
    (
      CALIBRATION,
      "calibration, dev: by flow, 72.5% of the values in intervals of 90 %",
    ),
    (
      dict(CALIBRATION, crps=0.5, crps_stderr=0.01),
      "calibration, dev: by flow, 72.5% of the values in intervals of 90 %, "
      "CRPS 0.5000 ± 0.0100",
    ),
  ],
)
def test_lines(record, told):
  assert record_lines.line(record) == told
