"""Which curves a comparison has, each from its records.

Every figure comes with a caption that says what is shown and how it was
chosen; a figure with nothing to show is left out, and the report says so.
"""

from collections.abc import Sequence
from typing import NamedTuple, Optional

from t2t_af.analysis import formats
from t2t_af.analysis.charts import plots
from t2t_af.analysis.figures import seed_lines
from t2t_af.analysis.formats import is_number
from t2t_af.analysis.results import selection
from t2t_af.analysis.results.comparison import Comparison
from t2t_af.analysis.results.estimates import NLL

EARLY_SHARE = 0.1  # The first tenth of training may leave the chart.
USUAL_SHARE = 0.9  # Of later values; a spike is so many times their height.
_SPIKE = 3.0
# Metric of samples -> label of the axis.
VIDEO_METRICS = {"psnr": "PSNR, dB", "ssim": "SSIM"}
SERIES_METRICS = {"rmse": "RMSE, standardised"}
_LEARNING, _DIFFERENCE = "Learning curves", "Difference while training"
_OVER_SEEDS = (
  "Shaded, or bars (of more than three models at some steps of each): 95 % "
  "interval of the mean over seeds (Student's t), cut off where it is far "
  "wider than all lines"
)
BAND = (
  f"{_OVER_SEEDS}; of one seed over contexts, where its record has "
  "their spread."
)


class Curves(NamedTuple):
  """A chart and its caption."""

  chart: plots.Panel
  caption: str


def curves(comparison: Comparison) -> list[Curves]:
  """All charts that have something to show."""
  charts = [
    learning(comparison),
    differences(comparison),
    nll_per_step(comparison),
  ]
  charts += [
    quality_per_step(comparison, metric, label)
    for metric, label in _metrics(comparison).items()
  ]
  return [chart for chart in charts if chart]


def titles(comparison: Comparison) -> list[str]:
  """Of the charts that a finished comparison has."""
  step = comparison.unit.step
  return [_LEARNING, _DIFFERENCE, f"NLL per predicted {step}"] + [
    f"{metric.upper()} per predicted {step}" for metric in _metrics(comparison)
  ]


def evaluation_split(comparison: Comparison) -> str:
  """The split that was evaluated at most steps: usually dev."""
  return selection.most_evaluated_split(
    comparison.likelihoods(), comparison.split
  )


def learning(comparison: Comparison) -> Optional[Curves]:
  """NLL against steps: training as lines, evaluation as points."""
  lines, points, legend = [], [], {}
  split = evaluation_split(comparison)
  for i, name in enumerate(comparison.sets):
    trained = _nll_per_seed(comparison, name, "training")
    scored = _nll_per_seed(comparison, name, "likelihood", split)
    x, y, _ = seed_lines.mean(trained)
    lines += seed_lines.thin(trained, i)
    lines.append(plots.Line(x, y, i))
    x, y, stderr = seed_lines.mean(scored)
    points.append(plots.Line(x, y, i, "points", stderr))
    if trained or scored:
      legend[i] = comparison.label(name)
  y_range, cut, what = _range_after_start(lines + points)
  caption = (
    "Lines: NLL on training batches (thick: mean over seeds; thin: "
    f"one seed each). Markers: NLL on the {split} split, with the "
    "standard error over seeds."
  )
  unit = comparison.unit.name
  if cut is not None:
    caption += f" {what}, up to {formats.number(cut, 2)} {unit}, is cut off."
  return _drawn(
    lines + points, "training step", unit, _LEARNING, y_range, caption, legend
  )


def differences(comparison: Comparison) -> Optional[Curves]:
  """NLL minus the first set's, seed by seed, at every evaluation."""
  split = evaluation_split(comparison)
  per_set = {
    name: _nll_per_seed(comparison, name, "likelihood", split)
    for name in comparison.sets
  }
  first, *others = comparison.sets or [""]
  lines, legend = [], {}
  for i, name in enumerate(others, start=1):
    per_seed = _minus(per_set[name], per_set[first])
    x, y, stderr = seed_lines.mean(per_seed)
    if len(x) < 2:
      continue
    legend[i] = comparison.label(name)
    lines += seed_lines.thin(per_seed, i)
    lines += [plots.Line(x, y, i), plots.Line(x, y, i, "points", stderr)]
  if not lines:
    return None
  zero = plots.Line([lines[0].x[0]], [0.0], 0, "zero")
  return _drawn(
    [zero] + lines,
    "training step",
    f"difference, {comparison.unit.name}",
    _DIFFERENCE,
    None,
    f"NLL on the {split} split minus that of {comparison.label(first)} under "
    "the same seed. Below the line at zero: better. Thin: one seed each; "
    "thick: mean, with its standard error over seeds.",
    legend,
  )


