"""`t2t-af sample`: the truth beside futures, of models by name and of runs."""

import csv
import os

import numpy as np
import pytest

from t2t_af.bin import asking
from t2t_af.bin import main as t2t_af_command
from t2t_af.records import named_models
from tests.fixtures import asked_runs
from tests.fixtures.model_folders import model_folder  # noqa: F401


def test_models_are_listed_where_none_is_named(models, capsys):
  assert t2t_af_command.main(["sample"]) == 0
  captured = capsys.readouterr()
  assert captured.out.splitlines() == named_models.lines()
  assert "t2t-af sample NAME" in captured.err


def test_the_truth_of_a_series_is_shown_beside_its_fan(
  series_run, tmp_path, capsys
):
  x = asked_runs.walk(30, 90)
  path = asked_runs.write_csv(str(tmp_path / "mine.csv"), x)
  out = str(tmp_path / "out")
  # Files after flags, and fewer steps known than are drawn.
  argv = ["sample", series_run.output_dir, "--steps=25", path, "--out", out]
  assert t2t_af_command.main([*argv, "--num_samples=5"]) == 0
  told = capsys.readouterr().out.splitlines()
  assert told == ["mine.csv: mine.csv.npz, mine.csv.svg", out]
  with np.load(os.path.join(out, "mine.csv.npz")) as arrays:
    np.testing.assert_allclose(arrays["inputs"], x[:9], rtol=1e-6)
    np.testing.assert_allclose(arrays["targets"], x[9:], rtol=1e-6)
    outputs = arrays["outputs"]
  assert outputs.shape == (5, 25, 2)
  with open(os.path.join(out, "forecast.csv"), encoding="utf-8") as stream:
    rows = list(csv.DictReader(stream))
  assert len(rows) == 25 * 2
  found = float(rows[-1]["q50"])
  assert found == pytest.approx(np.median(outputs[:, -1, 1]), rel=1e-6)


def test_the_first_sequences_of_the_data_are_continued(
  video_run, tmp_path, capsys
):
  out = str(tmp_path / "out")
  argv = ["sample", video_run.output_dir, "--data_dir", video_run.data_dir]
  argv += ["--num_contexts=1", "--num_samples=2", "--steps=3", "--out", out]
  assert t2t_af_command.main([*argv, "--temperature=0.5"]) == 0
  captured = capsys.readouterr()
  name, _, files = captured.out.splitlines()[0].partition(": ")
  assert files.split(", ") == [
    name + ending
    for ending in (".npz", ".gif", ".png", ".sample_1.mp4", ".sample_2.mp4")
  ]
  for file in files.split(", "):
    assert os.path.getsize(os.path.join(out, file))
  with np.load(os.path.join(out, name + ".npz")) as arrays:
    assert arrays["outputs"].shape == (2, 3, 16, 16, 1)
    assert arrays["targets"].shape == (3, 16, 16, 1)


@pytest.mark.parametrize(
  "argv, told",
  [
    (["no_model"], 'unknown named model "no_model"'),
    (["RUN", "--num_contexts=0"], "--num_contexts must be at least 1"),
    (["RUN", "--temperature=0"], "--temperature must be above 0"),
    (["RUN", "--temperature=nan"], "--temperature must be above 0"),
  ],
)
def test_mistakes_are_one_line(series_run, tmp_path, capsys, argv, told):
  places = dict(RUN=series_run.output_dir)
  out = str(tmp_path / "out")
  argv = [places.get(word, word) for word in argv]
  assert t2t_af_command.main(["sample", *argv, "--out", out]) == 2
  captured = capsys.readouterr()
  assert captured.err.startswith("error: ") and told in captured.err
  assert captured.err.count("\n") == 1 and not os.path.exists(out)


def test_what_comes_along_is_not_written_to(models, tmp_path):
  assert asking._out("sample", "af1_digits") == "sample/af1_digits"
  assert asking._out("sample", str(tmp_path)) == str(tmp_path / "sample")
