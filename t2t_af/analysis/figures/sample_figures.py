"""Samples of several models from the same frames (Fig. 7, 13, 14)."""

from collections.abc import Sequence

from t2t_af.analysis.charts import pictures
from t2t_af.analysis.figures import sample_rows
from t2t_af.analysis.figures.figure_parts import of_problem
from t2t_af.analysis.figures.figure_parts import one_per_model
from t2t_af.analysis.figures.figure_parts import Part
from t2t_af.analysis.figures.figure_parts import problems
from t2t_af.analysis.figures.figure_parts import raise_missing
from t2t_af.analysis.results.folders import Results
from t2t_af.analysis.results.folders import Run

FILE = "samples.npz"
_SAMPLES_OF_ONE_MODEL = 3


def parts(
  results: Results,
  number: int,
  rows: Sequence[str],
  num_contexts: int,
  others: bool = False,
) -> list[Part]:
  """A strip and an animation of each context and video problem.

  Args:
    results: the runs to make it from.
    number: of the figure.
    rows: of Table 1 whose models are shown.
    num_contexts: sequences of each problem.
    others: whether to show all models where there are none of these rows.

  Raises:
    UserError: if there are no samples, or they are of different frames.
  """
  runs = [
    run
    for run in results.with_file(FILE)
    if (run.problem or "").startswith("video_")
  ]
  runs = [run for run in runs if run.row in rows] or runs * others
  made = []
  for problem in problems(runs):
    made += _of_problem(
      of_problem(runs, problem), f"figure_{number}", num_contexts
    )
  return made or raise_missing(
    number,
    f"{FILE} of video of a set {rows[0]}_...",
    "t2t-decoder, or t2t-af compare",
  )


def _of_problem(runs: Sequence[Run], figure: str, count: int) -> list[Part]:
  problem = runs[0].problem
  samples = sample_rows.read(
    {run.label: run.path(FILE) for run in one_per_model(runs)}, count
  )
  per_model = 1 if len(samples) > 1 else _SAMPLES_OF_ONE_MODEL
  made = []
  for context in range(len(next(iter(samples.values())).inputs)):
    name = f"{figure}_{problem}_{context + 1}"
    caption = (
      f"{problem}, sequence {context + 1}: each model's first samples, not "
      "chosen. Frames with an orange border were given."
    )
    strip = sample_rows.strip(samples, context, per_model)
    moving = sample_rows.animation(samples, context, per_model)
    made += [
      Part(name + ".png", caption, pictures.png(strip)),
      Part(name + ".gif", caption, moving),
    ]
  return made
