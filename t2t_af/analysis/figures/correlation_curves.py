"""Temporal correlation during training: of the noise (Fig. 5b), of latents."""

from collections.abc import Sequence
from typing import Optional

from t2t_af.analysis.charts import plots
from t2t_af.analysis.figures import figure_parts
from t2t_af.analysis.figures import seed_lines
from t2t_af.analysis.results import selection
from t2t_af.analysis.results.folders import Run

LABEL = "temporal correlation (Eq. 23)"
_UP = "⁰¹²³⁴⁵⁶⁷⁸⁹"


def of_noise(runs: Sequence[Run]) -> Optional[figure_parts.Part]:
  """Fig. 5b, a chart per problem; None where nothing was evaluated twice."""
  charts = [
    noise_panel(figure_parts.of_problem(runs, problem))
    for problem in figure_parts.problems(runs)
  ]
  return _part(
    "b",
    "Temporal correlation of the noise during training. One line per seed. "
    "Scored steps alone.",
    charts,
  )


def of_latents(runs: Sequence[Run]) -> Optional[figure_parts.Part]:
  """Of u by level, a chart per problem and model; None as `of_noise`."""
  charts = [
    latent_panel(of_model)
    for problem in figure_parts.problems(runs)
    for of_model in _by_model(figure_parts.of_problem(runs, problem))
  ]
  return _part(
    "d",
    "Temporal correlation of the noise u of the latents by level during "
    "training, level 0 the finest (not in the paper). One line per seed.",
    charts,
  )


def noise_panel(runs: Sequence[Run]) -> plots.Panel:
  """Correlation of the last transform's noise at every evaluation.

  Of runs on one problem, on the split that was evaluated at most steps.
  Without data where no run was evaluated at two steps.
  """
  split = _split(runs)
  lines, legend, colors = [], {}, figure_parts.colors(runs)
  for run in runs:
    curves = _curves(run, split, "y")
    last = max(curves, default="")
    if last:
      color = colors[run.label]
      legend[color] = f"{run.label}: {noise(last)}"
      lines += _lines(run, curves[last], color)
  title = f"{runs[0].problem}, {split} split, during training"
  return _panel(title, lines, legend)


def latent_panel(runs: Sequence[Run]) -> plots.Panel:
  """Correlation of u of every level at every evaluation; of one model.

  Split, and without data, as `noise_panel`.
  """
  split = _split(runs)
  lines, legend = [], {}
  for run in runs:
    for signal, curve in sorted(_curves(run, split, "u").items()):
      level = int(signal[1:])
      legend[level] = f"u, level {level}"
      lines += _lines(run, curve, level)
  return _panel(
    f"{runs[0].label}, {runs[0].problem}, {split} split", lines, legend
  )


def noise(signal: str) -> str:
  """ "y2" -> "y²"."""
  return "y" + "".join(_UP[int(digit)] for digit in signal[1:])


def _by_model(runs: Sequence[Run]) -> list[list[Run]]:
  by_label = {}
  for run in runs:
    by_label.setdefault(run.label, []).append(run)
  return list(by_label.values())


def _split(runs: Sequence[Run]) -> str:
  return selection.most_evaluated_split(
    r for run in runs for r in run.records["correlation"]
  )


def _curves(run: Run, split: str, letter: str) -> dict[str, dict]:
  """{signal: {training step: correlation}}, of two steps or more."""
  found = {}
  for r in selection.of_usual_noise(run.records["correlation"]):
    if r.get("split") == split and r.get("signal", "")[:1] == letter:
      found.setdefault(r["signal"], []).append(r)
  curves = {
    signal: seed_lines.training_curve(records, "correlation")
    for signal, records in found.items()
  }
  return {signal: curve for signal, curve in curves.items() if len(curve) > 1}


def _lines(run: Run, curve: dict, color: int) -> list[plots.Line]:
  return [
    line._replace(style=style)
    for line in seed_lines.thin({run.seed: curve}, color)
    for style in ("thin", "points")
  ]


def _panel(title: str, lines: list, legend: dict) -> plots.Panel:
  zero = [plots.Line(lines[0].x[:1], [0.0], 0, "zero")] if lines else []
  return plots.Panel(title, zero + lines, "training step", LABEL, legend)


def _part(
  letter: str, words: str, charts: Sequence[plots.Panel]
) -> Optional[figure_parts.Part]:
  shown = [chart for chart in charts if chart.has_data]
  if not shown:
    return None
  return figure_parts.Part(f"figure_5{letter}.svg", words, charts=shown)
