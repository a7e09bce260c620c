"""Which curves a comparison has, each from its records.

Every figure comes with a caption that says what is shown and how it was
chosen; a figure with nothing to show is left out, and the report says so.
"""

from typing import NamedTuple, Optional, Sequence

from t2t_af import likelihood
from t2t_af.analysis import formats
from t2t_af.analysis import plots
from t2t_af.analysis.comparison import Comparison, is_number

EARLY_SHARE = 0.1  # The first tenth of training may leave the chart.


class Curves(NamedTuple):
  """A chart, and the sets that have a line in it."""
  title: str
  svg: str
  caption: str
  sets: list


# Metric of samples -> label of the axis.
_VIDEO_METRICS = {"psnr": "PSNR, dB", "ssim": "SSIM"}
_SERIES_METRICS = {"rmse": "RMSE, standardised"}


def curves(comparison: Comparison) -> list[Curves]:
  """All charts that have something to show."""
  found = [learning(comparison), differences(comparison),
           nll_per_frame(comparison)]
  found += [quality_per_frame(comparison, metric, label)
            for metric, label in _metrics(comparison).items()]
  return [figure for figure in found if figure]


def titles(comparison: Comparison) -> list[str]:
  """Of the charts that a finished comparison has."""
  step = comparison.unit.step
  return ["Learning curves", "Difference while training",
          f"NLL per predicted {step}"] + [
              f"{metric.upper()} per predicted {step}"
              for metric in _metrics(comparison)]


def _metrics(comparison: Comparison) -> dict[str, str]:
  return _SERIES_METRICS if comparison.unit.is_series else _VIDEO_METRICS


def learning(comparison: Comparison) -> Optional[Curves]:
  """NLL against steps: training as lines, evaluation as points."""
  lines, sets = [], []
  points = []
  split = evaluation_split(comparison)
  for i, name in enumerate(comparison.sets):
    per_seed = _nll_per_seed(comparison, name, "training")
    scored = _nll_per_seed(comparison, name, "likelihood", split)
    lines += [plots.Line(list(c), list(c.values()), i, "thin",
                         title=f"{comparison.label(name)}, seed {seed}")
              for seed, c in per_seed.items()]
    x, mean, _ = _mean_curve(per_seed)
    lines.append(plots.Line(x, mean, i, title=comparison.label(name)))
    x, mean, stderr = _mean_curve(scored)
    points.append(plots.Line(
        x, mean, i, "points", stderr,
        f"{comparison.label(name)}, evaluated on {split}"))
    if per_seed or scored:
      sets.append(name)
  y_range, cut = _range_after_start(lines, points)
  svg = plots.chart(lines + points, "training step",
                    comparison.unit.name, "Learning curves", y_range)
  caption = ("Lines: NLL on training batches (thick: mean over seeds; thin: "
             f"one seed each). Markers: NLL on the {split} split, with the "
             "standard error over seeds.")
  if cut is not None:
    caption += (f" The start, up to {formats.number(cut, 2)} "
                f"{comparison.unit.name}, is cut off.")
  return Curves("Learning curves", svg, caption, sets) if svg else None


def differences(comparison: Comparison) -> Optional[Curves]:
  """NLL minus the first set's, seed by seed, at every evaluation."""
  split = evaluation_split(comparison)
  first = comparison.sets[0] if comparison.sets else ""
  base = _nll_per_seed(comparison, first, "likelihood", split)
  lines, sets = [], []
  for i, name in enumerate(comparison.sets[1:], start=1):
    ours = _nll_per_seed(comparison, name, "likelihood", split)
    per_seed = {seed: {x: c[x] - base[seed][x] for x in c if x in base[seed]}
                for seed, c in ours.items() if seed in base}
    x, mean, stderr = _mean_curve(per_seed)
    if len(x) < 2:
      continue
    sets.append(name)
    lines += [plots.Line(list(c), list(c.values()), i, "thin",
                         title=f"{comparison.label(name)}, seed {seed}")
              for seed, c in per_seed.items()]
    lines += [plots.Line(x, mean, i, title=comparison.label(name)),
              plots.Line(x, mean, i, "points", stderr)]
  if not lines:
    return None
  zero = plots.Line([lines[0].x[0]], [0.], 0, "zero")
  return Curves(
      "Difference while training",
      plots.chart([zero] + lines, "training step",
                  f"difference, {comparison.unit.name}",
                  "Difference while training"),
      f"NLL on the {split} split minus that of {comparison.label(first)} under "
      "the same seed. Below the line at zero: better. Thin: one seed each; "
      "thick: mean, with its standard error over seeds.", sets)


