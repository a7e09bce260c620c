"""The wheel and pip's resolver: no conflict on any Python that we name."""

import pathlib
import subprocess
import sys
import zipfile

import pytest

from t2t_af.records import named_models
from tests import conftest

_PIP = (sys.executable, "-m", "pip", "-q", "--disable-pip-version-check")


@pytest.fixture(name="wheel", scope="module")
def _wheel(tmp_path_factory):
  folder = tmp_path_factory.mktemp("wheel")
  subprocess.run(
    [
      *_PIP,
      "wheel",
      "--no-deps",
      "--no-build-isolation",
      f"--wheel-dir={folder}",
      conftest.ROOT,
    ],
    check=True,
  )
  (wheel,) = folder.glob("*.whl")
  return wheel


@pytest.mark.slow
@pytest.mark.parametrize("python", ["3.9", "3.10", "3.11"])
def test_a_resolver_finds_all_that_the_wheel_asks_for(wheel, tmp_path, python):
  done = subprocess.run(
    [
      *_PIP,
      "install",
      "--dry-run",
      "--ignore-installed",
      "--only-binary=:all:",
      f"--python-version={python}",
      f"--target={tmp_path}",
      wheel,
    ],
    capture_output=True,
    text=True,
    check=False,
  )
  if "connection" in done.stderr.lower():
    pytest.skip("no package index is reached")
  assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_the_wheel_brings_the_named_models_and_splits(wheel):
  with zipfile.ZipFile(wheel) as brought:
    names = set(brought.namelist())
  folder = pathlib.Path(named_models.FOLDER)
  models = {p for p in folder.rglob("*") if p.is_file()}
  assert {str(p.relative_to(conftest.ROOT)) for p in models} <= names
  assert "problems/splits/series_activity_rec.json" in names
