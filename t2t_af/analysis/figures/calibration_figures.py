"""Calibration of series as charts: PIT, coverage, CRPS (not in the paper).

Of a data set's splits the values are taken together: their recordings differ.
Of several seeds, which saw the same recordings, the charts show the lowest.
"""

from collections.abc import Sequence

from t2t_af.analysis.charts import bars
from t2t_af.analysis.charts import panels
from t2t_af.analysis.figures import calibration_panels
from t2t_af.analysis.figures.figure_parts import nothing
from t2t_af.analysis.figures.figure_parts import Part
from t2t_af.analysis.figures.figure_parts import sheet
from t2t_af.analysis.formats import is_number
from t2t_af.analysis.metrics import calibration
from t2t_af.analysis.results import paper_values
from t2t_af.analysis.results.found_runs import Found
from t2t_af.analysis.tables import paper_tables

TITLE = "Calibration of series"
_CRPS = "CRPS of standardised values"
_METHODS = {
  "samples": "any number of steps ahead, by the rank of the truth among "
  "samples",
  "flow": "one step ahead, exactly, by the flow's noise",
}


def parts(found: Found) -> list[Part]:
  """A sheet per data set and method, two charts per model; then the CRPS.

  Raises:
    UserError: if there is no calibration record of the test split.
  """
  groups = _groups(found)
  made = []
  for data, method in sorted({place[:2] for place in groups}):
    charts = [
      chart
      for place, group in groups.items()
      if place[:2] == (data, method)
      for chart in _charts(place[2], group)
    ]
    made.append(
      sheet(
        f"figure_calibration_{data}_{method}.svg",
        charts,
        f"{data}, test split, {_METHODS.get(method, method)}. PIT: at 1 where "
        "calibrated; a U: too narrow a spread, a hump: too wide, a slope: a "
        "bias. Coverage: on the diagonal where calibrated; below it: too "
        "narrow. One seed of each model, all splits of the data.",
      )
    )
  made += _crps(groups)
  return made or nothing(
    "calibration",
    "calibration.jsonl of series",
    "t2t-af analyse --output_dir=RUN",
  )


def _groups(found: Found) -> dict:
  """{(data set, method, label): records of one protocol}, one of each run."""
  pools = {}
  for run in found.runs:
    for r in run.records["calibration"]:
      if r.get("split") == "test" and run.is_whole:
        data, _ = paper_values.without_split(r["problem"])
        pools.setdefault((data, r.get("method"), run.label), []).append(r)
  return {
    place: paper_tables.newest_group(pool) for place, pool in pools.items()
  }


def _charts(label: str, group: Sequence[dict]) -> list[panels.Panel]:
  lowest = min(r.get("seed") or 0 for r in group)
  shown = calibration.of_records(
    [r for r in group if (r.get("seed") or 0) == lowest]
  )
  return [
    calibration_panels.histogram_panel(shown, f"{label}: PIT histogram"),
    calibration_panels.coverage_panel(
      shown, f"{label}: coverage of central intervals"
    ),
  ]


def _crps(groups: dict) -> list[Part]:
  """Bars of all models; nothing where no record has a CRPS."""
  models = list(dict.fromkeys(label for _, _, label in groups))
  found = {}
  for (data, _, label), group in groups.items():
    values = {
      (paper_values.without_split(r["problem"])[1], r.get("seed")): r["crps"]
      for r in group
      if is_number(r.get("crps"))
    }
    if values:
      mean, stderr = paper_tables.over_runs(values)
      if len(values) == 1:
        (stderr,) = (
          r["crps_stderr"] for r in group if is_number(r.get("crps"))
        )
      found.setdefault(data, []).append(
        bars.Bar(label, mean, stderr, models.index(label))
      )
  shown = [bars.Group(data, found[data]) for data in sorted(found)]
  label = f"{_CRPS}, lower is better"
  svg = bars.chart(shown, label, _CRPS)
  return (
    [
      Part(
        "figure_calibration_crps.svg",
        bars.as_file(svg).encode("utf-8"),
        f"{_CRPS} (continuous ranked probability score) on the test "
        "split. Error bars: one standard error, over splits of the data "
        "where there are several, else over seeds, else over series.",
        bars.panels_of(shown, label),
      )
    ]
    if svg
    else []
  )
