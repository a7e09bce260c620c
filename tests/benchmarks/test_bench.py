"""The benches of data: what they measure, and how they tell it."""

import json
import os
import tarfile

import pytest
from tensor2tensor.data_generators import problem as t2t_problem
import tensorflow.compat.v1 as tf

from benchmarks import generation
from benchmarks import reading
from benchmarks import result as bench_result
from problems import series_particle
from t2t_af import errors
from t2t_af.bin import arguments
from t2t_af.bin import bench
from t2t_af.records import json_lines
from tests.fixtures import bair_archive

RESULT = bench_result.Result(
  "generation",
  "writing x",
  "ms per frame",
  "ours",
  "theirs",
  [2.0, 1.0, 3.0],
  [10.0, 8.0, 90.0],
  lower_is_better=True,
  wanted=3.0,
)


def test_the_ratio_is_of_medians_and_above_one_where_ours_is_better():
  assert RESULT.ratio == 5.0
  assert RESULT._replace(lower_is_better=False).ratio == 0.2


def test_a_table_and_a_record_tell_all_rounds(tmp_path, capsys):
  path = str(tmp_path / "bench.jsonl")
  bench_result.report([RESULT, RESULT._replace(wanted=9.0)], path)
  told = capsys.readouterr().out
  assert "(wanted: 3, reached)" in told and "(wanted: 9, NOT reached)" in told
  assert "(8 to 90)" in told
  first, _ = json_lines.read(path)
  assert first["ratio"] == 5.0 and first["theirs_rounds"] == [10.0, 8.0, 90.0]


def test_json_alone_takes_the_place_of_the_table(capsys):
  bench_result.report([RESULT], arguments.STDOUT)
  (record,) = json.loads(capsys.readouterr().out)["records"]
  assert record["ratio"] == 5.0 and record["ours_rounds"] == [2.0, 1.0, 3.0]


def test_the_archive_has_the_true_layout(tmp_path):
  with tarfile.open(generation.write_archive(str(tmp_path), 1)) as tar:
    sizes = {info.name: info.size for info in tar if info.isreg()}
  assert set(sizes.values()) == {bair_archive.RECORD_BYTES}
  assert {name.split("/")[1] for name in sizes} == {"train", "test"}


def test_both_generators_write_every_frame_of_the_archive(
  tmp_path, monkeypatch
):
  made = {}
  generate = generation._generate

  def spy(problem, archive, folder):
    seconds = generate(problem, archive, folder)
    made[os.path.basename(folder)] = problem, os.path.join(folder, "data")
    made[problem.name] = sum(
      len(list(tf.python_io.tf_record_iterator(path)))
      for path in tf.gfile.Glob(os.path.join(folder, "data", "*-of-*"))
    )
    return seconds

  monkeypatch.setattr(generation, "_generate", spy)
  monkeypatch.setattr(generation.tempfile, "tempdir", str(tmp_path))
  result = generation.measure(videos_per_file=1, rounds=1)
  assert made["video_bair_robot_pushing"] == 6 * 30  # one record a frame
  assert made["video_bair"] == 6  # one a sequence
  assert result.ratio > 0 and len(result.ours_rounds) == 1


def test_input_is_measured_against_training(tmp_path, monkeypatch):
  monkeypatch.setattr(
    series_particle.SeriesParticle,
    "sequences_per_split",
    {
      split: 64
      for split in (
        t2t_problem.DatasetSplit.TRAIN,
        t2t_problem.DatasetSplit.EVAL,
        t2t_problem.DatasetSplit.TEST,
      )
    },
  )
  result = reading.measure(
    "series_particle", "af1_series_tiny", str(tmp_path), rounds=1, seconds=0.2
  )
  assert min(result.ours_rounds + result.theirs_rounds) > 0
  assert not result.lower_is_better and result.unit == "windows a second"


def test_benches_are_found_by_name(monkeypatch):
  called = []
  monkeypatch.setattr(
    bench.importlib,
    "import_module",
    lambda name: type(
      "Bench",
      (),
      {
        "main": staticmethod(
          lambda argv: called.append((name.split(".")[-1], argv))
        )
      },
    ),
  )
  assert bench.main([]) == 0
  assert bench.main(["--repeats=1"]) == 0
  assert bench.main(["data", "--rounds=1"]) == 0
  assert called == [
    ("graph", []),
    ("graph", ["--repeats=1"]),
    ("generation", ["--rounds=1"]),
    ("reading", ["--rounds=1"]),
  ]
  with pytest.raises(errors.UserError, match='"generation"'):
    bench.main(["generaton"])