def nll_per_frame(comparison: Comparison) -> Optional[Curves]:
  """NLL of each predicted step given the true steps before it."""
  unit = comparison.unit
  return _per_frame(
      comparison, "likelihood", "nll_nats_per_dim_per_frame", unit.name,
      f"NLL per predicted {unit.step}",
      f"NLL of each scored {unit.step} of the {comparison.split} split, given "
      f"the true {unit.step}s before it. Thin: one seed each; thick: mean.",
      unit.scale)


def quality_per_frame(comparison: Comparison, metric: str, y_label: str
                     ) -> Optional[Curves]:
  """PSNR, SSIM or RMSE of the best sample, by distance from the given steps."""
  step = comparison.unit.step
  return _per_frame(
      comparison, "samples", f"{metric}_per_frame", y_label,
      f"{metric.upper()} per predicted {step}",
      f"{metric.upper()} of the best sample of each context against the "
      f"truth; the best is chosen by its mean over {step}s, so these curves "
      "are better than a typical sample's.")


def evaluation_split(comparison: Comparison) -> str:
  """The split that was evaluated at most steps: usually dev."""
  steps = {}
  for run in comparison.runs.values():
    for r in run.likelihood:
      steps.setdefault(r.get("split"), set()).add(r.get("step"))
  return max(steps, key=lambda s: (len(steps[s]), s == comparison.split),
             default=comparison.split)


def _per_frame(comparison: Comparison, kind: str, field: str, y_label: str,
               title: str, caption: str, scale: float = 1.
              ) -> Optional[Curves]:
  lines, means, sets = [], [], []
  for i, name in enumerate(comparison.sets):
    per_seed = {}
    for seed, r in comparison.final(name, kind).items():
      first = (r.get("num_cond_frames") or 0) + 1
      values = r.get(field) or []
      if any(map(is_number, values)):
        per_seed[seed] = dict(enumerate(_times(values, scale), start=first))
    lines += [plots.Line(list(c), list(c.values()), i, "thin",
                         title=f"{comparison.label(name)}, seed {seed}")
              for seed, c in per_seed.items()]
    x, mean, stderr = _mean_curve(per_seed)
    if x:
      sets.append(name)
      means += [plots.Line(x, mean, i, title=comparison.label(name)),
                plots.Line(x, mean, i, "points", stderr)]
  svg = plots.chart(lines + means, comparison.unit.step, y_label, title)
  return Curves(title, svg, caption, sets) if svg else None


def _nll_per_seed(comparison: Comparison, name: str, kind: str,
                  split: Optional[str] = None) -> dict[int, dict]:
  """{seed: {training step: NLL}}; one logged twice keeps its newest value."""
  found = {}
  for seed, run in comparison.runs_of(name).items() if name else ():
    chosen = [r for r in getattr(run, kind) if r.get("step") is not None and
              (split is None or r.get("split") == split)]
    values = _times([r.get("nll_nats_per_dim") for r in chosen],
                    comparison.unit.scale)
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
  x = [step for step in curves_[0]
       if all(is_number(c.get(step)) for c in curves_)]
  at = [likelihood.mean_and_stderr([c[step] for c in curves_]) for step in x]
  return x, [a.mean for a in at], [a.stderr for a in at]


def _range_after_start(lines: Sequence[plots.Line],
                       points: Sequence[plots.Line]):
  """(y range, highest value cut off or None): the start would flatten all."""
  both = [(x, y) for line in (*lines, *points)
          for x, y in zip(line.x, line.y) if is_number(y)]
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
