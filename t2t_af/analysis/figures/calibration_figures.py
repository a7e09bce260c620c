"""Calibration of series as charts: PIT, coverage, CRPS (not in the paper).

A chart has all models of a data set, each with its colour.

Of a data set's splits the values are taken together: their recordings differ.
Of several seeds, which saw the same recordings, the charts show the lowest.
"""

from collections.abc import Sequence

from t2t_af.analysis.charts import plots
from t2t_af.analysis.figures import calibration_panels
from t2t_af.analysis.figures import figure_parts
from t2t_af.analysis.metrics import calibration
from t2t_af.analysis.results import estimates
from t2t_af.analysis.results import selection
from t2t_af.analysis.results.folders import Results

TITLE = "Calibration of series"
_CRPS = "CRPS of standardised values"
_METHODS = {
  "samples": "any number of steps ahead, by the rank of the truth among "
  "samples",
  "flow": "one step ahead, exactly, by the flow's noise",
}


def parts(results: Results) -> list[figure_parts.Part]:
  """A sheet of two charts per data set and method; then the CRPS.

  Raises:
    UserError: if there is no calibration record of the test split.
  """
  groups = _groups(results)
  made = []
  for data, method in sorted({place[:2] for place in groups}):
    measured = {
      place[2]: _of_lowest_seed(group)
      for place, group in groups.items()
      if place[:2] == (data, method)
    }
    made.append(
      figure_parts.Part(
        f"figure_calibration_{data}_{method}.svg",
        f"{data}, test split, {_METHODS.get(method, method)}. PIT: at 1 where "
        "calibrated; a U: too narrow a spread, a hump: too wide, a slope: a "
        "bias. Coverage: on the diagonal where calibrated; below it: too "
        "narrow. Bars: 95 % confidence, over series; none where fewer than "
        "two independent series are known. One seed of each model, all splits "
        "of the data.",
        charts=[
          calibration_panels.histogram_panel(measured),
          calibration_panels.coverage_panel(measured),
        ],
      )
    )
  made += _crps(groups)
  return made or figure_parts.raise_missing(
    "calibration",
    "calibration.jsonl of series",
    "t2t-af analyse --output_dir=RUN",
  )


def _groups(results: Results) -> dict:
  """{(data set, method, label): records of one protocol}, one of each run."""
  pools = {}
  for run in results.runs:
    for r in run.records["calibration"]:
      if r.get("split") == "test" and run.uses_all_training_data:
        place = (run.data_set, r.get("method"), run.label)
        pools.setdefault(place, []).append(r)
  return {place: selection.newest_group(pool) for place, pool in pools.items()}


def _of_lowest_seed(group: Sequence[dict]) -> calibration.Calibration:
  lowest = min(r.get("seed") or 0 for r in group)
  return calibration.from_records(
    [r for r in group if (r.get("seed") or 0) == lowest]
  )


def _crps(groups: dict) -> list[figure_parts.Part]:
  """Bars of all models; nothing where no record has a CRPS."""
  models = list(dict.fromkeys(label for _, _, label in groups))
  by_data = {}
  for (data, _, label), group in groups.items():
    crps = estimates.over_runs(selection.by_run(group), "crps")
    if crps:
      by_data.setdefault(data, []).append(
        plots.Bar(label, crps.mean, crps.stderr, models.index(label))
      )
  charts = [
    plots.BarPanel(data, by_data[data], f"{_CRPS}, lower is better")
    for data in sorted(by_data)
  ]
  caption = (
    f"{_CRPS} (continuous ranked probability score) on the test "
    "split. Error bars: one standard error, over splits of the data "
    "where there are several, else over seeds, else over series. Arrow: "
    "the bar is cut off, more than ten times as long as the next."
  )
  part = figure_parts.Part(
    "figure_calibration_crps.svg", caption, charts=charts
  )
  return [part] if charts else []
