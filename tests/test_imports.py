"""Who may import whom: every arrow that is not listed here fails."""

import ast
from collections.abc import Iterator
import pathlib

import pytest

_ROOT = pathlib.Path(__file__).parents[1]

# Files that lie in t2t_af itself (errors, progress, time_axis ...) and compat
# are one room, "base": all may use it, and it uses nobody.
_DATA = {"base", "records", "formats", "metrics", "results", "charts"}
_PROBLEMS = {"problems", "problems.core", "problems.files", "problems.toy"}
_ANALYSIS = _DATA | {"figures", "tables", "report"}
_ALLOWED: dict[str, set[str]] = {
  "base": set(),
  "bijectors": {"base"},
  "networks": {"base"},
  "problems.files": {"base"},
  "problems.toy": {"base"},
  "problems.core": {"base", "problems.files"},
  # `import t2t_af` mends tensor2tensor where problems are imported alone.
  "problems": {"base", "t2t_af"} | _PROBLEMS,
  "hparams": {"base", "t2t_af"},
  "records": {"base"},
  "models": {"base", "records", "metrics", "bijectors", "networks"},
  "formats": {"base"},
  "metrics": {"base", "records"},
  "results": {"base", "records", "formats", "metrics"},
  "charts": {"base", "formats"},
  "tables": _DATA,
  "figures": _DATA | {"tables"},
  "report": _ANALYSIS,
  "t2t_af": {"base", "problems", "models", "hparams"},
  "experiments": {"bijectors", "networks", "models", "hparams", "t2t_af"}
  | _ANALYSIS
  | _PROBLEMS,
  "bin": {
    "bijectors",
    "networks",
    "models",
    "hparams",
    "experiments",
    "benchmarks",
    "t2t_af",
  }
  | _ANALYSIS
  | _PROBLEMS,
  "benchmarks": {
    "bijectors",
    "networks",
    "models",
    "hparams",
    "experiments",
    "bin",
    "t2t_af",
  }
  | _ANALYSIS
  | _PROBLEMS,
  "light": {"bin"},
}
# Below t2t_af/analysis each folder is a room, known by its own name.
_ROOMS_OF_ANALYSIS = (
  "metrics",
  "results",
  "charts",
  "figures",
  "tables",
  "report",
)
_ROOMS_OF_T2T_AF = (
  "bijectors",
  "networks",
  "models",
  "records",
  "experiments",
  "bin",
)
_ROOMS_OF_PROBLEMS = ("core", "files", "toy")
# Rooms and files that must run where TensorFlow is not installed.
_WITHOUT_TENSORFLOW = (
  "t2t_af/analysis",
  "t2t_af/records",
  "t2t_af/errors.py",
  "t2t_af/progress.py",
  "t2t_af/particle.py",
  "t2t_af_light.py",
  "t2t_af/bin/main.py",
  "t2t_af/bin/arguments.py",
  "t2t_af/bin/outcome.py",
  "t2t_af/bin/report.py",
  "t2t_af/bin/table.py",
  "t2t_af/bin/figure.py",
  "t2t_af/bin/perceptual",
  "t2t_af/experiments/perceptual",
  "t2t_af/bin/doctor.py",
)
_TENSORFLOW = (
  "tensorflow",
  "tensor2tensor",
  "tensorflow_probability",
  "tf_slim",
  "problems",
  "hparams",
  "benchmarks",
)


def room_of(module: str) -> str:
  """The room of a dotted module name of ours, "" for anybody else's."""
  parts = module.split(".")
  if parts[0] == "t2t_af_light":
    return "light"
  if parts[0] in ("hparams", "benchmarks"):
    return parts[0]
  if parts[0] == "problems":
    inner = parts[1] if len(parts) > 1 else ""
    return f"problems.{inner}" if inner in _ROOMS_OF_PROBLEMS else "problems"
  if parts[0] != "t2t_af":
    return ""
  if len(parts) == 1:
    return "t2t_af"
  if parts[1] == "analysis":
    inner = parts[2] if len(parts) > 2 else ""
    return inner if inner in _ROOMS_OF_ANALYSIS else "formats"
  return parts[1] if parts[1] in _ROOMS_OF_T2T_AF else "base"


