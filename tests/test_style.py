"""Sizes of files and functions, docstrings and annotations: what the linter
does not measure."""

import ast
from collections.abc import Iterator
import pathlib
import re
from typing import Union

import pytest

_ROOT = pathlib.Path(__file__).parents[1]
_SOURCES = ("t2t_af", "problems", "hparams", "benchmarks", "scripts")
_TYPED = ("t2t_af/bijectors", "t2t_af/networks", "t2t_af/models")
_TYPED += ("problems/core",)
_MAX_LINES_OF_A_FILE = 300
_MAX_LINES_OF_A_FUNCTION = 42  # without its docstring
_MIN_DOCUMENTED = 0.9  # of a room's public functions and methods
_MIN_ANNOTATED = 0.95  # of a typed room's functions, all of them

_Function = Union[ast.FunctionDef, ast.AsyncFunctionDef]
_MACHINE_PATH = re.compile(
  r"(?<![\w.{}])(/(?:root|work|home|Users|opt|mnt|srv)/\w+|[A-Z]:\\\w+)"
)
# Paths that tests give to a command, as some user would.
_USERS_PATHS = ("/home/somebody", "/home/x")


def _python_files(*folders: str) -> list[pathlib.Path]:
  files = [path for name in folders for path in (_ROOT / name).rglob("*.py")]
  return sorted(files + list(_ROOT.glob("*.py")))


_SOURCE_FILES = _python_files(*_SOURCES)
_ALL_FILES = _python_files(*_SOURCES, "tests")
_TEXTS = _ALL_FILES + sorted(
  path
  for pattern in (
    "*.md",
    "docs/**/*.md",
    "*.yml",
    "*.toml",
    "*.txt",
    "*.cff",
    "Makefile",
    "scripts/*.sh",
  )
  for path in _ROOT.glob(pattern)
)


def _read(path: pathlib.Path) -> str:
  return path.read_text(encoding="utf-8")


def _named(path: pathlib.Path) -> str:
  return path.relative_to(_ROOT).as_posix()


def functions(tree: ast.AST) -> Iterator[_Function]:
  """Every function and method, nested ones too."""
  for node in ast.walk(tree):
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
      yield node


def public_functions(tree: ast.AST) -> Iterator[_Function]:
  """Functions, and methods of public classes, without a leading underscore."""
  for node in ast.iter_child_nodes(tree):
    if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
      yield from public_functions(node)
    elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
      if not node.name.startswith("_"):
        yield node


def lines(function: _Function) -> int:
  """Lines from `def` to the end, less those of the docstring."""
  total = function.end_lineno - function.lineno + 1
  if ast.get_docstring(function) is None:
    return total
  docstring = function.body[0]
  return total - (docstring.end_lineno - docstring.lineno + 1)


def is_annotated(function: _Function) -> bool:
  """Whether every argument but self and cls has a type, and the result too."""
  arguments = function.args
  return function.returns is not None and all(
    argument.annotation is not None
    for argument in (
      arguments.posonlyargs + arguments.args + arguments.kwonlyargs
    )
    if argument.arg not in ("self", "cls")
  )


def long_functions(source: str) -> list[str]:
  """Names and lines of the functions that are too long."""
  return [
    f"{function.name}: {lines(function)}"
    for function in functions(ast.parse(source))
    if lines(function) > _MAX_LINES_OF_A_FUNCTION
  ]


def undocumented(source: str) -> tuple[list[str], int]:
  """Names of public functions without a docstring; number of public ones."""
  public = list(public_functions(ast.parse(source)))
  without = [f.name for f in public if ast.get_docstring(f) is None]
  return without, len(public)


def unannotated(source: str) -> tuple[list[str], int]:
  """Names of functions that lack a type; number of all functions."""
  every = list(functions(ast.parse(source)))
  return [f.name for f in every if not is_annotated(f)], len(every)


def machine_paths(text: str) -> list[str]:
  """Absolute paths that exist on somebody's machine alone."""
  paths = _MACHINE_PATH.findall(text)
  return [path for path in paths if path not in _USERS_PATHS]


def _rooms(files: list[pathlib.Path]) -> dict[str, list[pathlib.Path]]:
  """{folder: its own files}; what lies at the root is "."."""
  rooms: dict[str, list[pathlib.Path]] = {}
  for path in files:
    rooms.setdefault(_named(path.parent), []).append(path)
  return rooms


