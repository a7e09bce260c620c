"""Temporal correlation of data and noise: bars, training curves (Fig. 5).

From correlation records, one per run, evaluation and signal:

  "x" the data, "y1", "y2" ... the noise of each transform,
  "z0", "u0" ... latents of a level before and after the latent flow
"""

import collections
from collections.abc import Iterable, Sequence
import math
import re
from typing import NamedTuple

from t2t_af.analysis.charts import bars
from t2t_af.analysis.charts import panels
from t2t_af.analysis.charts import plots
from t2t_af.analysis.formats import is_number
from t2t_af.analysis.results.found_runs import FoundRun
from t2t_af.records import likelihood

X_LABEL = "temporal correlation (Eq. 23)"
_DATA_COLOR = 4
_UP = "⁰¹²³⁴⁵⁶⁷⁸⁹"


class Estimate(NamedTuple):
  """Of one signal of one model; `stderr` over seeds, of one seed its own."""

  mean: float
  stderr: float
  num_seeds: int


def estimates(runs: Sequence[FoundRun], split: str = "test") -> dict:
  """{(problem, model, signal): Estimate}, at each run's last evaluation.

  The data's own, which all models share, is under the model "".
  """
  newest = {}
  for run in runs:
    for record in run.records["correlation"]:
      if record.get("split") == split and is_number(record.get("correlation")):
        signal = record["signal"]
        model = "" if signal == "x" else run.label
        seed = 0 if signal == "x" else record.get("seed")
        newest[record["problem"], model, signal, seed] = record
  seeds = collections.defaultdict(list)
  for (problem, model, signal, _), record in newest.items():
    seeds[problem, model, signal].append(record)
  return {place: _over_seeds(found) for place, found in seeds.items()}


def bar_groups(found: dict, latent: bool = False) -> list[bars.Group]:
  """A group per problem: the data, then every model's noise by transform.

  Args:
    found: of `estimates`.
    latent: z and u of every level instead.
  """
  wanted = re.compile(r"[zu]\d+" if latent else r"x|y\d+")
  models = list(dict.fromkeys(model for _, model, _ in found if model))
  groups = []
  for problem in sorted({problem for problem, _, _ in found}):
    mine = {
      (model, signal): estimate
      for (p, model, signal), estimate in found.items()
      if p == problem and wanted.fullmatch(signal)
    }
    order = sorted(
      mine,
      key=lambda place: (
        models.index(place[0]) if place[0] else -1,
        int(place[1][1:] or 0),
        place[1][0] == "u",
      ),
    )
    if order:
      groups.append(
        bars.Group(
          problem,
          [
            bars.Bar(
              _bar_label(model, signal, order),
              mine[model, signal].mean,
              mine[model, signal].stderr,
              models.index(model) if model else _DATA_COLOR,
            )
            for model, signal in order
          ],
        )
      )
  return groups


def training_panel(runs: Sequence[FoundRun]) -> panels.Panel:
  """Correlation of the last transform's noise at every evaluation (Fig. 5b).

  Of runs on one problem, on the split that was evaluated at most steps. An
  empty svg where no run was evaluated at two steps.
  """
  records = [r for run in runs for r in run.records["correlation"]]
  split = _most_evaluated(records)
  lines, legend = [], {}
  for run in runs:
    mine = [
      r
      for r in run.records["correlation"]
      if r.get("split") == split and r.get("signal", "")[:1] == "y"
    ]
    if not mine:
      continue
    last = max(r["signal"] for r in mine)
    curve = {r["step"]: r["correlation"] for r in mine if r["signal"] == last}
    if len(curve) < 2:
      continue
    label = f"{run.label}: {_noise(last)}"
    color = next(
      (c for c, name in legend.items() if name == label), len(legend)
    )
    legend[color] = label
    steps = sorted(curve)
    lines += [
      plots.Line(
        steps,
        [curve[s] for s in steps],
        color,
        style,
        title=f"{label}, seed {run.seed}",
      )
      for style in ("thin", "points")
    ]
  title = f"{runs[0].problem}, {split} split, during training"
  zero = [plots.Line(lines[0].x[:1], [0.0], 0, "zero")] if lines else []
  return panels.Panel(
    title, plots.chart(zero + lines, "training step", X_LABEL, title), legend
  )


def _over_seeds(found: Sequence[dict]) -> Estimate:
  values = [r["correlation"] for r in found]
  mean, stderr = likelihood.mean_and_stderr(values)
  if len(values) == 1:
    own = found[0].get("correlation_stderr")
    stderr = own if is_number(own) else math.nan
  return Estimate(mean, stderr, len(values))


def _bar_label(model: str, signal: str, places: Iterable[tuple]) -> str:
  if not model:
    return "data x"
  if signal[0] in "zu":
    return f"{model}: {signal[0]}, level {signal[1:]}"
  several = sum(m == model for m, _ in places) > 1
  return f"{model}: {_noise(signal) if several else 'y'}"


def _noise(signal: str) -> str:
  """ "y2" -> "y²"."""
  return "y" + "".join(_UP[int(digit)] for digit in signal[1:])


def _most_evaluated(records: Sequence[dict]) -> str:
  steps = collections.defaultdict(set)
  for r in records:
    steps[r.get("split") or ""].add(r.get("step"))
  return max(steps, key=lambda split: len(steps[split]), default="")
