"""Temporal correlation of data, noise and latents: bars (Fig. 5).

From correlation records, one per run, evaluation and signal:

  "x" the data, "y1", "y2" ... the noise of each transform,
  "z0", "u0" ... latents of a level before and after the latent flow
"""

import collections
from collections.abc import Iterable, Mapping, Sequence
import re
from typing import Optional

from t2t_af.analysis.charts import plots
from t2t_af.analysis.figures import correlation_curves
from t2t_af.analysis.figures import figure_parts
from t2t_af.analysis.formats import is_number
from t2t_af.analysis.results import estimates
from t2t_af.analysis.results import selection
from t2t_af.analysis.results.folders import Results
from t2t_af.analysis.results.folders import Run


def parts(results: Results) -> list[figure_parts.Part]:
  """Fig. 5a, 5b, and of latents the same, c and d.

  Raises:
    UserError: if there is no correlation record.
  """
  runs = [
    run
    for run in results.runs
    if run.uses_all_training_data and run.records["correlation"]
  ]
  made = [
    _bars(runs, "a", "Data x and noise y after each transform", False),
    correlation_curves.of_noise(runs),
    _bars(
      runs, "c", "Latents z and their noise u by level (not in the paper)", True
    ),
    correlation_curves.of_latents(runs),
  ]
  return [part for part in made if part] or figure_parts.raise_missing(
    5, "correlation.jsonl", "t2t-af analyse --output_dir=RUN"
  )


def over_seeds(runs: Sequence[Run], split: str = "test") -> dict:
  """{(problem, model, signal): Estimate}, at the last step of most runs.

  The data's, which all models share, is under the model "".
  """
  pools = collections.defaultdict(list)
  for run in runs:
    for record in selection.of_usual_noise(run.records["correlation"]):
      if record.get("split") == split and is_number(record.get("correlation")):
        signal = record["signal"]
        model = "" if signal == "x" else run.label
        pools[record["problem"], model, signal].append(record)
  return {
    place: estimates.over_runs(_by_seed(place[2], pool), "correlation")
    for place, pool in pools.items()
  }


def _by_seed(signal: str, pool: Sequence[dict]) -> dict:
  """{seed: its newest record}, after as many steps each; of the data one."""
  newest = {
    0 if signal == "x" else record.get("seed") or 0: record
    for record in selection.of_usual_noise(pool)
  }
  alike = selection.of_usual_steps(list(newest.values()))
  return {seed: record for seed, record in newest.items() if record in alike}


def bar_panels(
  measured: dict, latent: bool = False, colors: Mapping = {}
) -> list[plots.BarPanel]:
  """A chart per problem: the data, then every model's noise by transform.

  Problems without such a model are left out.

  Args:
    measured: of `over_seeds`.
    latent: z and u of every level instead.
    colors: {problem: {model: its colour}}; else in the order of `measured`.
  """
  wanted = re.compile(r"[zu]\d+" if latent else r"x|y\d+")
  models = list(dict.fromkeys(model for _, model, _ in measured if model))

  def order(place: tuple) -> tuple:
    model, signal = place
    return (
      models.index(model) if model else -1,
      int(signal[1:] or 0),
      signal[0] == "u",
    )

  charts = []
  for problem in sorted({problem for problem, _, _ in measured}):
    places = sorted(
      (
        (model, signal)
        for p, model, signal in measured
        if p == problem and wanted.fullmatch(signal)
      ),
      key=order,
    )
    shown, legend = [], {}
    for model, signal in places:
      estimate = measured[problem, model, signal]
      of_problem = colors.get(problem) or {}
      color = (
        of_problem.get(model, models.index(model)) if model else plots.DATA
      )
      label = _bar_label(model, signal, places)
      shown.append(plots.Bar(label, estimate.mean, estimate.stderr, color))
      if latent:
        legend[color] = model
    if any(model for model, _ in places):  # Data alone compare with nothing.
      charts.append(
        plots.BarPanel(problem, shown, correlation_curves.LABEL, legend)
      )
  return charts


def _bars(
  runs: Sequence[Run], letter: str, words: str, latent: bool
) -> Optional[figure_parts.Part]:
  """A chart per problem."""
  colors = {
    problem: figure_parts.colors(figure_parts.of_problem(runs, problem))
    for problem in figure_parts.problems(runs)
  }
  charts = bar_panels(over_seeds(runs), latent, colors)
  part = figure_parts.Part(
    f"figure_5{letter}.svg",
    f"{words}: temporal correlation on the test split. Error bars: one "
    "standard error, over seeds where there are several.",
    charts=charts,
  )
  return part if charts else None


def _bar_label(model: str, signal: str, places: Iterable[tuple]) -> str:
  if not model:
    return "data x"
  if signal[0] in "zu":
    return f"{signal[0]}, level {signal[1:]}"
  several = sum(m == model for m, _ in places) > 1
  return f"{model}: {correlation_curves.noise(signal) if several else 'y'}"
