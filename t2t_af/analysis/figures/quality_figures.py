"""How near samples come to what happened, frame by frame (not in the paper).

PSNR and SSIM of video, RMSE of series, of the best of N samples of each
context, from samples records.
"""

from collections.abc import Iterable, Sequence

from t2t_af.analysis.charts import plots
from t2t_af.analysis.figures import comparison_figures
from t2t_af.analysis.figures import figure_parts
from t2t_af.analysis.figures import seed_lines
from t2t_af.analysis.results import selection
from t2t_af.analysis.results.folders import Results
from t2t_af.analysis.results.folders import Run

TITLE = "Samples against the truth"
_METRICS = {
  **comparison_figures.VIDEO_METRICS,
  **comparison_figures.SERIES_METRICS,
}


def parts(results: Results) -> list[figure_parts.Part]:
  """A sheet per problem: a chart per metric, a line per model.

  Raises:
    UserError: if no run was sampled on the test split.
  """
  made = []
  for problem in figure_parts.problems(results.runs):
    sampled = _sampled(figure_parts.of_problem(results.runs, problem))
    charts = [_panel(sampled, metric, problem) for metric in _METRICS]
    charts = [chart for chart in charts if chart.has_data]
    if charts:
      made.append(
        figure_parts.Part(
          f"figure_quality_{problem}.svg",
          f"{problem}: the best sample of each context of the test split "
          "against the truth, by distance from what was given; better than a "
          "typical sample. Lines: mean over seeds. "
          f"{comparison_figures.BAND}",
          charts=charts,
        )
      )
  return made or figure_parts.raise_missing(
    "quality",
    "samples record of the test split",
    "t2t-decoder, or t2t-af compare",
  )


def _sampled(runs: Sequence[Run]) -> dict:
  """{label: {seed: record}}, of the newest protocol of each model.

  Empty where it has none: the others keep their colours.
  """
  pools = {}
  for run in runs:
    pools.setdefault(run.label, []).extend(
      r
      for r in run.records["samples"]
      if r.get("split") == "test" and run.uses_all_training_data
    )
  return {
    label: {r.get("seed"): r for r in selection.newest_group(pool)}
    if pool
    else {}
    for label, pool in pools.items()
  }


def _panel(sampled: dict, metric: str, problem: str) -> plots.Panel:
  """Without data where no model has the metric."""
  lines = seed_lines.per_step(list(sampled.items()), f"{metric}_per_step")
  labels = [
    f"{label}: best of {_counts(seeds.values())}"
    for label, seeds in sampled.items()
  ]
  title = f"{problem}: {metric.upper()} per predicted step"
  return plots.Panel(
    title,
    lines,
    "step",
    _METRICS[metric],
    {line.color: labels[line.color] for line in lines},
    seed_lines.range_of(lines),
  )


def _counts(records: Iterable[dict]) -> str:
  """How many samples the best is of, "/" between if seeds differ."""
  return "/".join(sorted({str(r.get("num_samples")) for r in records}))
