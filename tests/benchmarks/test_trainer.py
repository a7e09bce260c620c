"""`bench trainer`: what is read of a training, and of a GPU beside it."""

import json
import sys

import pytest

from benchmarks import trainer
from benchmarks import watching
from t2t_af.records import json_lines
from t2t_af.records import records
from t2t_af.records import run_folder


def test_a_gpu_is_looked_at_while_it_steps(monkeypatch):
  script = (
    "import time\n"
    "for line in ('1024, 0', '4096, 50', '2048, 90'):\n"
    "  print(line, flush=True); time.sleep(0.3)\n"
    "time.sleep(60)\n"
  )
  monkeypatch.setattr(trainer, "_NVIDIA_SMI", (sys.executable, "-c", script))
  with trainer._Gpu() as gpu:
    while len(gpu._seen) < 3:
      pass
  assert gpu.memory == 4.0
  first, *_ = gpu._seen
  assert gpu.utilisation_since(first[0] + 0.01) == 70.0
  assert gpu.utilisation_since(None) is None


def test_without_a_gpu_nothing_is_said_of_it(monkeypatch):
  monkeypatch.setattr(trainer, "_NVIDIA_SMI", ("/no/nvidia-smi",))
  with trainer._Gpu() as gpu:
    pass
  assert gpu.memory is None and gpu.utilisation_since(0.0) is None


@pytest.fixture(name="trained")
def _trained(monkeypatch):
  """Trainings that leave records, and no processes; their command lines."""
  commands = []

  def watch(command, limit):
    commands.append(command)
    (folder,) = [a[13:] for a in command if a.startswith("--output_dir=")]
    for step, seconds in ((1, 9.0), (10, 0.5), (20, 0.25), (30, 0.5)):
      json_lines.append(
        run_folder.results(folder, "training"),
        records.training(
          step=step, seconds_per_step=seconds, nll_nats_per_dim=1.0
        ),
      )
    return watching.Reached(12.0, 20.0, 0.0, 1.5, 0)

  monkeypatch.setattr(trainer.watching, "watch", watch)
  monkeypatch.setattr(trainer.reading, "make_data", lambda *args: None)
  monkeypatch.setattr(trainer, "_NVIDIA_SMI", ("/no/nvidia-smi",))
  return commands


def test_sets_and_batch_sizes_are_trained_in_turn(trained, capsys, tmp_path):
  path = tmp_path / "bench.jsonl"
  argv = ["--hparams_sets=a,b", "--batch_sizes=5,10", f"--json={path}"]
  assert trainer.main([*argv, "--flags=--hp_recompute True"]) == 0
  heading, *lines = capsys.readouterr().out.splitlines()
  assert [line.split()[:2] for line in lines] == [
    ["a", "5"], ["a", "10"], ["b", "5"], ["b", "10"]
  ]  # fmt: skip
  assert lines[1].split() == [
    "a", "10", "12.0", "0.5", "20", "1.5", "-", "-", "0"
  ]  # fmt: skip
  assert all(command[-2:] == ["--hp_recompute", "True"] for command in trained)
  assert "--hparams=batch_size=10" in trained[1]
  read = [json.loads(line) for line in path.read_text().splitlines()]
  assert [(r["hparams_set"], r["batch_size"]) for r in read][-1] == ("b", 10)


def test_the_sets_own_batch_size_needs_no_flag(trained, capsys):
  assert trainer.main(["--hparams_sets=a"]) == 0
  assert not [a for a in trained[0] if a.startswith("--hparams=")]
  assert "its own" in capsys.readouterr().out
  assert trainer.main(["--hparams_sets=a", "--json"]) == 0
  (record,) = json.loads(capsys.readouterr().out)["records"]
  assert record["bench"] == "trainer" and record["hparams_set"] == "a"
