"""Where and with what a record was made."""

import datetime
from importlib import metadata
import sys

import numpy as np

from t2t_af.records import environment


def test_versions_are_those_of_this_machine():
  versions = environment.versions()
  assert versions["numpy"] == np.__version__
  assert versions["python"] == "%d.%d.%d" % sys.version_info[:3]


def test_a_package_that_is_not_installed_has_no_version(monkeypatch):
  real = metadata.version

  def version(package):
    if package == "pillow":
      raise metadata.PackageNotFoundError(package)
    return real(package)

  monkeypatch.setattr(metadata, "version", version)
  versions = environment.versions()
  assert "pillow" not in versions and "numpy" in versions


def test_hardware_is_that_of_this_machine():
  machine = environment.hardware(["GPU 0"])
  assert machine["cores"] >= 1 and machine["memory_gib"] > 0.1
  assert machine["accelerators"] == ["GPU 0"]
  assert machine["cpu"]
  assert environment.hardware()["accelerators"] == []


def test_now_is_in_utc_and_sorts_as_text():
  first, second = environment.now(), environment.now()
  assert first <= second
  assert datetime.datetime.fromisoformat(first).utcoffset() == (
    datetime.timedelta(0)
  )


def test_code_is_of_what_is_measured_and_not_of_what_tells_it(
  monkeypatch, tmp_path
):
  for name in ("t2t_af/records/environment.py", "t2t_af/analysis/tables.py"):
    (tmp_path / name).parent.mkdir(parents=True)
    (tmp_path / name).write_text("1\n")
  monkeypatch.setattr(
    environment, "__file__", str(tmp_path / "t2t_af/records/environment.py")
  )
  before = environment.code()
  (tmp_path / "t2t_af/analysis/tables.py").write_text("2\n")
  assert environment.code() == before and len(before) == 12
  (tmp_path / "t2t_af/records/environment.py").write_text("2\n")
  assert environment.code() != before
