"""Which curves a comparison has, each from its records.

Every figure comes with a caption that says what is shown and how it was
chosen; a figure with nothing to show is left out, and the report says so.
"""

from collections.abc import Sequence
import math
from typing import NamedTuple, Optional

from t2t_af.analysis import formats
from t2t_af.analysis.charts import plots
from t2t_af.analysis.formats import is_number
from t2t_af.analysis.results.comparison import Comparison
from t2t_af.analysis.results.comparison import half_interval
from t2t_af.records import likelihood

EARLY_SHARE = 0.1  # The first tenth of training may leave the chart.


class Curves(NamedTuple):
  """A chart, and the sets that have a line in it."""

  title: str
  svg: str
  caption: str
  sets: list


# Metric of samples -> label of the axis.
VIDEO_METRICS = {"psnr": "PSNR, dB", "ssim": "SSIM"}
SERIES_METRICS = {"rmse": "RMSE, standardised"}
_OVER_SEEDS = (
  "Shaded: 95 % interval of the mean over seeds (Student's t), "
  "cut off where it is far wider than all lines"
)
BAND = (
  f"{_OVER_SEEDS}; of one seed over contexts, where its record tells "
  "their spread."
)


def curves(comparison: Comparison) -> list[Curves]:
  """All charts that have something to show."""
  found = [
    learning(comparison),
    differences(comparison),
    nll_per_frame(comparison),
  ]
  found += [
    quality_per_frame(comparison, metric, label)
    for metric, label in _metrics(comparison).items()
  ]
  return [figure for figure in found if figure]


def titles(comparison: Comparison) -> list[str]:
  """Of the charts that a finished comparison has."""
  step = comparison.unit.step
  return [
    "Learning curves",
    "Difference while training",
    f"NLL per predicted {step}",
  ] + [
    f"{metric.upper()} per predicted {step}" for metric in _metrics(comparison)
  ]


def _metrics(comparison: Comparison) -> dict[str, str]:
  return SERIES_METRICS if comparison.unit.is_series else VIDEO_METRICS


def learning(comparison: Comparison) -> Optional[Curves]:
  """NLL against steps: training as lines, evaluation as points."""
  lines, sets = [], []
  points = []
  split = evaluation_split(comparison)
  for i, name in enumerate(comparison.sets):
    per_seed = _nll_per_seed(comparison, name, "training")
    scored = _nll_per_seed(comparison, name, "likelihood", split)
    lines += [
      plots.Line(
        list(c),
        list(c.values()),
        i,
        "thin",
        title=f"{comparison.label(name)}, seed {seed}",
      )
      for seed, c in per_seed.items()
    ]
    x, mean, _ = _mean_curve(per_seed)
    lines.append(plots.Line(x, mean, i, title=comparison.label(name)))
    x, mean, stderr = _mean_curve(scored)
    points.append(
      plots.Line(
        x,
        mean,
        i,
        "points",
        stderr,
        f"{comparison.label(name)}, evaluated on {split}",
      )
    )
    if per_seed or scored:
      sets.append(name)
  y_range, cut = _range_after_start(lines, points)
  svg = plots.chart(
    lines + points,
    "training step",
    comparison.unit.name,
    "Learning curves",
    y_range,
  )
  caption = (
    "Lines: NLL on training batches (thick: mean over seeds; thin: "
    f"one seed each). Markers: NLL on the {split} split, with the "
    "standard error over seeds."
  )
  if cut is not None:
    caption += (
      f" The start, up to {formats.number(cut, 2)} "
      f"{comparison.unit.name}, is cut off."
    )
  return Curves("Learning curves", svg, caption, sets) if svg else None


