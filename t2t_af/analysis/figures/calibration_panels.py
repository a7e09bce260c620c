"""PIT histogram and coverage of calibrations, as charts."""

from collections.abc import Mapping

import numpy as np

from t2t_af.analysis import formats
from t2t_af.analysis.charts import plots
from t2t_af.analysis.metrics import calibration

_BARS = f"bars: {formats.number(100 * calibration.CONFIDENCE, 0)} % confidence"
_NO_BARS = "without bars: fewer than two independent series are known"
_WIDTH = 0.05  # what the bars of all models take beside each other


def histogram_panel(
  measured: Mapping[str, calibration.Calibration], title: str = "PIT histogram"
) -> plots.Panel:
  """The PIT histograms of {label: calibration}; uniform is the line at 1."""
  edges = np.repeat(
    np.arange(calibration.NUM_BINS + 1) / calibration.NUM_BINS, 2
  )[1:-1]
  middle = (np.arange(calibration.NUM_BINS) + 0.5) / calibration.NUM_BINS
  lines, highest = [plots.Line([0.0], [1.0], 1, "zero")], 1.0
  for i, found in enumerate(measured.values()):
    density, error = (
      values * calibration.NUM_BINS
      for values in (found.pit.share, found.pit.reach)
    )
    x = plots.dodged(middle, i, len(measured), _WIDTH)
    lines += [
      plots.Line(edges, np.repeat(density, 2), i),
      plots.Line(x, density, i, "points", error),
    ]
    highest = max(highest, (density + np.nan_to_num(error)).max())
  return plots.Panel(
    title,
    lines,
    "PIT",
    "density",
    _legend({label: found.pit for label, found in measured.items()}),
    y_range=(0.0, 1.1 * highest),
    whole_x=False,
  )


def coverage_panel(
  measured: Mapping[str, calibration.Calibration],
  title: str = "Coverage of central predictive intervals",
) -> plots.Panel:
  """Coverage against level; calibrated is the diagonal."""
  lines = [plots.Line([0.0, 1.0], [0.0, 1.0], plots.DATA, "thin")]
  for i, found in enumerate(measured.values()):
    share, reach = found.coverage.share, found.coverage.reach
    x = plots.dodged(calibration.LEVELS, i, len(measured), _WIDTH)
    lines += [
      plots.Line(calibration.LEVELS, share, i),
      plots.Line(x, share, i, "points", reach),
    ]
  return plots.Panel(
    title,
    lines,
    "level of the interval",
    "share of values inside",
    _legend({label: found.coverage for label, found in measured.items()}),
    y_range=(0.0, 1.05),
    whole_x=False,
  )


def _legend(measured: Mapping[str, calibration.Shares]) -> dict[int, str]:
  """With the one label of a chart, what its bars are."""
  unknown = [np.isnan(shares.stderr).all() for shares in measured.values()]
  return {
    i: f"{label}, {_NO_BARS if is_unknown else _BARS}"
    if len(measured) == 1
    else label
    for i, (label, is_unknown) in enumerate(zip(measured, unknown))
  }
