"""How near samples come to what happened, frame by frame (not in the paper).

PSNR and SSIM of video, RMSE of series, of the best of N samples of each
context, from samples records.
"""

from collections.abc import Iterable, Sequence

from t2t_af.analysis.charts import panels
from t2t_af.analysis.charts import plots
from t2t_af.analysis.figures import comparison_figures
from t2t_af.analysis.figures.figure_parts import nothing
from t2t_af.analysis.figures.figure_parts import Part
from t2t_af.analysis.figures.figure_parts import problems
from t2t_af.analysis.figures.figure_parts import sheet
from t2t_af.analysis.results.found_runs import Found
from t2t_af.analysis.results.found_runs import FoundRun
from t2t_af.analysis.tables import paper_tables

TITLE = "Samples against the truth"
_METRICS = {
  **comparison_figures.VIDEO_METRICS,
  **comparison_figures.SERIES_METRICS,
}


def parts(found: Found) -> list[Part]:
  """A sheet per problem: a chart per metric, a line per model.

  Raises:
    UserError: if no run was sampled on the test split.
  """
  made = []
  for problem in problems(found.runs):
    sampled = _sampled([run for run in found.runs if run.problem == problem])
    charts = [_panel(sampled, metric, problem) for metric in _METRICS]
    charts = [chart for chart in charts if chart.svg]
    if charts:
      made.append(
        sheet(
          f"figure_quality_{problem}.svg",
          charts,
          f"{problem}: the best sample of each context of the test split "
          "against the truth, by distance from what was given; better than a "
          "typical sample. Thin: one seed each; thick: their mean. "
          f"{comparison_figures.BAND}",
        )
      )
  return made or nothing(
    "quality",
    "samples record of the test split",
    "t2t-decoder, or t2t-af compare",
  )


def _sampled(runs: Sequence[FoundRun]) -> dict:
  """{label: {seed: record}}, of the newest protocol of each model."""
  pools = {}
  for run in runs:
    pools.setdefault(run.label, []).extend(
      r
      for r in run.records["samples"]
      if r.get("split") == "test" and run.is_whole
    )
  return {
    label: {r.get("seed"): r for r in paper_tables.newest_group(pool)}
    for label, pool in pools.items()
    if pool
  }


def _panel(sampled: dict, metric: str, problem: str) -> panels.Panel:
  """An empty svg where no model has the metric."""
  lines = comparison_figures.per_frame_lines(
    list(sampled.items()), f"{metric}_per_step"
  )
  labels = [
    f"{label}: best of {_counts(seeds.values())}"
    for label, seeds in sampled.items()
  ]
  title = f"{problem}: {metric.upper()} per predicted step"
  return panels.Panel(
    title,
    plots.chart(
      lines, "step", _METRICS[metric], title, comparison_figures.range_of(lines)
    ),
    {line.color: labels[line.color] for line in lines},
  )


def _counts(records: Iterable[dict]) -> str:
  """How many samples the best is of, "/" between if seeds differ."""
  return "/".join(sorted({str(r.get("num_samples")) for r in records}))
