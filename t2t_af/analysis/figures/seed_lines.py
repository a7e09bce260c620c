"""Lines of models over seeds: thin for each seed, thick for their mean.

A curve is {x: value}; a model has {seed: curve}; its colour is its place among
the models.
"""

from collections.abc import Mapping, Sequence
import math
from typing import Optional

from t2t_af.analysis.charts import plots
from t2t_af.analysis.formats import is_number
from t2t_af.analysis.results.estimates import half_interval
from t2t_af.records import likelihood

_BARS_WIDTH = 0.6  # of a step: what the bars of all models take


def thin(per_seed: Mapping, color: int) -> list[plots.Line]:
  """A thin line for each seed."""
  return [
    plots.Line(list(curve), list(curve.values()), color, "thin")
    for curve in per_seed.values()
  ]


def mean(per_seed: Mapping) -> tuple[list, list, list]:
  """(x, mean, standard error) at the x that every seed has."""
  curves = list(per_seed.values())
  if not curves:
    return [], [], []
  x = [at for at in curves[0] if all(is_number(c.get(at)) for c in curves)]
  over_seeds = [likelihood.mean_and_stderr([c[at] for c in curves]) for at in x]
  return x, [m.mean for m in over_seeds], [m.stderr for m in over_seeds]


def training_curve(
  records: Sequence[dict], field: str, scale: float = 1.0
) -> dict:
  """{training step: `field` * scale}; one logged twice keeps its newest value.

  {} where no value is a number.
  """
  steps = [r for r in records if r.get("step") is not None]
  curve = {r["step"]: _times(r.get(field), scale) for r in steps}
  known = any(map(is_number, curve.values()))
  return dict(sorted(curve.items())) if known else {}


def per_step(
  models: Sequence[tuple], field: str, scale: float = 1.0
) -> list[plots.Line]:
  """The thick mean of each model over its seeds, with its interval.

  Of one or two models a band, and a thin line for each seed. More would cover
  each other: theirs are bars beside each other, of more than three each at
  every second or third step.

  Args:
    models: [(label, {seed: record})].
    field: of a record, [steps after those given].
    scale: of all values.
  """
  bands, lines, means = [], [], []
  shown = sum(bool(_step_curves(r, field, scale)) for _, r in models)
  are_many, every = shown > 2, max(1, shown // 2)
  for i, (_, records) in enumerate(models):
    per_seed = _step_curves(records, field, scale)
    x, y, stderr = mean(per_seed)
    if x:
      count = len(per_seed)
      if count == 1:
        (seed,) = per_seed
        stderr, count = _over_recordings(records[seed], field, scale, x)
      half = [half_interval(error, count) for error in stderr]
      sparse = [
        width if (at + i) % every == 0 else math.nan
        for at, width in zip(x, half)
      ]
      means.append(plots.Line(x, y, i))
      if are_many:
        beside = plots.dodged(x, i, len(models), _BARS_WIDTH).tolist()
        means.append(plots.Line(beside, y, i, "points", sparse))
      else:
        lines += thin(per_seed, i)
        bands.append(plots.Line(x, y, i, "band", half))
        means.append(plots.Line(x, y, i, "points"))
  return bands + lines + means


def range_of(lines: Sequence[plots.Line]) -> Optional[tuple[float, float]]:
  """Of the y axis: all lines, and intervals up to half as far again each way.

  With two seeds an interval is 12.7 standard errors to each side: it would
  press the lines together. None: no two values differ.
  """
  values = [y for line in lines for y in line.y if is_number(y)]
  edges = [
    y + sign * half
    for line in lines
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


def _step_curves(records: Mapping, field: str, scale: float) -> dict:
  """{seed: {step: value}} of {seed: record}, of those that have the field."""
  curves = {}
  for seed, r in records.items():
    values = r.get(field) or []
    if any(map(is_number, values)):
      first = (r.get("num_cond_steps") or 0) + 1
      curves[seed] = dict(
        enumerate((_times(v, scale) for v in values), start=first)
      )
  return curves


def _over_recordings(
  record: dict, field: str, scale: float, x: Sequence[int]
) -> tuple[list, int]:
  """(standard errors at x, recordings) of one seed.

  Records of version 0.2 and before have errors over contexts.
  """
  errors = _step_curves({0: record}, field + "_stderr", scale).get(0)
  if not errors:
    return [math.nan for _ in x], 0
  count = record.get("num_recordings") or record.get("num_contexts") or 0
  return [errors.get(step, math.nan) for step in x], count


def _times(value: Optional[float], scale: float) -> Optional[float]:
  return value * scale if is_number(value) else None
