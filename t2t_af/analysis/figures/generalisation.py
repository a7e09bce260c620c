"""What a model loses on sequences it has not seen, by training data (Fig. 8c).

  gap = NLL of the test split - NLL of the training split

against the share of the training sequences that a run was trained on.
"""

import collections
from collections.abc import Sequence
from typing import NamedTuple

from t2t_af.analysis.charts import plots
from t2t_af.analysis.figures import figure_parts
from t2t_af.analysis.results import selection
from t2t_af.analysis.results.estimates import NLL
from t2t_af.analysis.results.folders import Run
from t2t_af.analysis.results.units import Unit
from t2t_af.analysis.results.units import unit_of
from t2t_af.records import likelihood

_X_LABEL = "share of the training sequences"


class Point(NamedTuple):
  """Of one model and share; {seed: NLL} in the table's unit."""

  fraction: float
  train: dict
  test: dict

  @property
  def gap(self) -> dict:
    """test - train of each seed."""
    return {seed: self.test[seed] - self.train[seed] for seed in self.test}


def curves(runs: Sequence[Run]) -> dict[str, list]:
  """{model: [Point], by share}, of seeds that have both splits.

  Of each run the last two records that were scored at one training step and
  under one noise.
  """
  pairs = collections.defaultdict(dict)
  for run in runs:
    both = selection.of_both_splits(run.scores("train", "test"), NLL)
    if both:
      record = both["test"]
      fraction = record.get("train_fraction") or 1.0
      pairs[run.label, fraction][record.get("seed") or 0] = both
  points = collections.defaultdict(list)
  order = figure_parts.colors(runs)
  by_model = sorted(pairs.items(), key=lambda p: (order[p[0][0]], p[0][1]))
  for (label, fraction), seeds in by_model:
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
    lines += _joined(points, [p.train for p in points], color, "dashed")
    lines += _line(points, [p.test for p in points], color)
    legend[color] = label
  title = "NLL by training data"
  return plots.Panel(title, lines, _X_LABEL, unit.name, legend, whole_x=False)


def _line(points, values: Sequence[dict], color: int) -> list[plots.Line]:
  """Marks of all seeds of a share; a line through those that every share has.

  A line from one seed's value to a mean over three would show as an effect of
  the share what is one of the seeds.
  """
  over_seeds = [likelihood.mean_and_stderr(list(v.values())) for v in values]
  return _joined(points, values, color) + [
    plots.Line(
      [p.fraction for p in points],
      [v.mean for v in over_seeds],
      color,
      "points",
      [v.stderr for v in over_seeds],
    )
  ]


def _joined(
  points, values: Sequence[dict], color: int, style: str = "thick"
) -> list[plots.Line]:
  """The mean over the seeds that every share has."""
  seeds = set.intersection(*map(set, values))
  if not seeds:
    return []
  means = [sum(v[seed] for seed in seeds) / len(seeds) for v in values]
  return [plots.Line([p.fraction for p in points], means, color, style)]


def _point(fraction: float, seeds: dict) -> Point:
  """Of {seed: {split: record}}."""
  train, test = (
    {seed: _nll(seeds[seed][split]) for seed in sorted(seeds)}
    for split in ("train", "test")
  )
  return Point(fraction, train, test)


def _nll(record: dict) -> float:
  return record[NLL] * unit_of([record]).scale
