"""The verbs that ask a run read tables as t2t-datagen does, by its flags."""

import csv
import json
import os

import numpy as np
import pytest

from problems.core import options
import t2t_af
from t2t_af.bin import arguments
from t2t_af.bin import forecast
from t2t_af.bin import main as t2t_af_command
from t2t_af.bin import score
from t2t_af.bin import t2t_datagen
from t2t_af.bin import table_flags
from t2t_af.bin import transform
from tests.fixtures import asked_runs

_VALUES = asked_runs.walk(60, 7)


def _write(path, columns, cut=","):
  """A table of {name: column}."""
  rows = zip(*columns.values())
  lines = [cut.join(columns), *(cut.join(map(str, row)) for row in rows)]
  path.write_text("\n".join(lines) + "\n")
  return str(path)


@pytest.fixture(name="columns")
def _columns():
  return {name: _VALUES[:, i].copy() for i, name in enumerate(asked_runs.NAMES)}


def _score(run, tmp_path, *argv):
  out = str(tmp_path / "out")
  flags = ["--num_samples=0", "--rate=0", "--out", out]
  return t2t_af_command.main(["score", run.output_dir, *argv, *flags])


def _nll(tmp_path):
  """{file: {step: nll_nats}} of scores.csv."""
  found = {}
  path = os.path.join(tmp_path, "out", "scores.csv")
  with open(path, encoding="utf-8", newline="") as stream:
    for row in csv.DictReader(stream):
      nll = float(row["nll_nats"] or "nan")
      found.setdefault(row["file"], {})[int(row["step"])] = nll
  return found


def test_a_value_that_is_missing_is_filled_in_or_cut_out(
  series_run, tmp_path, columns, capsys
):
  columns["heat"][30] = np.nan
  path = _write(tmp_path / "x.csv", columns)
  assert _score(series_run, tmp_path, path) == 2
  told = capsys.readouterr().err
  assert "x.csv:32:2" in told and "--missing=fill" in told
  assert "--drop" not in told and not os.path.exists(tmp_path / "out")
  assert _score(series_run, tmp_path, path, "--missing=fill") == 0
  assert (
    list(_nll(tmp_path)) == ["x.csv"] and len(_nll(tmp_path)["x.csv"]) == 60
  )
  assert "x.csv: values filled in, in the column heat: 1" in (
    capsys.readouterr().err
  )
  assert _score(series_run, tmp_path, path, "--missing=cut") == 0
  printed = capsys.readouterr().out
  assert "x.csv [1-30]: steps 10 to 30 of 30, " in printed
  assert "x.csv [32-60]: steps 41 to 60 of 32 to 60, " in printed
  found = _nll(tmp_path)
  assert list(found["x.csv [32-60]"]) == list(range(32, 61))
  with t2t_af.load(series_run.output_dir) as run:
    alone = run.score(_VALUES[31:], "x.csv [32-60]").nll_nats
  by_step = np.array(list(found["x.csv [32-60]"].values()))
  np.testing.assert_allclose(by_step, alone, rtol=1e-6)


def test_the_data_says_what_becomes_of_missing_values(
  series_run, tmp_path, columns
):
  """Its manifest has what t2t-datagen was told."""
  data_dir = tmp_path / "data"
  data_dir.mkdir()
  for name in os.listdir(series_run.data_dir):
    os.symlink(os.path.join(series_run.data_dir, name), data_dir / name)
  path = data_dir / "series_csv.manifest.json"
  manifest = json.loads(path.read_text())
  manifest["details"]["table_options"]["missing"] = "fill"
  path.unlink()
  path.write_text(json.dumps(manifest))
  columns["heat"][30] = np.nan
  mine = _write(tmp_path / "x.csv", columns)
  assert _score(series_run, tmp_path, mine, "--data_dir", str(data_dir)) == 0
  assert list(_nll(tmp_path)) == ["x.csv"]


def test_files_written_otherwise_have_the_same_scores(
  series_run, tmp_path, columns, capsys
):
  _write(tmp_path / "x.csv", columns)
  assert _score(series_run, tmp_path, str(tmp_path / "x.csv")) == 0
  expected = _nll(tmp_path)["x.csv"]
  for cut in ";\t":
    path = _write(tmp_path / "x.csv", columns, cut)
    assert _score(series_run, tmp_path, path) == 0
    assert "written otherwise than the run's data" in capsys.readouterr().err
    found = _nll(tmp_path)["x.csv"]
    np.testing.assert_array_equal(list(found.values()), list(expected.values()))


def test_a_short_piece_of_a_file_hides_no_other(
  series_run, tmp_path, columns, capsys
):
  times = [*range(5), *range(500, 555)]
  path = _write(tmp_path / "gap.csv", {"time": times, **columns})
  assert _score(series_run, tmp_path, path) == 0
  told = capsys.readouterr().err
  assert "gap.csv: gaps in time, cut there: 1" in told
  assert "left out: gap.csv [1-5] has 5 steps" in told
  assert list(_nll(tmp_path)) == ["gap.csv [6-60]"]


@pytest.mark.parametrize("verb", ["score", "transform", "forecast"])
def test_an_id_is_asked_about_and_taken(
  series_run, tmp_path, columns, capsys, verb
):
  ids = [1] * 30 + [2] * 30
  path = _write(tmp_path / "x.csv", {"id": ids, **columns})
  out = str(tmp_path / "out")
  argv = [verb, series_run.output_dir, path, "--out", out]
  assert t2t_af_command.main(argv) == 2
  told = capsys.readouterr().err
  assert "--id_column=id" in told and "--columns" not in told
  if verb == "transform":
    assert t2t_af_command.main([*argv, "--id_column=id"]) == 0
    assert sorted(os.listdir(tmp_path / "out" / "x.csv")) == [
      *("1.npz", "1.y.csv", "2.npz", "2.y.csv")
    ]


def test_flags_of_tables_are_refused_of_noise(series_run, capsys):
  argv = ["transform", series_run.output_dir, "x.npz", "--inverse"]
  assert t2t_af_command.main([*argv, "--missing=fill"]) == 2
  assert "--missing is of tables; --inverse" in capsys.readouterr().err


def test_flags_of_tables_are_refused_of_videos(video_run, tmp_path, capsys):
  path = str(tmp_path / "x.npy")
  np.save(path, np.zeros([20, 16, 16, 1], np.uint8))
  assert _score(video_run, tmp_path, path, "--missing=fill") == 2
  assert "--missing is of tables; " in capsys.readouterr().err


@pytest.mark.parametrize("verb", [score, transform, forecast])
def test_the_flags_are_those_of_datagen(verb):
  help_of = {
    action.dest: action.help
    for action in arguments.parser_of(verb.main)._actions
  }
  assert len(table_flags.TEXTS) == 10
  assert all(word in table_flags.TEXTS["missing"] for word in options.MISSING)
  for name, text in table_flags.TEXTS.items():
    assert t2t_datagen.FLAGS[name].help == text
    if name != "columns":  # which the run has settled
      assert help_of[name] == text


def test_an_id_leads_to_no_other_folder(series_run, tmp_path, columns):
  columns["id"] = ["../../a/b"] * 30 + ["50%"] * 30
  path = _write(tmp_path / "x.csv", columns)
  assert _score(series_run, tmp_path, path, "--id_column=id") == 0
  assert set(_nll(tmp_path)) == {"x.csv/..%2F..%2Fa%2Fb", "x.csv/50%25"}
  made = {p.name for p in (tmp_path / "out" / "x.csv").iterdir()}
  assert made == {"..%2F..%2Fa%2Fb.svg", "50%25.svg"}