def nll_per_step(comparison: Comparison) -> Optional[Curves]:
  """NLL of each predicted step given the true steps before it."""
  unit = comparison.unit
  return _per_step(
    comparison,
    "likelihood",
    NLL + "_per_step",
    unit.name,
    f"NLL per predicted {unit.step}",
    f"NLL of each scored {unit.step} of the {comparison.split} split, given "
    f"the true {unit.step}s before it. Lines: mean over seeds. "
    f"{_OVER_SEEDS}.",
    unit.scale,
  )


def quality_per_step(
  comparison: Comparison, metric: str, y_label: str
) -> Optional[Curves]:
  """PSNR, SSIM or RMSE of the best sample, by distance from the given steps."""
  step = comparison.unit.step
  return _per_step(
    comparison,
    "samples",
    f"{metric}_per_step",
    y_label,
    f"{metric.upper()} per predicted {step}",
    f"{metric.upper()} of the best sample of each context against the "
    f"truth; the best is chosen by its mean over {step}s, so these curves "
    f"are better than a typical sample's. {BAND}",
  )


def _metrics(comparison: Comparison) -> dict[str, str]:
  return SERIES_METRICS if comparison.unit.is_series else VIDEO_METRICS


def _per_step(
  comparison: Comparison,
  kind: str,
  field: str,
  y_label: str,
  title: str,
  caption: str,
  scale: float = 1.0,
) -> Optional[Curves]:
  models = [
    (comparison.label(name), comparison.final(name, kind))
    for name in comparison.sets
  ]
  lines = seed_lines.per_step(models, field, scale)
  return _drawn(
    lines,
    comparison.unit.step,
    y_label,
    title,
    seed_lines.range_of(lines),
    caption,
    {i: models[i][0] for i in sorted({line.color for line in lines})},
  )


def _drawn(
  lines: Sequence[plots.Line],
  x_label: str,
  y_label: str,
  title: str,
  y_range: Optional[tuple[float, float]],
  caption: str,
  legend: dict,
) -> Optional[Curves]:
  """None where there is nothing to draw."""
  chart = plots.Panel(title, lines, x_label, y_label, legend, y_range)
  return Curves(chart, caption) if chart.has_data else None


def _nll_per_seed(
  comparison: Comparison, name: str, kind: str, split: Optional[str] = None
) -> dict[int, dict]:
  """{seed: {training step: NLL}}, of seeds that have a finite one."""
  curves_ = {
    seed: seed_lines.training_curve(
      [r for r in run.records[kind] if split in (None, r.get("split"))],
      NLL,
      comparison.unit.scale,
    )
    for seed, run in comparison.runs_of(name).items()
  }
  return {seed: curve for seed, curve in curves_.items() if curve}


def _minus(ours: dict, theirs: dict) -> dict:
  """{seed: {step: ours - theirs}}, of seeds and steps that both have."""
  return {
    seed: {
      step: curve[step] - theirs[seed][step]
      for step in curve
      if is_number(curve[step]) and is_number(theirs[seed].get(step))
    }
    for seed, curve in ours.items()
    if seed in theirs
  }


def _range_after_start(
  lines: Sequence[plots.Line],
) -> tuple[Optional[tuple[float, float]], Optional[float], str]:
  """(y range, highest value cut off or None, what is): these flatten all."""
  points = [
    (x, y) for line in lines for x, y in zip(line.x, line.y) if is_number(y)
  ]
  if not points:
    return None, None, ""
  start = EARLY_SHARE * max(x for x, _ in points)
  late = sorted(y for x, y in points if x >= start)
  low, high = min(y for _, y in points), late[-1]
  top, what = max(y for _, y in points), "The start"
  usual = late[int(USUAL_SHARE * (len(late) - 1))]
  if high - low > _SPIKE * (usual - low) > 0.0:
    high, what = low + _SPIKE * (usual - low), "The start, and every spike"
  if top <= high or high == low:
    return None, None, ""
  pad = 0.06 * (high - low)
  return (low - pad, high + pad), (top if top > high + pad else None), what