def differences(comparison: Comparison) -> Optional[Curves]:
  """NLL minus the first set's, seed by seed, at every evaluation."""
  split = evaluation_split(comparison)
  first = comparison.sets[0] if comparison.sets else ""
  base = _nll_per_seed(comparison, first, "likelihood", split)
  lines, sets = [], []
  for i, name in enumerate(comparison.sets[1:], start=1):
    ours = _nll_per_seed(comparison, name, "likelihood", split)
    per_seed = {
      seed: {x: c[x] - base[seed][x] for x in c if x in base[seed]}
      for seed, c in ours.items()
      if seed in base
    }
    x, mean, stderr = _mean_curve(per_seed)
    if len(x) < 2:
      continue
    sets.append(name)
    lines += [
      plots.Line(
        list(c),
        list(c.values()),
        i,
        "thin",
        title=f"{comparison.label(name)}, seed {seed}",
      )
      for seed, c in per_seed.items()
    ]
    lines += [
      plots.Line(x, mean, i, title=comparison.label(name)),
      plots.Line(x, mean, i, "points", stderr),
    ]
  if not lines:
    return None
  zero = plots.Line([lines[0].x[0]], [0.0], 0, "zero")
  return Curves(
    "Difference while training",
    plots.chart(
      [zero] + lines,
      "training step",
      f"difference, {comparison.unit.name}",
      "Difference while training",
    ),
    f"NLL on the {split} split minus that of {comparison.label(first)} under "
    "the same seed. Below the line at zero: better. Thin: one seed each; "
    "thick: mean, with its standard error over seeds.",
    sets,
  )


def nll_per_frame(comparison: Comparison) -> Optional[Curves]:
  """NLL of each predicted step given the true steps before it."""
  unit = comparison.unit
  return _per_frame(
    comparison,
    "likelihood",
    "nll_nats_per_dim_per_step",
    unit.name,
    f"NLL per predicted {unit.step}",
    f"NLL of each scored {unit.step} of the {comparison.split} split, given "
    f"the true {unit.step}s before it. Thin: one seed each; thick: mean. "
    f"{_OVER_SEEDS}.",
    unit.scale,
  )


def quality_per_frame(
  comparison: Comparison, metric: str, y_label: str
) -> Optional[Curves]:
  """PSNR, SSIM or RMSE of the best sample, by distance from the given steps."""
  step = comparison.unit.step
  return _per_frame(
    comparison,
    "samples",
    f"{metric}_per_step",
    y_label,
    f"{metric.upper()} per predicted {step}",
    f"{metric.upper()} of the best sample of each context against the "
    f"truth; the best is chosen by its mean over {step}s, so these curves "
    f"are better than a typical sample's. {BAND}",
  )


def evaluation_split(comparison: Comparison) -> str:
  """The split that was evaluated at most steps: usually dev."""
  steps = {}
  for run in comparison.runs.values():
    for r in run.likelihood:
      steps.setdefault(r.get("split"), set()).add(r.get("step"))
  return max(
    steps,
    key=lambda s: (len(steps[s]), s == comparison.split),
    default=comparison.split,
  )


def per_frame_lines(
  found: Sequence[tuple], field: str, scale: float = 1.0
) -> list[plots.Line]:
  """A band, thin lines of seeds and their thick mean for each model.

  Args:
    found: [(label, {seed: record})]; a model's colour is its place.
    field: of a record, [steps after those given].
    scale: of all values.
  """
  bands, lines, means = [], [], []
  for i, (label, records) in enumerate(found):
    per_seed = _curves_by_frame(records, field, scale)
    lines += [
      plots.Line(
        list(c), list(c.values()), i, "thin", title=f"{label}, seed {seed}"
      )
      for seed, c in per_seed.items()
    ]
    x, mean, stderr = _mean_curve(per_seed)
    if x:
      count = len(per_seed)
      if count == 1:
        stderr, count = _over_contexts(records, field, scale, x)
      bands.append(
        plots.Line(
          x, mean, i, "band", [half_interval(error, count) for error in stderr]
        )
      )
      means += [
        plots.Line(x, mean, i, title=label),
        plots.Line(x, mean, i, "points"),
      ]
  return bands + lines + means


