"""Tables that were changed in one way each are read right, or refused."""

import pytest

from problems.files import table_reader
from tests import conftest
from tests.fixtures import mutated_tables


def test_changed_tables_are_read_right_or_refused():
  assert not mutated_tables.faults(seed=1, count=150)


def test_a_reader_that_fills_in_short_lines_is_caught(monkeypatch):
  monkeypatch.setattr(table_reader, "_is_doubtful", lambda *_: False)
  faults = mutated_tables.faults(seed=17, count=60)
  assert any(kind.partition(": ")[2].startswith("lost") for kind in faults)


@pytest.mark.slow
def test_ten_thousand_changed_tables_are_read_right_or_refused():
  assert not mutated_tables.faults(seed=2, count=10_000)


@pytest.mark.slow
@pytest.mark.parametrize(
  "module, arguments",
  [("mutated_tables", ("500", "--command")), ("mutated_videos", ("100",))],
)
def test_the_command_reads_right_or_refuses(run_python, module, arguments):
  """In a process of its own: it forks, and defines t2t-datagen's flags."""
  done = run_python(
    "-m",
    f"tests.fixtures.{module}",
    *arguments,
    path=[conftest.ROOT],
    timeout=1800,
  )
  assert done.stdout == f"0 of {arguments[0]} wrong: {{}}\n", done.stderr
