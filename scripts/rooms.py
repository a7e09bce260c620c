"""The rooms of the code and their imports, read from the sources."""

import ast
from collections.abc import Iterator
import pathlib

ROOT = pathlib.Path(__file__).parents[1]
_PACKAGES = ("t2t_af", "problems", "hparams", "benchmarks")
# Below t2t_af, t2t_af/analysis and problems each of these folders is a room,
# known by its own name.
_OF_T2T_AF = (
  "bijectors",
  "networks",
  "models",
  "records",
  "experiments",
  "bin",
)
_OF_ANALYSIS = ("metrics", "results", "charts", "figures", "tables", "report")
_OF_PROBLEMS = ("core", "files", "toy")


def room_of(module: str) -> str:
  """The room of a dotted module name of ours, "" for anybody else's.

  Files that lie in t2t_af itself, and compat, are one room, "base"; those of
  t2t_af/analysis itself are "formats".
  """
  parts = module.split(".")
  if parts[0] in ("hparams", "benchmarks"):
    return parts[0]
  inner = parts[1] if len(parts) > 1 else ""
  if parts[0] == "problems":
    return f"problems.{inner}" if inner in _OF_PROBLEMS else "problems"
  if parts[0] != "t2t_af":
    return ""
  if len(parts) == 1:
    return "t2t_af"
  if inner == "analysis":
    inner = parts[2] if len(parts) > 2 else ""
    return inner if inner in _OF_ANALYSIS else "formats"
  return inner if inner in _OF_T2T_AF else "base"


def imported(tree: ast.AST, package: str) -> Iterator[str]:
  """Dotted names that a module imports, wherever in it.

  Args:
    tree: the module's syntax.
    package: dotted name of the package that relative imports start from.
  """
  for node in ast.walk(tree):
    if isinstance(node, ast.Import):
      yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
      base = node.module or ""
      if node.level:
        parents = package.split(".")[: -node.level + 1 or None]
        base = ".".join(parents + ([base] if base else []))
      # `from t2t_af import errors` imports t2t_af.errors.
      ours = base.split(".")[0] in _PACKAGES
      for alias in node.names:
        yield f"{base}.{alias.name}" if ours else base


def imported_rooms(source: str, module: str) -> set[str]:
  """The rooms that a module imports from, but for its own."""
  package = module.rsplit(".", 1)[0]
  names = imported(ast.parse(source), package)
  return {room_of(name) for name in names} - {"", room_of(module)}


def modules() -> dict[str, pathlib.Path]:
  """{dotted name: file} of all our modules."""
  files: list[pathlib.Path] = []
  for package in _PACKAGES:
    files += sorted((ROOT / package).rglob("*.py"))
  named = {}
  for path in files:
    parts = list(path.relative_to(ROOT).with_suffix("").parts)
    named[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
  return named


def arrows() -> dict[str, set[str]]:
  """{room: the rooms that it imports from}."""
  rooms: dict[str, set[str]] = {}
  for module, path in modules().items():
    targets = imported_rooms(path.read_text(encoding="utf-8"), module)
    rooms.setdefault(room_of(module), set()).update(targets)
  return rooms