def range_of(lines: Sequence[plots.Line]) -> Optional[tuple[float, float]]:
  """Of the y axis: all lines, and bands up to half as far again to each side.

  With two seeds an interval is 12.7 standard errors to each side: it would
  press the lines together. None: no two values differ.
  """
  values = [
    y for line in lines if line.style != "band" for y in line.y if is_number(y)
  ]
  edges = [
    y + sign * half
    for line in lines
    if line.style == "band"
    for y, half in zip(line.y, line.stderr)
    if is_number(y) and is_number(half)
    for sign in (-1.0, 1.0)
  ]
  if len(set(values)) < 2:
    return None
  low, high = min(values), max(values)
  reach = 0.5 * (high - low)
  low = max(low - reach, min(edges + [low]))
  high = min(high + reach, max(edges + [high]))
  return low - 0.1 * reach, high + 0.1 * reach


def _over_contexts(
  records: dict, field: str, scale: float, x: Sequence[int]
) -> tuple[list, int]:
  """(standard errors at x, contexts) of the one seed that has the field."""
  ((seed, of_steps),) = (
    _curves_by_frame(records, field + "_stderr", scale) or {None: {}}
  ).items()
  count = records[seed].get("num_contexts") if of_steps else None
  return [of_steps.get(step, math.nan) for step in x], count or 0


def _curves_by_frame(records: dict, field: str, scale: float) -> dict:
  """{seed: {step: value}} of {seed: record}, of those that have the field."""
  found = {}
  for seed, r in records.items():
    values = r.get(field) or []
    if any(map(is_number, values)):
      first = (r.get("num_cond_steps") or 0) + 1
      found[seed] = dict(enumerate(_times(values, scale), start=first))
  return found


def _per_frame(
  comparison: Comparison,
  kind: str,
  field: str,
  y_label: str,
  title: str,
  caption: str,
  scale: float = 1.0,
) -> Optional[Curves]:
  lines = per_frame_lines(
    [
      (comparison.label(name), comparison.final(name, kind))
      for name in comparison.sets
    ],
    field,
    scale,
  )
  svg = plots.chart(
    lines, comparison.unit.step, y_label, title, range_of(lines)
  )
  sets = [comparison.sets[i] for i in sorted({line.color for line in lines})]
  return Curves(title, svg, caption, sets) if svg else None


def _nll_per_seed(
  comparison: Comparison, name: str, kind: str, split: Optional[str] = None
) -> dict[int, dict]:
  """{seed: {training step: NLL}}; one logged twice keeps its newest value."""
  found = {}
  for seed, run in comparison.runs_of(name).items() if name else ():
    chosen = [
      r
      for r in getattr(run, kind)
      if r.get("step") is not None
      and (split is None or r.get("split") == split)
    ]
    values = _times(
      [r.get("nll_nats_per_dim") for r in chosen], comparison.unit.scale
    )
    curve = {r["step"]: value for r, value in zip(chosen, values)}
    if any(map(is_number, curve.values())):
      found[seed] = dict(sorted(curve.items()))
  return found


def _times(values: Sequence[Optional[float]], scale: float) -> list:
  return [v * scale if is_number(v) else None for v in values]


def _mean_curve(per_seed: dict[int, dict]) -> tuple[list, list, list]:
  """(x, mean, standard error) at the x that every seed has."""
  curves_ = list(per_seed.values())
  if not curves_:
    return [], [], []
  x = [
    step for step in curves_[0] if all(is_number(c.get(step)) for c in curves_)
  ]
  at = [likelihood.mean_and_stderr([c[step] for c in curves_]) for step in x]
  return x, [a.mean for a in at], [a.stderr for a in at]


def _range_after_start(
  lines: Sequence[plots.Line], points: Sequence[plots.Line]
):
  """(y range, highest value cut off or None): the start would flatten all."""
  both = [
    (x, y)
    for line in (*lines, *points)
    for x, y in zip(line.x, line.y)
    if is_number(y)
  ]
  if not both:
    return None, None
  start = EARLY_SHARE * max(x for x, _ in both)
  late = [y for x, y in both if x >= start]
  low, high = min(y for _, y in both), max(late)
  top = max(y for _, y in both)
  if top <= high or high == low:
    return None, None
  pad = 0.06 * (high - low)
  return (low - pad, high + pad), (top if top > high + pad else None)
