"""Sequences of a run's own problem, to be asked about without files."""

from collections.abc import Iterator
import itertools

from tensor2tensor.data_generators import problem as problem_lib

from t2t_af import errors
from t2t_af.experiments.asking import asked_run
from t2t_af.experiments.asking import own_files

_EVAL = problem_lib.DatasetSplit.EVAL


def first(
  run: asked_run.AskedRun, split: str, count: int, from_data: bool = False
) -> Iterator[own_files.Recording]:
  """The first sequences of a split, whole, in raw units.

  Args:
    run: whose problem they are of.
    split: "test" or "dev".
    count: so many at most.
    from_data: whether they are read from the run's data_dir; else they are
      drawn, where the problem draws its sequences, which are the same.

  Raises:
    UserError: the problem is not drawn, and there is no data.
  """
  if run.problem.is_drawn and not from_data:
    sequences = _drawn(run, split)
  elif run.has_data:
    sequences = _read(run, split)
  else:
    raise errors.UserError(
      f"{run.called} is a run of {run.problem.name}, whose sequences are "
      f"files, and none is in {run.data_dir}: give files, or --data_dir"
    )
  for name, values in itertools.islice(sequences, count):
    yield own_files.Recording(name, name, values, name)


def _drawn(run, split):
  problem = run.problem
  problem.prepare_to_generate("", "")
  return problem.generate_sequences("", "", _EVAL if split == "dev" else split)


def _read(run, split):
  for name, values in run.problem.each_sequence(run.data_dir, split):
    if run.is_series:  # In the units of that data, whatever the run's are.
      values = run.problem.statistics(run.data_dir).to_raw(values)
    yield name, values
