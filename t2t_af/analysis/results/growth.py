"""How time and memory grow, from the records of `bench growth`."""

from collections.abc import Iterable, Sequence
import math
from typing import Any, NamedTuple

import numpy as np


class Point(NamedTuple):
  """What was measured at one size.

  Attributes:
    part: what grows: frames, batch ...
    what: is run: a training step, an evaluation ...
    hparams_set: of the model.
    x: the size.
    start_cpu: processor seconds from nothing to the first run done.
    run_cpu: those of a later run.
    memory: MiB at the peak.
  """

  part: str
  what: str
  hparams_set: str
  x: float
  start_cpu: float
  run_cpu: float
  memory: float


def points(records: Iterable[dict[str, Any]]) -> list[Point]:
  """Medians over rounds, in the records' order; of equal points the last."""
  found = {}
  for record in records:
    if record.get("bench") == "growth":
      point = Point(
        *(record[name] for name in Point._fields[:4]),
        *(float(np.median(record[name])) for name in Point._fields[4:]),
      )
      found[point[:4]] = point
  return list(found.values())


def curves(found: Sequence[Point]) -> dict[tuple[str, str], list[Point]]:
  """{(part, hparams set): its points, x rising}."""
  by_curve: dict[tuple[str, str], list[Point]] = {}
  for point in sorted(found, key=lambda point: point.x):
    by_curve.setdefault((point.part, point.hparams_set), []).append(point)
  order = list(dict.fromkeys((p.part, p.hparams_set) for p in found))
  return {key: by_curve[key] for key in order}


def exponent(curve: Sequence[Point], field: str) -> float:
  """p of x^p between the ends of a curve; NaN of a single point."""
  first, last = curve[0], curve[-1]
  if first.x == last.x:
    return math.nan
  ratio = getattr(last, field) / getattr(first, field)
  return math.log(ratio) / math.log(last.x / first.x)
