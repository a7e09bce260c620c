"""What a model loses on sequences it has not seen, by training data (Fig. 8c).

  gap = NLL of the test split - NLL of the training split

against the share of the training sequences that a run was trained on.
"""

import collections
from collections.abc import Sequence
from typing import NamedTuple

from t2t_af.analysis.charts import plots
from t2t_af.analysis.formats import is_number
from t2t_af.analysis.results.estimates import NLL
from t2t_af.analysis.results.folders import Run
from t2t_af.analysis.results.units import Unit
from t2t_af.analysis.results.units import unit_of
from t2t_af.records import likelihood

_X_LABEL = "share of the training sequences"


class Point(NamedTuple):
  """Of one model and share; means over seeds, in the table's unit."""

  fraction: float
  train: likelihood.MeanAndStderr
  test: likelihood.MeanAndStderr
  gap: likelihood.MeanAndStderr  # seed by seed, then averaged
  seeds: tuple


def curves(runs: Sequence[Run]) -> dict[str, list]:
  """{model: [Point], by share}, of seeds that have both splits.

  Both splits must be scored at the same training step.
  """
  scores = collections.defaultdict(dict)
  for run in runs:
    for record in run.scores("train", "test"):
      if is_number(record.get(NLL)):
        place = (
          run.label,
          record.get("train_fraction", 1.0),
          record.get("seed"),
        )
        scores[place].setdefault(record.get("step"), {})[record["split"]] = (
          record
        )
  pairs = collections.defaultdict(dict)
  for (label, fraction, seed), steps in scores.items():
    both = [step for step, splits in steps.items() if len(splits) == 2]
    if both:
      pairs[label, fraction][seed] = steps[max(both)]
  points = collections.defaultdict(list)
  for (label, fraction), seeds in sorted(pairs.items()):
    points[label].append(_point(fraction, seeds))
  return dict(points)


def gap_panel(curves_: dict[str, list], unit: Unit) -> plots.Panel:
  """The gap of every model against the share."""
  lines, legend = [], {}
  for color, (label, points) in enumerate(curves_.items()):
    lines += _line(points, [p.gap for p in points], color)
    legend[color] = label
  zero = plots.Line(
    [points[0].fraction for points in curves_.values()][:1], [0.0], 0, "zero"
  )
  title = "Generalisation gap by training data"
  return plots.Panel(
    title,
    [zero] + lines,
    _X_LABEL,
    f"test − train, {unit.name}",
    legend,
    whole_x=False,
  )


def nll_panel(curves_: dict[str, list], unit: Unit) -> plots.Panel:
  """NLL of both splits against the share: test thick, training dashed."""
  lines, legend = [], {}
  for color, (label, points) in enumerate(curves_.items()):
    x = [p.fraction for p in points]
    lines.append(plots.Line(x, [p.train.mean for p in points], color, "dashed"))
    lines += _line(points, [p.test for p in points], color)
    legend[color] = f"{label}: test (line, marks), training (dashed)"
  title = "NLL by training data"
  return plots.Panel(title, lines, _X_LABEL, unit.name, legend, whole_x=False)


def _line(points, values, color: int) -> list[plots.Line]:
  x, means = [p.fraction for p in points], [v.mean for v in values]
  return [
    plots.Line(x, means, color),
    plots.Line(x, means, color, "points", [v.stderr for v in values]),
  ]


def _point(fraction: float, seeds: dict) -> Point:
  """Of {seed: {split: record}}."""

  def over_seeds(value_of) -> likelihood.MeanAndStderr:
    return likelihood.mean_and_stderr(
      [value_of(pair) for pair in seeds.values()]
    )

  return Point(
    fraction,
    over_seeds(lambda pair: _nll(pair["train"])),
    over_seeds(lambda pair: _nll(pair["test"])),
    over_seeds(lambda pair: _nll(pair["test"]) - _nll(pair["train"])),
    tuple(sorted(seeds)),
  )


def _nll(record: dict) -> float:
  return record[NLL] * unit_of([record]).scale
