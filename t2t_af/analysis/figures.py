"""Which curves and pictures a comparison has, each from records and arrays.

Every figure comes with a caption that says what is shown and how it was
chosen; a figure with nothing to show is left out, and the report says so.
"""

from typing import NamedTuple, Optional, Sequence

import numpy as np

from t2t_af import likelihood
from t2t_af.analysis import formats
from t2t_af.analysis import pictures
from t2t_af.analysis import plots
from t2t_af.analysis import samples as samples_lib
from t2t_af.analysis.comparison import Comparison, is_number

EARLY_SHARE = 0.1  # The first tenth of training may leave the chart.
NUM_CONTEXTS = 3


class Curves(NamedTuple):
  """A chart, and the sets that have a line in it."""
  title: str
  svg: str
  caption: str
  sets: list


class Pictures(NamedTuple):
  """One context: a strip (PNG) and an animation (GIF)."""
  title: str
  caption: str
  strip: bytes
  animation: bytes


def curves(comparison: Comparison) -> list[Curves]:
  """All charts that have something to show."""
  found = [learning(comparison), differences(comparison),
           nll_per_frame(comparison),
           quality_per_frame(comparison, "psnr", "PSNR, dB"),
           quality_per_frame(comparison, "ssim", "SSIM")]
  return [figure for figure in found if figure]


def learning(comparison: Comparison) -> Optional[Curves]:
  """NLL against steps: training as lines, evaluation as points."""
  lines, sets = [], []
  points = []
  split = evaluation_split(comparison)
  for i, name in enumerate(comparison.sets):
    per_seed = _per_seed(comparison, name, "training", "nll_nats_per_dim")
    scored = _per_seed(comparison, name, "likelihood", "nll_nats_per_dim",
                       split)
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
  svg = plots.chart(lines + points, "training step", "nats/dim",
                    "Learning curves", y_range)
  caption = ("Lines: NLL on training batches (thick: mean over seeds; thin: "
             f"one seed each). Markers: NLL on the {split} split, with the "
             "standard error over seeds.")
  if cut is not None:
    caption += (f" The start, up to {formats.number(cut, 2)} nats/dim, is "
                "cut off.")
  return Curves("Learning curves", svg, caption, sets) if svg else None


def differences(comparison: Comparison) -> Optional[Curves]:
  """NLL minus the first set's, seed by seed, at every evaluation."""
  split = evaluation_split(comparison)
  first = comparison.sets[0] if comparison.sets else ""
  base = _per_seed(comparison, first, "likelihood", "nll_nats_per_dim", split)
  lines, sets = [], []
  for i, name in enumerate(comparison.sets[1:], start=1):
    ours = _per_seed(comparison, name, "likelihood", "nll_nats_per_dim", split)
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
                  "difference, nats/dim", "Difference while training"),
      f"NLL on the {split} split minus that of {comparison.label(first)} under "
      "the same seed. Below the line at zero: better. Thin: one seed each; "
      "thick: mean, with its standard error over seeds.", sets)


def nll_per_frame(comparison: Comparison) -> Optional[Curves]:
  """NLL of each predicted frame given the true frames before it."""
  return _per_frame(
      comparison, "likelihood", "nll_nats_per_dim_per_frame", "nats/dim",
      "NLL per predicted frame",
      f"NLL of each scored frame of the {comparison.split} split, given the "
      "true frames before it. Thin: one seed each; thick: mean.")


def quality_per_frame(comparison: Comparison, metric: str, y_label: str
                     ) -> Optional[Curves]:
  """PSNR or SSIM of the best sample, by distance from the given frames."""
  return _per_frame(
      comparison, "samples", f"{metric}_per_frame", y_label,
      f"{metric.upper()} per predicted frame",
      f"{metric.upper()} of the best sample of each context against the "
      "truth; the best is chosen by its mean over frames, so these curves "
      "are higher than a typical sample's.")


def context_pictures(comparison: Comparison,
                     num_contexts: int = NUM_CONTEXTS) -> list[Pictures]:
  """Truth and the first sample of every set, from the same given frames."""
  if not comparison.seeds:
    return []
  seed = comparison.seeds[0]
  loaded = {name: samples_lib.read(comparison.runs[name, seed].samples_path,
                                   num_contexts) for name in comparison.sets}
  loaded = {name: found for name, found in loaded.items() if found}
  if not loaded:
    return []
  truth = next(iter(loaded.values()))
  return [_context(comparison, loaded, truth, context, seed)
          for context in range(len(truth.inputs))]


def evaluation_split(comparison: Comparison) -> str:
  """The split that was evaluated at most steps: usually dev."""
  steps = {}
  for run in comparison.runs.values():
    for r in run.likelihood:
      steps.setdefault(r.get("split"), set()).add(r.get("step"))
  return max(steps, key=lambda s: (len(steps[s]), s == comparison.split),
             default=comparison.split)


def _context(comparison, loaded, truth, context, seed) -> Pictures:
  given = truth.inputs[context]
  rows = [pictures.Row("Truth", np.concatenate(
      [given, truth.targets[context]]))]
  left_out = []
  for name in comparison.sets:
    found = loaded.get(name)
    if found is None or context >= len(found.inputs):
      left_out.append(f"{comparison.label(name)}: not run")
    elif not np.array_equal(found.inputs[context], given):
      left_out.append(f"{comparison.label(name)}: sampled from other frames")
    else:
      rows.append(pictures.Row(comparison.label(name), np.concatenate(
          [given, found.outputs[context, 0]])))
  caption = (f"Seed {seed}, the first sample of each set, not chosen. Frames "
             "with an orange border were given.")
  if left_out:
    caption += f" Left out: {'; '.join(left_out)}."
  return Pictures(f"Sequence {context + 1}", caption,
                  pictures.png(pictures.strip(rows, len(given))),
                  pictures.animation(rows, len(given)))


def _per_frame(comparison: Comparison, kind: str, field: str, y_label: str,
               title: str, caption: str) -> Optional[Curves]:
  lines, means, sets = [], [], []
  for i, name in enumerate(comparison.sets):
    per_seed = {}
    for seed, r in comparison.final(name, kind).items():
      first = (r.get("num_cond_frames") or 0) + 1
      values = r.get(field) or []
      if any(map(is_number, values)):
        per_seed[seed] = dict(enumerate(values, start=first))
    lines += [plots.Line(list(c), list(c.values()), i, "thin",
                         title=f"{comparison.label(name)}, seed {seed}")
              for seed, c in per_seed.items()]
    x, mean, stderr = _mean_curve(per_seed)
    if x:
      sets.append(name)
      means += [plots.Line(x, mean, i, title=comparison.label(name)),
                plots.Line(x, mean, i, "points", stderr)]
  svg = plots.chart(lines + means, "frame", y_label, title)
  return Curves(title, svg, caption, sets) if svg else None


def _per_seed(comparison: Comparison, name: str, kind: str, field: str,
              split: Optional[str] = None) -> dict[int, dict]:
  """{seed: {step: value}}; a step logged twice keeps its newest value."""
  found = {}
  for seed, run in comparison.runs_of(name).items() if name else ():
    curve = {r["step"]: r.get(field) for r in getattr(run, kind)
             if r.get("step") is not None and
             (split is None or r.get("split") == split)}
    if any(map(is_number, curve.values())):
      found[seed] = dict(sorted(curve.items()))
  return found


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
