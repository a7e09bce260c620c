"""A module that is put off runs once, when something of it is asked for."""

import importlib
import sys

import pytest

from t2t_af.compat import deferred


@pytest.fixture(name="package")
def _package(tmp_path, monkeypatch):
  """A package `late` that counts how often it was run, with a submodule."""
  folder = tmp_path / "late"
  folder.mkdir()
  (folder / "__init__.py").write_text(
    "import sys\n"
    "sys.runs_of_late += 1\n"
    "VALUE = 3\n"
    "def double(x, times=1):\n"
    "  return 2 * x * times\n"
  )
  (folder / "part.py").write_text("VALUE = 5\n")
  (tmp_path / "outer").mkdir()
  (tmp_path / "outer" / "__init__.py").write_text("")
  folder.rename(tmp_path / "outer" / "late")
  monkeypatch.setattr(sys, "runs_of_late", 0, raising=False)
  monkeypatch.syspath_prepend(tmp_path)
  yield "outer.late"
  for name in [n for n in sys.modules if n.split(".")[0] == "outer"]:
    del sys.modules[name]


def test_it_runs_when_something_of_it_is_asked_for(package):
  deferred.defer(package)
  from outer import late

  assert deferred.is_deferred(package) and not sys.runs_of_late
  assert late.VALUE == 3 and late.double(4) == 8
  assert sys.runs_of_late == 1 and not deferred.is_deferred(package)
  assert deferred.run(package) is late and sys.runs_of_late == 1
  with pytest.raises(AttributeError):
    late.nothing  # noqa: B018


def test_submodules_and_those_who_look_at_all_modules_do_not_run_it(package):
  deferred.defer(package)
  part = importlib.import_module(f"{package}.part")
  assert part.VALUE == 5
  assert not hasattr(sys.modules[package], "__warningregistry__")
  assert not sys.runs_of_late


def test_a_function_that_was_taken_runs_it_when_called(package):
  deferred.defer(package, functions=("double",))
  from outer.late import double

  assert not sys.runs_of_late
  assert double(4, times=3) == 24 and sys.runs_of_late == 1
  assert double(1) == 2 and sys.runs_of_late == 1


def test_what_has_been_imported_is_left_as_it_is(package):
  module = importlib.import_module(package)
  deferred.defer(package)
  assert sys.modules[package] is module and not deferred.is_deferred(package)
