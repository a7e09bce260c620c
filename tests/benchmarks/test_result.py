"""The numbers of a bench, as a table and as records."""

import argparse

import pytest

from benchmarks import flow
from benchmarks import generation
from benchmarks import reading
from benchmarks import result
from t2t_af.records import json_lines

RESULT = result.Result(
  bench="input",
  what="reading x",
  unit="windows a second",
  ours="pipeline",
  theirs="step",
  ours_rounds=[50.0, 60.0],
  theirs_rounds=[10.0, 12.0],
  lower_is_better=False,
  wanted=5.0,
)


def test_a_result_has_a_line_for_each_side_and_its_ratio():
  lines = result.text([RESULT]).splitlines()
  assert lines[0] == "reading x: windows a second, median of 2 rounds"
  assert lines[1].split() == ["step", "11", "(10", "to", "12)"]
  assert lines[2].split() == ["pipeline", "55", "(50", "to", "60)"]
  assert lines[3].split() == ["ratio", "5.0", "(wanted:", "5,", "reached)"]


def test_less_than_is_wanted_is_said():
  assert "NOT reached" in result.text([RESULT._replace(wanted=5.1)])


def test_without_a_file_nothing_is_written(tmp_path, capsys, monkeypatch):
  monkeypatch.chdir(tmp_path)
  result.report([RESULT], None)
  assert capsys.readouterr().out.startswith("reading x")
  assert not list(tmp_path.iterdir())


def test_records_say_machine_and_versions(tmp_path):
  path = str(tmp_path / "bench" / "all.jsonl")
  result.report([RESULT], path)
  result.report([RESULT], path)  # appended
  first, _ = json_lines.read(path)
  assert (first["kind"], first["bench"]) == ("bench", "input")
  assert first["ratio"] == 5.0 and first["wanted"] == 5.0
  assert first["hardware"]["cores"] >= 1 and "numpy" in first["versions"]


def test_every_bench_of_data_has_these_flags():
  parser = argparse.ArgumentParser()
  result.add_arguments(parser)
  assert vars(parser.parse_args([])) == dict(rounds=3, json=None)
  args = parser.parse_args(["--rounds=1", "--json=x"])
  assert (args.rounds, args.json) == (1, "x")


def test_flags_of_generation_reach_its_measurement(monkeypatch, capsys):
  asked = []
  monkeypatch.setattr(
    generation, "measure", lambda *args: asked.append(args) or RESULT
  )
  generation.main(["--videos_per_file=2", "--rounds=4", "--seconds=1"])
  assert asked == [(2, 4)] and "reading x" in capsys.readouterr().out


def test_flags_of_reading_reach_every_problem(monkeypatch, capsys):
  asked = []
  monkeypatch.setattr(
    reading, "measure", lambda *args: asked.append(args) or RESULT
  )
  reading.main(
    [
      "--problems=video_toy_pushing,series_particle",
      "--hparams_set=af1_tiny",
      "--data_dir=d",
      "--rounds=2",
      "--seconds=0.5",
    ]
  )
  assert asked == [
    (name, "af1_tiny", "d", 2, 0.5)
    for name in ("video_toy_pushing", "series_particle")
  ]
  assert capsys.readouterr().out.count("reading x") == 2


def test_a_problem_that_cannot_be_read_is_refused_before_any_measurement(
  monkeypatch,
):
  monkeypatch.setattr(reading, "measure", pytest.fail)
  with pytest.raises(reading.errors.UserError, match="series_particel"):
    reading.main(["--problems=video_toy_pushing,series_particel"])


def test_flags_of_flow_reach_every_set(monkeypatch, capsys):
  asked = []
  monkeypatch.setattr(
    flow, "_compare", lambda *args: asked.append(args) or [RESULT]
  )
  flow.main(["--hparams_sets=af1_tiny,af1_mmnist", "--steps=5", "--rounds=1"])
  assert asked == [("af1_tiny", 1, 5), ("af1_mmnist", 1, 5)]
  assert capsys.readouterr().out.count("reading x") == 2


def test_one_measurement_is_the_last_line(monkeypatch, capsys):
  monkeypatch.setattr(flow, "measure", lambda *args: dict(asked=args))
  flow.main(["--measure", "af1_tiny", "ours", "--steps=3"])
  assert capsys.readouterr().out == ('{"asked": ["af1_tiny", "ours", 3]}\n')


def test_a_rate_is_counted_after_a_warm_up(monkeypatch):
  clock = iter([0.0, 0.5, 1.0, 1.5, 2.0])
  calls = []
  monkeypatch.setattr(reading.time, "perf_counter", lambda: next(clock))
  # Two runs within one second, and half a second until the clock is read last.
  assert reading._per_second(lambda: calls.append(1), 1.5) == 2 / 2.0
  assert len(calls) == reading._WARM_UP + 2
