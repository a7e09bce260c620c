"""Hparams sets as cells of a table: rows are models, columns data sets."""

from collections.abc import Mapping
import sys
import textwrap
from typing import Any, Callable, NamedTuple, Optional

from tensor2tensor.utils import registry

from hparams import base

TRAIN = (
  "t2t-trainer --problem={problem} --model={model} --hparams_set={name} "
  "--train_steps={steps} --data_dir=... --output_dir=..."
)
COMPARE = (
  "t2t-af compare --problem={problem} --hparams_sets={name} "
  "--train_steps={steps}"
)
_WIDTH = 78  # of a docstring's lines, which are indented by two


class Row(NamedTuple):
  """One model: its label in tables, and what it changes in the base."""

  label: str
  overrides: Mapping[str, Any]


class Column(NamedTuple):
  """One data set, or one size: how it is run, and what it changes."""

  label: str  # follows the row's label in the first line of the record
  problem: str
  train_steps: int
  overrides: Mapping[str, Any]
  command: str = TRAIN  # with {problem}, {model}, {name} and {steps}


XEON = "an Intel Xeon at 2.5 GHz"
XEON_BUSY = XEON + " with other work beside it"


class Record(NamedTuple):
  """What is known of one cell; its set's docstring is made of this.

  Values are in nats, with their unit: nats/dim or nats per time step.
  """

  paper: str = "none"
  ours: str = "not run"
  train_steps: Optional[int] = None  # where they are not the column's
  seconds_per_step: Optional[float] = None
  cores: str = "one core"
  cpu: str = "an AMD EPYC"
  note: str = ""
  overrides: Mapping[str, Any] = {}


def register(
  module: str,
  model: str,
  parent: Callable[[], Any],
  rows: Mapping[str, Row],
  columns: Mapping[str, Column],
  records: Mapping[tuple[str, str], Record],
) -> None:
  """Registers one hparams set for each record, named `<row>_<column>`.

  A set is its parent changed by the row, then by the column, then by the cell;
  it is a function of the module too, whose docstring is the record.

  Args:
    module: `__name__` of the module whose table this is.
    model: the registered model that the sets are for.
    parent: function that makes the HParams that all sets change.
    rows: {row: its label and overrides}.
    columns: {column: its label, problem, training steps and overrides}.
    records: {(row, column): record}; a cell without a record is no set.

  Raises:
    UserError: when a set is made whose overrides the parent does not know.
  """
  for (row, column), record in records.items():
    name = f"{row}_{column}"
    overrides = {
      **rows[row].overrides,
      **columns[column].overrides,
      **record.overrides,
    }
    function = _function(parent, overrides)
    function.__name__ = function.__qualname__ = name
    function.__module__ = module
    function.__doc__ = _docstring(
      name, model, rows[row], columns[column], record
    )
    registry.register_hparams(name)(function)
    setattr(sys.modules[module], name, function)


def _function(
  parent: Callable[[], Any], overrides: Mapping[str, Any]
) -> Callable[[], Any]:
  return lambda: base.derive(parent, **overrides)


def _docstring(
  name: str, model: str, row: Row, column: Column, record: Record
) -> str:
  """The experiment record: paper, ours, time, command, note."""
  command = column.command.format(
    problem=column.problem,
    model=model,
    name=name,
    steps=record.train_steps or column.train_steps,
  )
  facts = {
    "Paper": f"{record.paper}.",
    "Ours": f"{record.ours}.",
    "Time": _time(record),
    "Command": command,
  }
  lines = [f"{row.label} {column.label}.", ""]
  lines += [
    _filled(f"{fact}: {text}", "  ") for fact, text in facts.items() if text
  ]
  if record.note:
    lines += ["", _filled(record.note)]
  return "\n".join(lines) + "\n"


def _time(record: Record) -> str:
  if record.seconds_per_step is None:
    return ""
  return f"{record.seconds_per_step} s/step, {record.cores} of {record.cpu}."


def _filled(text: str, hanging: str = "") -> str:
  return textwrap.fill(
    text,
    _WIDTH,
    subsequent_indent=hanging,
    break_long_words=False,
    break_on_hyphens=False,
  )
