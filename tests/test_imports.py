"""Who may import whom: every arrow that is not listed here fails."""

import ast
import pathlib

import pytest

from scripts import rooms

_ROOT = pathlib.Path(__file__).parents[1]

# All may use "base", and it uses nobody.
_DATA = {"base", "records", "formats", "metrics", "results", "charts"}
_PROBLEMS = {"problems", "problems.core", "problems.files", "problems.toy"}
_ANALYSIS = _DATA | {"figures", "tables", "report"}
_ALLOWED: dict[str, set[str]] = {
  "base": set(),
  "bijectors": {"base"},
  "networks": {"base"},
  "problems.files": {"base"},
  "problems.toy": {"base"},
  "problems.core": {"base", "records", "problems.files"},
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
}
# Rooms and files that must run where TensorFlow is not installed.
_WITHOUT_TENSORFLOW = (
  "t2t_af/analysis",
  "t2t_af/records",
  "t2t_af/errors.py",
  "t2t_af/progress.py",
  "t2t_af/particle.py",
  "t2t_af/bin/main.py",
  "t2t_af/bin/front.py",
  "t2t_af/bin/flag_parsing.py",
  "t2t_af/bin/arguments.py",
  "t2t_af/bin/outcome.py",
  "t2t_af/bin/report.py",
  "t2t_af/bin/table.py",
  "t2t_af/bin/figure.py",
  "t2t_af/bin/perceptual",
  "t2t_af/experiments/perceptual",
  "t2t_af/bin/doctor.py",
  "t2t_af/bin/bench_all.py",
  "t2t_af/bin/bench_steps.py",
  "t2t_af/bin/bench_table.py",
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


def wrong_arrows(source: str, module: str) -> list[str]:
  """The imports of a module that its room does not allow."""
  allowed = _ALLOWED[rooms.room_of(module)]
  return sorted(rooms.imported_rooms(source, module) - allowed)


_MODULES = rooms.modules()


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
      for name in rooms.imported(tree, module)
      if name.split(".")[0] in _TENSORFLOW
    ]
    assert not heavy, f"{relative} imports {heavy}"


def test_light_import_loads_no_tensorflow(run_python):
  code = (
    "import importlib, pkgutil, sys\n"
    "import t2t_af, t2t_af.analysis\n"
    "for m in pkgutil.walk_packages(t2t_af.analysis.__path__,\n"
    "                               't2t_af.analysis.'):\n"
    "  importlib.import_module(m.name)\n"
    "import t2t_af.records.likelihood, t2t_af.bin.main\n"
    "print(sorted({'tensorflow', 'tensor2tensor'} & set(sys.modules)))"
  )
  done = run_python("-c", code, path=[_ROOT])
  assert done.stdout.strip() == "[]", done.stderr
