"""Runs single checks of a contract, on mutants that should fail them."""

from collections.abc import Sequence
import inspect
import itertools
from typing import Any

import pytest
import tensorflow.compat.v1 as tf

from problems.core import record_stream
from problems.core import sequence_records
from problems.core import training_order

# The name of a check, and what makes a mutant that it should fail: the owner of
# an attribute, the attribute, and a wrong value of it.
Mutant = tuple[str, Any, str, Any]


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


def each(table: Sequence[Mutant]) -> pytest.MarkDecorator:
  """Runs a test with `check, owner, attribute, wrong` of each mutant."""
  return pytest.mark.parametrize(
    "check, owner, attribute, wrong",
    table,
    ids=[f"{check[5:]}-{attribute}" for check, _, attribute, _ in table],
  )


def must_fail(contract: Any, problem: Any, name: str, tmp_path) -> None:
  """Generates a problem's data; then a check of its contract must fail."""
  data_dir = str(tmp_path / "data")
  problem.generate_data(data_dir, str(tmp_path))
  made = problem, data_dir
  with pytest.raises((AssertionError, pytest.fail.Exception)):
    check(contract, name, tmp_path, made=made, generated=(*made, str(tmp_path)))


def of_origin(problem_class: Any) -> list[Mutant]:
  """Mutants of a problem whose windows, or recordings, say what is not so.

  Its sequences must be recordings, three of dev among them.
  """
  parse = sequence_records.parse

  def all_of_one_sequence(record, features):
    parsed = parse(record, features)
    return {**parsed, sequence_records.ID_KEY: tf.constant("eval/0")}

  return [
    (
      "test_windows_say_where_they_were_cut",
      sequence_records,
      "parse",
      all_of_one_sequence,
    ),
    (
      "test_windows_say_where_they_were_cut",
      problem_class,
      "file_split",
      lambda self, split: "dev",
    ),
    (
      "test_windows_say_where_they_were_cut",
      record_stream.Selection,
      "is_whole",
      False,
    ),
    (
      "test_recordings_are_whole_in_one_split",
      problem_class,
      "sequences_are_parts",
      True,
    ),
    (
      "test_recordings_are_whole_in_one_split",
      problem_class,
      "recording",
      lambda self, name: name.rpartition("/")[2],
    ),
  ]


def of_generation(problem_class: Any) -> list[Mutant]:
  """Mutants of a problem for checks of `generation_contract`."""
  generate = problem_class.generate_data
  return [
    (
      "test_training_order_follows_the_seed_and_the_checkpoint",
      training_order,
      "keys",
      lambda seed, keys=itertools.count(): (next(keys), next(keys)),
    ),
    (
      "test_training_order_follows_the_seed_and_the_checkpoint",
      training_order,
      "step_of",
      lambda model_dir: 0,
    ),
    (
      "test_missing_data_names_the_command_that_makes_it",
      problem_class,
      "split_files",
      lambda self, *unused: [],
    ),
    (
      "test_second_generation_does_nothing",
      problem_class,
      "generate_data",
      lambda self, data_dir, tmp_dir: generate(
        self, data_dir, tmp_dir, force=True
      ),
    ),
  ]
