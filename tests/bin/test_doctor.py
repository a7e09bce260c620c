"""`t2t-af doctor`: what is wrong, and the command that cures it."""

from importlib import metadata
import json
import os
import pathlib
import sys
import types

import pytest

from t2t_af import compat
from t2t_af.bin import doctor
from t2t_af.bin import finding
from t2t_af.bin import gpus
from t2t_af.bin import install

_ROOT = pathlib.Path(__file__).parents[2]


def _cures(findings):
  return {f.what: f.cure for f in findings if f.cure}


def test_doctor_cures_what_is_wrong(monkeypatch, tmp_path):
  # Where pip has put tensor2tensor's own scripts back.
  for name in doctor._COMMANDS[:-1]:
    (tmp_path / name).write_text("import tensorflow as tf")
  monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
  commands = list(doctor._commands())
  assert "t2t-eval, t2t-decoder in" in commands[0].found
  assert commands[1].found.startswith("t2t-af missing")
  assert all("make setup" in f.cure for f in commands)
  # Where a version is not the pinned one.
  monkeypatch.setattr(doctor, "_pins", lambda _: {"absl-py": "0.0.1"})
  assert "make setup" in _cures(doctor._versions()).get("version", "")


@pytest.mark.parametrize("cure, code", [(None, 0), ("make setup", 1)])
def test_json_has_every_finding(monkeypatch, capsys, cure, code):
  found = [finding.Finding("Python", "3.11"), finding.Finding("x", "y", cure)]
  monkeypatch.setattr(doctor, "_findings", lambda _: iter(found))
  assert doctor.main(["--json"]) == code
  told = json.loads(capsys.readouterr().out)
  assert told == {"findings": [one._asdict() for one in found]}
  assert doctor.main([]) == code
  assert ("All is well" in capsys.readouterr().out) == (cure is None)


def test_pins_of_this_python_are_read():
  pins = doctor._pins((_ROOT / "requirements.txt").read_text())
  assert pins["tensorflow"] == "2.15.1"
  pins = doctor._pins(install.LIST.read_text())
  assert pins["tensor2tensor"] == "1.15.7"
  expected = "4.9.4" if sys.version_info >= (3, 10) else "4.9.3"
  assert pins["tensorflow-datasets"] == expected


@pytest.mark.parametrize(
  "cures, code, last",
  [
    ([None, None], 0, "All is well."),
    ([None, "make setup"], 1, "1 of these are wrong."),
  ],
)
def test_what_is_wrong_decides_the_exit_code(
  monkeypatch, capsys, cures, code, last
):
  findings = [finding.Finding("thing", "state", cure) for cure in cures]
  monkeypatch.setattr(doctor, "_findings", lambda directories: findings)
  assert doctor.main([]) == code
  out = capsys.readouterr().out
  assert out.splitlines()[-1] == last
  assert out.count("BAD") == out.count("cure: make setup") == code


def test_findings_are_of_both_folders(monkeypatch):
  for name in ("_python", "_ffmpeg", "_perceptual"):
    monkeypatch.setattr(doctor, name, lambda name=name: (name, ""))
  monkeypatch.setattr(gpus, "findings", list)
  for name in ("_versions", "_commands", "_mends"):
    monkeypatch.setattr(doctor, name, list)
  monkeypatch.setattr(doctor, "_disk", lambda directory: ("disk", directory))
  disks = [f for f in doctor._findings(["b", "a", "b"]) if f[0] == "disk"]
  assert disks == [("disk", "a"), ("disk", "b")]


@pytest.mark.parametrize(
  "version, fits",
  [((3, 8), False), ((3, 9), True), ((3, 11), True), ((3, 12), False)],
)
def test_only_some_pythons_fit(monkeypatch, version, fits):
  monkeypatch.setattr(doctor.sys, "version_info", (*version, 0))
  assert (doctor._python().cure is None) == fits


def test_every_mend_is_reported(monkeypatch):
  assert not _cures(doctor._mends())
  assert len(list(doctor._mends())) == len(compat.known())
  monkeypatch.setattr(compat, "applied", lambda: compat.known()[1:])
  assert _cures(doctor._mends()) == {
    f"mend {compat.known()[0].name}": "make setup"
  }


def test_an_import_that_fails_is_reported_by_its_last_line(monkeypatch):
  def register():
    raise ImportError("first line\nlast line")

  monkeypatch.setattr("t2t_af.register", register)
  (finding,) = doctor._mends()
  assert (finding.what, finding.found) == ("import", "ImportError: last line")
  assert finding.cure == "make setup"


def test_a_missing_package_is_named_with_its_pin(monkeypatch):
  def version(name):
    raise metadata.PackageNotFoundError(name)

  monkeypatch.setattr(doctor, "_pins", lambda _: {"numpy": "1.26.4"})
  monkeypatch.setattr(doctor.metadata, "version", version)
  wrong, counted = doctor._versions()
  assert wrong.found == "numpy missing (pinned: 1.26.4)"
  assert counted.found == (
    "0 of 1 as in requirements.txt and tensor2tensor.txt"
  )


def test_a_wheel_is_compared_with_the_list_that_it_brings(
  monkeypatch, tmp_path
):
  monkeypatch.setattr(finding, "REQUIREMENTS", tmp_path / "requirements.txt")
  *_, counted = doctor._versions()
  assert counted.found.endswith("as in tensor2tensor.txt")
  assert int(counted.found.split()[0]) > 40


def test_pins_hold_for_the_python_they_name(monkeypatch):
  text = (
    'a==1.0\n# b==2\nc==3 ; python_version < "3.9"\n'
    'd==4; python_version < "3.10"\nd==5; python_version >= "3.10"\n'
  )
  for version, expected in (((3, 9), "4"), ((3, 10), "5"), ((3, 11), "5")):
    monkeypatch.setattr(doctor.sys, "version_info", (*version, 0))
    pins = doctor._pins(text)
    assert (pins["a"], pins["d"]) == ("1.0", expected)
    assert "b" not in pins


def test_room_is_that_of_the_nearest_folder_that_exists(tmp_path, monkeypatch):
  finding = doctor._disk(str(tmp_path / "a" / "b"))
  assert finding.found.endswith(f"GB free at {tmp_path}")
  usage = types.SimpleNamespace(free=1e9)
  monkeypatch.setattr(doctor.shutil, "disk_usage", lambda place: usage)
  assert doctor._disk(str(tmp_path)).cure.startswith("free some")


def test_a_folder_that_cannot_be_written_to_is_wrong(tmp_path, monkeypatch):
  monkeypatch.setattr(os, "access", lambda place, mode: False)
  finding = doctor._disk(str(tmp_path))
  assert finding.found == f"{tmp_path} cannot be written to" and finding.cure


def test_ffmpeg_is_never_needed(monkeypatch):
  monkeypatch.setattr(doctor.shutil, "which", lambda name: None)
  assert doctor._ffmpeg().cure is None
  monkeypatch.setattr(doctor.shutil, "which", lambda name: "/bin/ffmpeg")
  assert doctor._ffmpeg().found == "/bin/ffmpeg"
