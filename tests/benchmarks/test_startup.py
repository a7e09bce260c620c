"""`bench startup`: what is started, against what, and what counts."""

import json

import pytest
from tensor2tensor.utils import registry

from benchmarks import startup
from benchmarks import watching
from t2t_af import errors


@pytest.fixture(name="started")
def _started(monkeypatch):
  """Command lines of trainings; the stock's take four times as long."""
  commands = []

  def watch(command, limit, ends_there):
    assert ends_there and limit == 900.0
    commands.append(command)
    slow = 4.0 if "--model=next_frame_glow" in command else 1.0
    return watching.Reached(10.0 * slow, 15.0 * slow, 0.0, 1.0, -9)

  monkeypatch.setattr(startup.watching, "watch", watch)
  monkeypatch.setattr(startup, "_draw", lambda *args: None)
  return commands


def test_models_start_in_turn_with_the_same_flags(started, capsys, tmp_path):
  path = tmp_path / "x.jsonl"
  startup.main(["--sizes=tiny,paper", "--rounds=2", f"--json={path}"])
  models = [command[5] for command in started]
  assert models == ["--model=next_frame_glow", "--model=video_flow"] * 4
  for theirs, ours in zip(started[::2], started[1::2]):
    own = ("--model", "--output_dir")
    assert [a for a in theirs if not a.startswith(own)] == [
      a for a in ours if not a.startswith(own)
    ]
  records = [json.loads(line) for line in path.read_text().splitlines()]
  assert [r["unit"] for r in records] == ["s", "processor s"] * 2
  assert {r["ratio"] for r in records} == {4.0}
  assert "(wanted: 4, reached)" in capsys.readouterr().out


def test_a_small_data_set_is_one_that_can_be_read(monkeypatch, tmp_path):
  monkeypatch.setattr(startup, "_NUM_SEQUENCES", 2)
  startup._draw("video_toy_pushing", str(tmp_path))
  problem = registry.problem("video_toy_pushing")
  files = problem.split_files(str(tmp_path), "train")
  assert sum(file.num_sequences for file in files) == 2


def test_a_training_without_a_first_step_is_an_error(started, monkeypatch):
  monkeypatch.setattr(
    startup.watching,
    "watch",
    lambda *args, **options: watching.Reached(None, None, None, 1.0, 2),
  )
  with pytest.raises(errors.UserError, match="tiny came to no first step"):
    startup.main(["--sizes=tiny"])


def test_answers_are_those_of_the_commands(capsys):
  assert startup.main(["--sizes=answers", "--rounds=1", "--json"]) == 0
  records = json.loads(capsys.readouterr().out)["records"]
  assert len(records) == 3
  assert all(0 < r["ours_rounds"][0] < 1 for r in records)


def test_a_command_that_answers_otherwise_is_an_error():
  with pytest.raises(errors.UserError, match="exit code 3"):
    startup._processor_seconds("raise SystemExit(3)", "--help", 0)
