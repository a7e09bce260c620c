"""`bench pytorch`: what is compared, and the layers it is compared with."""

import subprocess
import sys

import pytest

from benchmarks import against_pytorch
from benchmarks import process
from t2t_af import errors


@pytest.fixture(name="asked")
def _asked(monkeypatch):
  """Sizes asked of both; PyTorch takes three times as long."""
  asked = []

  def measure(where, model, *size):
    asked.append((where.rpartition("/")[2], model, *size))
    slow = 3.0 if where.endswith("pytorch") and "/" in where else 1.0
    return dict(seconds=slow, cpu=2 * slow, memory=slow)

  monkeypatch.setattr(against_pytorch.process, "measure", measure)
  monkeypatch.setattr(against_pytorch.process, "measure_script", measure)
  monkeypatch.setattr(
    against_pytorch.importlib.util, "find_spec", lambda name: True
  )
  return asked


def test_both_take_turns_at_the_papers_size(asked, capsys):
  against_pytorch.main(["--models=af2,slvm", "--rounds=1"])
  of_af2 = ("--batch_size=8", "--frames=16", "--steps=2")
  of_slvm = ("--batch_size=16", "--frames=13", "--steps=2")
  assert asked == [
    ("pytorch", "--model=af2", *of_af2),
    ("benchmarks.against_pytorch", "--measure=af2", *of_af2),
    ("pytorch", "--model=slvm", *of_slvm),
    ("benchmarks.against_pytorch", "--measure=slvm", *of_slvm),
  ]
  told = capsys.readouterr().out
  assert told.count("3.0   (wanted: 2.5, reached)") == 4
  assert told.count("3.0   (wanted: 1.67, reached)") == 2


def test_without_pytorch_it_is_said_how_to_get_it(monkeypatch):
  monkeypatch.setattr(
    against_pytorch.importlib.util, "find_spec", lambda name: None
  )
  with pytest.raises(errors.UserError, match="pip install torch==2.8.0"):
    against_pytorch.main([])


@pytest.mark.slow
@pytest.mark.parametrize("name", list(against_pytorch._MODELS))
def test_the_layers_have_the_parameters_of_the_authors_code(name):
  """The script itself compares; a loss that is not finite is an error too."""
  pytest.importorskip("torch")
  frames = 7 if name == "af2" else 4
  size = ["--batch_size=2", f"--frames={frames}", "--steps=1"]
  measured = process.measure_script(
    against_pytorch._FOLDER, f"--model={name}", *size
  )
  assert measured["parameters"] > 300_000 and measured["seconds"] > 0


def test_other_layers_are_refused():
  pytest.importorskip("torch")
  code = (
    "import sys, runpy; sys.path.insert(0, sys.argv[1]); import models; "
    "models.MODELS['af1'] = models.Shape(1, 0, 7); "
    "sys.argv[1:] = ['--model=af1', '--batch_size=1', '--frames=4', "
    "'--steps=1']; runpy.run_path(sys.path[0] + '/__main__.py', "
    "run_name='__main__')"
  )
  done = subprocess.run(
    [sys.executable, "-c", code, against_pytorch._FOLDER],
    capture_output=True,
    text=True,
  )
  assert done.returncode == 1
  assert "335042 parameters, not 7" in done.stderr