def imported(tree: ast.AST, package: str) -> Iterator[str]:
  """Dotted names that a module imports, wherever in it."""
  for node in ast.walk(tree):
    if isinstance(node, ast.Import):
      yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
      base = node.module or ""
      if node.level:
        base = ".".join(
          package.split(".")[: -node.level + 1 or None]
          + ([base] if base else [])
        )
      # `from t2t_af import errors` imports t2t_af.errors.
      for alias in node.names:
        ours = base.split(".")[0] in (
          "t2t_af",
          "problems",
          "hparams",
          "benchmarks",
        )
        yield f"{base}.{alias.name}" if ours else base


def wrong_arrows(source: str, module: str) -> list[str]:
  """The imports of a module that its room does not allow."""
  room = room_of(module)
  package = module.rsplit(".", 1)[0]
  targets = {room_of(name) for name in imported(ast.parse(source), package)}
  return sorted(targets - {"", room} - _ALLOWED[room])


def _modules() -> dict[str, pathlib.Path]:
  files = [_ROOT / "t2t_af_light.py"]
  for package in ("t2t_af", "problems", "hparams", "benchmarks"):
    files += sorted((_ROOT / package).rglob("*.py"))
  named = {}
  for path in files:
    parts = list(path.relative_to(_ROOT).with_suffix("").parts)
    named[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
  return named


_MODULES = _modules()


@pytest.mark.parametrize("module", sorted(_MODULES))
def test_room_imports_only_what_it_may(module):
  source = _MODULES[module].read_text(encoding="utf-8")
  assert not wrong_arrows(source, module), (
    f"{module} must not import {wrong_arrows(source, module)}"
  )


@pytest.mark.parametrize(
  "module, source, wrong",
  [
    (
      "t2t_af.networks.glow",
      "from t2t_af.bijectors import affine",
      ["bijectors"],
    ),
    (
      "t2t_af.bijectors.affine",
      "def f():\n  import t2t_af.networks.layers",
      ["networks"],
    ),
    (
      "t2t_af.analysis.tables.comparison_table",
      "from t2t_af import models",
      ["models"],
    ),
    ("t2t_af.models.slvm", "from hparams import base", ["hparams"]),
    ("t2t_af.errors", "from t2t_af.bin import checks", ["bin"]),
    ("t2t_af.networks.glow", "from ..bijectors import affine", ["bijectors"]),
    ("t2t_af.models.slvm", "from t2t_af.records import records", []),
    (
      "t2t_af.models.slvm",
      "from t2t_af.analysis.charts import plots",
      ["charts"],
    ),
    (
      "t2t_af.analysis.charts.plots",
      "from t2t_af.analysis import results",
      ["results"],
    ),
    (
      "problems.files.zip",
      "from problems.core import shards",
      ["problems.core"],
    ),
  ],
)
def test_walk_finds_wrong_arrows(module, source, wrong):
  assert wrong_arrows(source, module) == wrong


def test_tensorflow_free_files_import_no_tensorflow():
  for module, path in _MODULES.items():
    relative = path.relative_to(_ROOT).as_posix()
    if not relative.startswith(_WITHOUT_TENSORFLOW):
      continue
    tree = ast.parse(path.read_text(encoding="utf-8"))
    if relative == "t2t_af/bin/doctor.py":  # looks at TensorFlow on demand
      tree = ast.Module(
        [n for n in tree.body if isinstance(n, (ast.Import, ast.ImportFrom))],
        [],
      )
    heavy = [
      name
      for name in imported(tree, module)
      if name.split(".")[0] in _TENSORFLOW
    ]
    assert not heavy, f"{relative} imports {heavy}"


def test_light_import_loads_no_tensorflow(run_python):
  code = (
    "import t2t_af_light, importlib, pkgutil, sys\n"
    "import t2t_af, t2t_af.analysis\n"
    "for m in pkgutil.walk_packages(t2t_af.analysis.__path__,\n"
    "                               't2t_af.analysis.'):\n"
    "  importlib.import_module(m.name)\n"
    "import t2t_af.records.likelihood, t2t_af.bin.main\n"
    "print(sorted({'tensorflow', 'tensor2tensor'} & set(sys.modules)))"
  )
  done = run_python("-c", code, path=[_ROOT])
  assert done.stdout.strip() == "[]", done.stderr
