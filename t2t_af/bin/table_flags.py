"""Flags that say how tables are to be read: of t2t-datagen and of the verbs."""

import argparse
import csv
from typing import Any

# What lists of columns they are; then what the run's features settle.
LISTS = ("columns", "drop")
_OF_FEATURES = ("columns",)

TEXTS = {
  "header": "Whether tables begin with names: auto, yes, no, or the line.",
  "delimiter": "What parts the cells of tables.",
  "decimal": "The decimal mark of tables.",
  "encoding": "Of tables, by Python's name.",
  "columns": "The columns of tables that are features.",
  "drop": "Columns of tables to leave out.",
  "time_column": "The column of times of tables.",
  "id_column": "The column that tells recordings in a table apart.",
  "missing": "Missing values: error, cut, fill.",
  "resample": "A constant step to interpolate tables to, e.g. 0.1s.",
}
_OF_VERBS = [name for name in TEXTS if name not in _OF_FEATURES]


def add(parser: argparse.ArgumentParser) -> None:
  """Adds those that a file can still be read by once a run is trained."""
  group = parser.add_argument_group(
    "tables (as t2t-datagen's; default: as the run's data were read)"
  )
  for name in _OF_VERBS:
    kind: Any = _names if name in LISTS else str
    group.add_argument(f"--{name}", type=kind, help=TEXTS[name])


def given(args: argparse.Namespace) -> dict[str, Any]:
  """What a command line says, by name; not what it leaves open."""
  said = {name: getattr(args, name, None) for name in _OF_VERBS}
  return {name: value for name, value in said.items() if value is not None}


def _names(text: str) -> list[str]:
  """As absl reads a list: a name with a comma in it is quoted."""
  return next(csv.reader([text], skipinitialspace=True), [])
