"""Runs single checks of a contract, on mutants that should fail them."""

import inspect
from typing import Any


def checks(contract: type) -> set[str]:
  """The names of a contract's checks."""
  return {name for name in dir(contract) if name.startswith("test_")}


def check(contract: Any, name: str, tmp_path, **fixtures) -> None:
  """Calls a check as pytest would, for all that it is parametrized with.

  Args:
    contract: the instance.
    name: of the check.
    tmp_path: where a check that asks for a tmp_path gets an empty folder.
    **fixtures: what else checks may ask for.
  """
  method = getattr(contract, name)
  empty = tmp_path / "empty"
  empty.mkdir()
  known = dict(fixtures, tmp_path=empty)
  wanted = inspect.signature(method).parameters
  arguments = {key: value for key, value in known.items() if key in wanted}
  marks = [
    m for m in getattr(method, "pytestmark", ()) if m.name == "parametrize"
  ]
  if not marks:
    method(**arguments)
  for mark in marks:
    key, values = mark.args
    for value in values:
      method(**arguments, **{key: value})