_ROOMS = _rooms(_SOURCE_FILES)


def _lacking(measure, room: str) -> tuple[list[str], int]:
  """What `measure` finds in a room's files, and out of how many."""
  names, total = [], 0
  for path in _ROOMS[room]:
    some, number = measure(_read(path))
    names += [f"{path.name}: {name}" for name in some]
    total += number
  return names, total


def test_files_are_short():
  long = {
    _named(path): number
    for path in _ALL_FILES
    if (number := _read(path).count("\n")) > _MAX_LINES_OF_A_FILE
  }
  assert not long


def test_functions_are_short():
  long = {_named(path): long_functions(_read(path)) for path in _ALL_FILES}
  assert not {name: some for name, some in long.items() if some}


@pytest.mark.parametrize("room", sorted(_ROOMS))
def test_public_functions_have_docstrings(room):
  names, total = _lacking(undocumented, room)
  assert total - len(names) >= _MIN_DOCUMENTED * total, names


@pytest.mark.parametrize("room", _TYPED)
def test_functions_of_the_core_have_types(room):
  names, total = _lacking(unannotated, room)
  assert total - len(names) >= _MIN_ANNOTATED * total > 0, names


def test_no_switch_for_a_linter_that_is_not_used():
  switch = "# py" + "lint"  # which this file must not have either
  assert not [_named(p) for p in _ALL_FILES if switch in _read(p)]


def test_no_file_names_a_path_of_one_machine():
  paths = {_named(path): machine_paths(_read(path)) for path in _TEXTS}
  paths.pop(_named(pathlib.Path(__file__)))  # its examples, below
  assert not {name: some for name, some in paths.items() if some}


def _body(number: int) -> str:
  return "".join(f"  x = {i}\n" for i in range(number - 1))


@pytest.mark.parametrize(
  "source, expected",
  [
    ("def f():\n" + _body(42), []),
    ("def f():\n" + _body(43), ["f: 43"]),
    ('def f():\n  """One.\n\n  Two.\n  """\n' + _body(42), []),
    (
      "def f():\n  def g():\n" + _body(43).replace("  ", "    "),
      ["f: 44", "g: 43"],
    ),
    ("class A:\n  async def f(self):\n    pass\n" + "\n" * 50, []),
  ],
)
def test_length_is_that_without_the_docstring(source, expected):
  assert long_functions(source) == expected


@pytest.mark.parametrize(
  "source, without, total",
  [
    ('def f():\n  """Yes."""\ndef g():\n  pass', ["g"], 2),
    ("def _f():\n  pass\nclass _A:\n  def g(self):\n    pass", [], 0),
    ("class A:\n  def g(self):\n    pass", ["g"], 1),
    ("class A:\n  def __call__(self):\n    pass", [], 0),
    ('def f():\n  """Yes."""\n  def inner():\n    pass', [], 1),
    ("def f():\n  f'''Not a {docstring}.'''", ["f"], 1),
  ],
)
def test_public_functions_without_docstrings_are_found(source, without, total):
  assert undocumented(source) == (without, total)


@pytest.mark.parametrize(
  "source, without",
  [
    ("def f(x: int) -> int: return x", []),
    ("def f(x) -> int: return x", ["f"]),
    ("def f(x: int): return x", ["f"]),
    ("def f(*, x) -> int: return x", ["f"]),
    ("def f(x, /) -> int: return x", ["f"]),
    ("class A:\n  def f(self) -> None: pass", []),
    ("def f() -> None:\n  def g(x): pass", ["g"]),
  ],
)
def test_functions_without_types_are_found(source, without):
  assert unannotated(source)[0] == without


@pytest.mark.parametrize(
  "text, paths",
  [
    ("see /opt/cache", ["/opt/cache"]),
    ("in /srv/disk/x", ["/srv/disk"]),
    ('"/home/jane/data"', ["/home/jane"]),
    (r"C:\Users\jane", [r"C:\Users"]),
    ("--data_dir=/home/somebody/data", []),
    ("https://example.org/home/jane", []),
    ("results/home/jane", []),
    ("/path/to/python3.11", []),
    ("--tmp_dir=/tmp/t2t_datagen", []),
  ],
)
def test_paths_of_one_machine_are_found(text, paths):
  assert machine_paths(text) == paths
