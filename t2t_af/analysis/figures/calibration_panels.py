"""PIT histogram and coverage of one calibration, as charts."""

import numpy as np

from t2t_af.analysis import formats
from t2t_af.analysis.charts import panels
from t2t_af.analysis.charts import plots
from t2t_af.analysis.metrics import calibration


def histogram_panel(
  measured: calibration.Calibration, title: str = "PIT histogram"
) -> panels.Panel:
  """The PIT histogram; uniform is the line at 1."""
  edges = np.repeat(
    np.arange(calibration.NUM_BINS + 1) / calibration.NUM_BINS, 2
  )[1:-1]
  middle = (np.arange(calibration.NUM_BINS) + 0.5) / calibration.NUM_BINS
  density = measured.pit.share * calibration.NUM_BINS
  error = measured.pit.reach * calibration.NUM_BINS
  lines = [
    plots.Line([0.0], [1.0], 1, "zero"),
    plots.Line(edges, np.repeat(density, 2), 0),
    plots.Line(middle, density, 0, "points", error),
  ]
  svg = plots.chart(
    lines,
    "PIT",
    "density",
    title,
    whole_x=False,
    y_range=(0.0, 1.1 * max((density + np.nan_to_num(error)).max(), 1.0)),
  )
  return panels.Panel(title, svg, {0: _band_label(measured.pit)})


def coverage_panel(
  measured: calibration.Calibration,
  title: str = "Coverage of central predictive intervals",
) -> panels.Panel:
  """Coverage against level; calibrated is the diagonal."""
  lines = [
    plots.Line([0.0, 1.0], [0.0, 1.0], 4, "thin", title="calibrated"),
    plots.Line(calibration.LEVELS, measured.coverage.share, 0),
    plots.Line(
      calibration.LEVELS,
      measured.coverage.share,
      0,
      "points",
      measured.coverage.reach,
    ),
  ]
  svg = plots.chart(
    lines,
    "level of the interval",
    "share of values inside",
    title,
    y_range=(0.0, 1.05),
    whole_x=False,
  )
  return panels.Panel(title, svg, {0: _band_label(measured.coverage)})


def _band_label(shares: calibration.Shares) -> str:
  if np.isnan(shares.stderr).all():
    return "without bands: fewer than two independent series are known"
  confidence = formats.number(100 * calibration.CONFIDENCE, 0)
  return f"with bands of {confidence} % confidence"
