"""What was run, as a table: one row for all seeds and splits of a model."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Optional, Union

from t2t_af.analysis import formats
from t2t_af.analysis.results.folders import Results
from t2t_af.analysis.results.folders import Run

HEADINGS = (
  "Model",
  "Hparams set",
  "Seeds",
  "Training steps",
  "Hours of training",
  "Parameters",
)


class Row(NamedTuple):
  """A model; `cells` stand under HEADINGS from the second on."""

  label: str
  overrides: Optional[str]
  cells: Sequence[str]


class Body(NamedTuple):
  """A data set, and what it was run on."""

  data: str
  machines: str
  rows: Sequence[Row]


def bodies(results: Results) -> list[Body]:
  """A body of the table for each data set."""
  of_data = {}
  for run in results.runs:
    of_data.setdefault(data_of(run), []).append(run)
  return [_body(data, of_data[data]) for data in sorted(of_data)]


def summary(results: Results) -> str:
  """How long all trainings took together."""
  return (
    f"All runs together: {_hours(results.runs)} hours of training, by the "
    "clock, on the cores that each had, whatever ran beside it; without "
    "evaluations and samples."
  )


def machines(hardware: Iterable[Union[dict, str, None]]) -> list[str]:
  """Hardware of run.json in words, each kind once."""
  texts = [
    _machine(machine) if isinstance(machine, dict) else machine
    for machine in hardware
  ]
  return list(dict.fromkeys(text for text in texts if text))


def data_of(run: Run) -> str:
  """The problem without its split."""
  return run.data_set or "unknown problem"


def _machine(machine: dict) -> str:
  parts = list(machine.get("accelerators") or [])
  if machine.get("cpu"):
    parts.append(
      f"{machine['cpu']}, {formats.plural(machine.get('cores', 1), 'core')}"
    )
  if machine.get("memory_gib"):
    parts.append(f"{machine['memory_gib']} GiB memory")
  return ", ".join(parts)


def _body(data: str, runs: Sequence[Run]) -> Body:
  """Name and hardware of a data set, then a row per model."""
  groups = {}
  for run in runs:
    model = (run.hparams_set or run.folder, run.hparams, run.label)
    groups.setdefault(model, []).append(run)
  return Body(
    data,
    "; ".join(machines(run.info.get("hardware") for run in runs)),
    list(map(_row, groups.values())),
  )


def _row(runs: Sequence[Run]) -> Row:
  first = runs[0]
  splits = {run.data_split for run in runs}
  seeds = _listed(run.seed for run in runs)
  if splits != {0}:
    seeds += f"; splits {_listed(splits)}"
  return Row(
    first.label,
    first.hparams,
    (
      first.hparams_set or formats.ABSENT,
      seeds,
      _listed(run.num_steps for run in runs),
      _hours(runs),
      _listed(run.num_parameters for run in runs),
    ),
  )


def _listed(values: Iterable[Optional[int]]) -> str:
  """Each once, in order."""
  known = sorted({value for value in values if value is not None})
  return ", ".join(map(formats.thousands, known)) or formats.ABSENT


def _hours(runs: Sequence[Run]) -> str:
  """Of those that say it."""
  known = [run.training_hours for run in runs if run.training_hours]
  return formats.significant(sum(known), 2) if known else formats.ABSENT
