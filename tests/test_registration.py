"""What is registered: the same from a checkout, a copy and a wheel."""

import gc
import json
import pathlib
import shutil
import subprocess
import sys

import pytest

import t2t_af

_ROOT = pathlib.Path(__file__).parents[1]
_PACKAGES = ("t2t_af", "problems", "hparams")

# Prints what is registered from the three packages, and where from.
_LIST_REGISTERED = """
import json, sys
from tensor2tensor.utils import registry, usr_dir
if len(sys.argv) > 1:
  usr_dir.import_usr_dir(sys.argv[1])
else:
  import t2t_af
  t2t_af.register()
ours = [f"{kind}/{key}" for kind in ("models", "hparams", "problems")
        for key, value in getattr(registry.Registries, kind)._registry.items()
        if value.__module__.split(".")[0] in ("t2t_af", "problems", "hparams")]
import t2t_af
print(json.dumps([sorted(ours), t2t_af.__file__,
                  "next_frame_glow" in registry.list_models()]))
"""


def _registered(done):
  assert done.returncode == 0, done.stderr
  names, path, glow = json.loads(done.stdout.splitlines()[-1])
  assert glow, "the stock VideoFlow is not registered"
  return names, pathlib.Path(path).resolve()


def _copy_of_the_checkout(folder):
  for package in _PACKAGES:
    shutil.copytree(
      _ROOT / package,
      folder / package,
      ignore=shutil.ignore_patterns("__pycache__"),
    )
  return folder


def test_bare_checkout_registers_what_the_installed_package_does(
  run_python, tmp_path
):
  installed, path = _registered(
    run_python("-c", _LIST_REGISTERED, path=[_ROOT])
  )
  assert path == _ROOT / "t2t_af" / "__init__.py"
  assert "problems/video_toy_pushing" in installed
  assert "models/video_flow" in installed
  bare = _copy_of_the_checkout(tmp_path / "a checkout")
  elsewhere, path = _registered(
    run_python("-c", _LIST_REGISTERED, bare / "t2t_af", cwd="/")
  )
  assert path == (bare / "t2t_af" / "__init__.py").resolve()
  assert elsewhere == installed


@pytest.mark.slow
def test_wheel_registers_what_the_checkout_does(run_python, tmp_path):
  source = _copy_of_the_checkout(tmp_path / "source")
  for name in (
    "setup.py",
    "requirements.txt",
    "requirements-gpu.txt",
    "README.md",
  ):
    shutil.copy(_ROOT / name, source)
  pip = [sys.executable, "-m", "pip", "-q", "--disable-pip-version-check"]
  subprocess.run(
    [
      *pip,
      "wheel",
      "--no-deps",
      "--no-build-isolation",
      "--wheel-dir",
      tmp_path,
      source,
    ],
    check=True,
  )
  (wheel,) = tmp_path.glob("*.whl")
  target = tmp_path / "installed"
  subprocess.run(
    [*pip, "install", "--no-deps", "--target", target, wheel], check=True
  )
  checkout, _ = _registered(run_python("-c", _LIST_REGISTERED, path=[_ROOT]))
  names, path = _registered(run_python("-c", _LIST_REGISTERED, path=[target]))
  assert path == (target / "t2t_af" / "__init__.py").resolve()
  assert names == checkout


def test_somebody_elses_problems_are_refused(monkeypatch, tmp_path):
  stranger = type(sys)("problems")
  stranger.__file__ = str(tmp_path / "problems" / "__init__.py")
  monkeypatch.setitem(sys.modules, "problems", stranger)
  with pytest.raises(ImportError, match="needs the one at"):
    t2t_af.register.__wrapped__()


def test_what_is_imported_is_left_out_of_garbage_collection():
  assert gc.isenabled()
  assert gc.get_freeze_count() > 100_000
