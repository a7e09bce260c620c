"""`t2t-af install`: what pip is asked for, and whose commands are left."""

from importlib import metadata
import importlib.util
import subprocess
import sys

import pytest

from t2t_af import compat
from t2t_af.bin import install
from t2t_af.bin import main as t2t_af_command
from t2t_af.errors import UserError

_SCRIPT = """#!{python}
import re
import sys
from t2t_af.bin.main import main
if __name__ == "__main__":
  sys.argv[0] = re.sub(r"(-script\\.pyw|\\.exe)?$", "", sys.argv[0])
  print(main.__module__, main.__name__)
"""
_POINTS = """[console_scripts]
t2t-af = t2t_af.bin.main:main
t2t-eval = t2t_af.bin.front:evaluate
"""


@pytest.fixture(name="installed")
def _installed(tmp_path, monkeypatch):
  """An environment where tensor2tensor was installed after us."""
  info = tmp_path / "lib" / "t2t_af-1.dist-info"
  info.mkdir(parents=True)
  (info / "METADATA").write_text("Metadata-Version: 2.1\nName: t2t_af\n")
  (info / "entry_points.txt").write_text(_POINTS)
  (info / "RECORD").write_text("../bin/t2t-af,,\n../bin/t2t-eval,,\n")
  scripts = tmp_path / "bin"
  scripts.mkdir()
  (scripts / "t2t-af").write_text(_SCRIPT.format(python=sys.executable))
  (scripts / "t2t-af").chmod(0o755)
  (scripts / "t2t-eval").write_text("import tensor2tensor")
  distribution = metadata.Distribution.at(info)
  monkeypatch.setattr(metadata, "distribution", lambda name: distribution)
  return scripts


def test_our_commands_are_put_back(installed, run_python):
  install.put_commands_back(metadata.distribution("t2t_af"))
  assert (installed / "t2t-eval").stat().st_mode & 0o111
  done = run_python(installed / "t2t-eval", path=[install.LIST.parents[1]])
  assert done.stdout.split() == ["t2t_af.bin.front", "evaluate"], done.stderr


def test_a_foreign_t2t_af_command_is_told(installed):
  (installed / "t2t-af").write_text("something else")
  with pytest.raises(UserError, match="install t2t_af anew"):
    install.put_commands_back(metadata.distribution("t2t_af"))


@pytest.mark.parametrize("code", [0, 1])
def test_commands_are_put_back_whatever_pip_did(
  installed, monkeypatch, capsys, code
):
  asked = []
  monkeypatch.setattr(
    subprocess, "call", lambda command: asked.append(command) or code
  )
  assert t2t_af_command.main(["install"]) == (2 if code else 0)
  assert "evaluate" in (installed / "t2t-eval").read_text()
  assert all("--no-deps" in command for command in asked)
  assert (str(install.LIST) in asked[-1]) == (code == 0)
  assert ("pip could not" in capsys.readouterr().err) == (code == 1)


def test_without_pip_the_command_for_uv_is_told(monkeypatch, capsys):
  monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
  assert t2t_af_command.main(["install"]) == 2
  assert "uv pip install --no-deps" in capsys.readouterr().err


def test_show_only_prints(capsys, monkeypatch):
  monkeypatch.setattr(subprocess, "call", lambda command: pytest.fail())
  assert t2t_af_command.main(["install", "--show"]) == 0
  first, second = capsys.readouterr().out.splitlines()
  assert "setuptools==" in first and "wheel==" in first
  assert second.endswith(f"-r {install.LIST}")


def test_what_is_missing_is_told_with_its_command(monkeypatch):
  monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
  with pytest.raises(UserError, match="`t2t-af install` adds it"):
    compat.apply()
