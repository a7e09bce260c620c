"""Fig. 8: how NLLs of sequences seen in training and of others differ.

a, b: a histogram of both splits for each model; c: the gap between them by the
share of the training data. One sheet each for every problem.
"""

from collections.abc import Sequence
from typing import Optional

from t2t_af.analysis.figures import figure_parts
from t2t_af.analysis.figures import generalisation
from t2t_af.analysis.figures import histograms
from t2t_af.analysis.results.folders import Results
from t2t_af.analysis.results.folders import Run
from t2t_af.analysis.results.units import unit_of


def parts(results: Results) -> list[figure_parts.Part]:
  """Whatever can be made of likelihood records of both splits.

  Raises:
    UserError: if no run was scored on both.
  """
  made = []
  for problem in figure_parts.problems(results.runs):
    runs = figure_parts.of_problem(results.runs, problem)
    made += [_histograms(runs, problem), _gap(runs, problem)]
  return [part for part in made if part] or figure_parts.raise_missing(
    8,
    "likelihood records of both splits",
    "t2t-eval with --eval_use_test_set for test, and of the train split",
  )


def _histograms(
  runs: Sequence[Run], problem: str
) -> Optional[figure_parts.Part]:
  scored = figure_parts.one_per_model(
    [
      run
      for run in runs
      if len(histograms.newest_scores(run)) == len(histograms.SPLITS)
    ]
  )
  if not scored:
    return None
  return figure_parts.Part(
    f"figure_8ab_{problem}.svg",
    f"{problem}: NLL of each sequence of both splits, one seed of each "
    "model. Overlap: 1 where both splits have the same histogram.",
    charts=[histograms.panel(run) for run in scored],
  )


def _gap(runs: Sequence[Run], problem: str) -> Optional[figure_parts.Part]:
  curves = generalisation.curves(runs)
  if not any(len(points) > 1 for points in curves.values()):
    return None
  unit = unit_of([r for run in runs for r in run.records["likelihood"]])
  return figure_parts.Part(
    f"figure_8c_{problem}.svg",
    f"{problem}: NLL of test minus training, seed by seed, by the share "
    "of the training sequences. Marks: mean over all seeds of a share, "
    "with one standard error; lines: over the seeds that every share has. "
    "Second: both NLLs, of test with marks, of training dashed.",
    charts=[
      generalisation.gap_panel(curves, unit),
      generalisation.nll_panel(curves, unit),
    ],
  )
