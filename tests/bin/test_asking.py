"""`t2t-af score`, `transform`, `forecast` on a person's own files."""

import csv
import json
import os
import shutil
import types

import numpy as np
from PIL import Image
import pytest

import t2t_af
from t2t_af.bin import main as t2t_af_command
from t2t_af.bin import t2t_decoder
from tests.fixtures import asked_runs
from tests.fixtures import mp4_file
from tests.fixtures import user_videos


def _rows(path):
  with open(path, encoding="utf-8", newline="") as stream:
    return list(csv.DictReader(stream))


def _numbers(rows, name):
  return np.array([float(row[name] or "nan") for row in rows])


@pytest.fixture(name="files")
def _files(tmp_path):
  """Two of another data set, of its own columns' order, and a short one."""
  for name, length in (("x", 49), ("y", 52), ("short", 8)):
    values = asked_runs.walk(length, 70 + length)[:, ::-1]
    asked_runs.write_csv(
      str(tmp_path / "mine" / f"{name}.csv"), values, asked_runs.NAMES[::-1]
    )
  return str(tmp_path / "mine")


def test_score_writes_tables_and_charts(series_run, files, tmp_path, capsys):
  out = str(tmp_path / "out")
  argv = ["score", series_run.output_dir, files, "--out", out]
  assert t2t_af_command.main([*argv, "--num_samples=9", "--rate=0.05"]) == 0
  captured = capsys.readouterr()
  assert "the run's own statistics" in captured.err
  assert "left out: short.csv has 8 steps; a window" in captured.err
  assert "x.csv: steps 10 to 49 of 49, " in captured.out
  assert captured.out.endswith(f"{out}\n") and "<=" not in captured.out
  rows = [
    r for r in _rows(os.path.join(out, "scores.csv")) if r["file"] == "y.csv"
  ]
  assert [int(r["step"]) for r in rows] == list(range(1, 53))
  assert set(rows[0].values()) == {"y.csv", "1", ""}
  with t2t_af.load(series_run.output_dir) as run:
    x = asked_runs.walk(52, 70 + 52)
    scores, threshold = run.score(x, "y.csv"), run.threshold(0.05)
  np.testing.assert_allclose(
    _numbers(rows, "nll_raw_nats"), scores.nll_raw_nats, rtol=1e-6
  )
  found = _numbers(rows, "is_anomaly")
  np.testing.assert_array_equal(found[9:], scores.nll_nats[9:] > threshold)
  assert set(_numbers(rows, "p_value")[9:]) <= set(
    np.round(np.arange(1, 11) / 10, 9)
  )
  of_files = _rows(os.path.join(out, "files.csv"))
  assert [r["file"] for r in of_files] == ["x.csv", "y.csv"]
  assert "threshold, from the dev split" in _text(out, "y.csv.svg")


def _text(*parts):
  with open(os.path.join(*parts), encoding="utf-8") as stream:
    return stream.read()


def test_score_says_that_a_bound_is_one(slvm_run, files, tmp_path, capsys):
  argv = ["score", slvm_run.output_dir, os.path.join(files, "x.csv")]
  argv += ["--num_samples=0", "--hparams=num_importance_samples=3"]
  assert t2t_af_command.main([*argv, "--data_dir", str(tmp_path)]) == 0
  captured = capsys.readouterr()
  assert "x.csv: steps 10 to 49 of 49, ≤ " in captured.out
  assert "a bound of 3 samples" in captured.out
  assert "no threshold" in captured.err
  path = os.path.join(slvm_run.output_dir, "score", "files.csv")
  (row,) = _rows(path)
  assert (row["num_bound_samples"], row["num_anomalies"]) == ("3", "")
  argv += ["--data_dir", str(tmp_path), "--json"]
  assert t2t_af_command.main(argv) == 0
  told = json.loads(capsys.readouterr().out)
  assert told["folder"] == os.path.dirname(path)
  assert told["threshold_nll_nats"] is None
  (of_file,) = told["files"]
  assert list(of_file) == list(row)
  told_nll = {n: f"{v:.9g}" for n, v in of_file.items() if n[:3] == "nll"}
  assert told_nll == {name: row[name] for name in told_nll} and told_nll


def test_two_files_of_one_name_are_both_transformed_and_led_back(
  series_run, tmp_path, monkeypatch, capsys
):
  """`../x/a.csv x/a.csv`, then the folder that they are left in."""
  for n, folder in enumerate(("x", "here/x")):
    path = str(tmp_path / folder / "a.csv")
    asked_runs.write_csv(path, asked_runs.walk(30 + n, n))
  monkeypatch.chdir(tmp_path / "here")
  argv = ["transform", series_run.output_dir, "--out=../out"]
  again = str(tmp_path / "x" / "a.csv")
  assert t2t_af_command.main([*argv, "../x/a.csv", "x/a.csv", again]) == 0
  told = capsys.readouterr().err
  assert f"given more than once, counts once: {again}" in told
  assert "looking at tables" not in told and "\x1b" not in told
  assert t2t_af_command.main([*argv, "../out", "--inverse"]) == 0
  back = [
    os.path.relpath(os.path.join(folder, name), tmp_path / "out")
    for folder, _, names in os.walk(tmp_path / "out")
    for name in names
    if name.endswith(".inverse.csv")
  ]
  lengths = {n: len(_rows(str(tmp_path / "out" / n))) for n in back}
  above = tmp_path.name
  assert lengths == {
    f"{above}/x/a.csv.inverse.csv": 30,
    "here/x/a.csv.inverse.csv": 31,
  }


def test_transform_and_back(series_run, files, tmp_path, capsys):
  out = str(tmp_path / "out")
  argv = ["transform", series_run.output_dir, "--out", out]
  assert t2t_af_command.main([*argv, os.path.join(files, "y.csv")]) == 0
  assert "the first 6 steps of a file are kept" in capsys.readouterr().out
  with np.load(os.path.join(out, "y.csv.npz")) as arrays:
    assert arrays["y"].shape == (52, 2) and arrays["num_unscored"] == 6
    assert arrays["names"].tolist() == ["speed", "heat"]
    y = arrays["y"]
  table = _rows(os.path.join(out, "y.csv.y.csv"))
  np.testing.assert_allclose(_numbers(table, "heat"), y[:, 1], rtol=1e-6)
  argv += [os.path.join(out, "y.csv.npz"), "--inverse"]
  assert t2t_af_command.main(argv) == 0
  back = _rows(os.path.join(out, "y.csv.inverse.csv"))
  x = asked_runs.walk(52, 70 + 52)
  for i, name in enumerate(asked_runs.NAMES):
    error = np.abs(_numbers(back, name) - x[:, i]).max()
    assert error < 1e-4 * x[:, i].std()


def test_forecast_of_series(series_run, files, tmp_path, capsys):
  out = str(tmp_path / "out")
  argv = ["forecast", series_run.output_dir, files, "--out", out, "--seed=4"]
  argv += ["--steps=12", "--num_samples=30", "--quantiles=10,50,90"]
  assert t2t_af_command.main(argv) == 0
  assert "left out: " in capsys.readouterr().err  # 8 steps; it conditions on 9
  rows = _rows(os.path.join(out, "forecast.csv"))
  assert len(rows) == 2 * 12 * 2
  with np.load(os.path.join(out, "y.csv.npz")) as arrays:
    outputs = arrays["outputs"]
  assert outputs.shape == (30, 12, 2)
  heat = [r for r in rows if (r["file"], r["feature"]) == ("y.csv", "heat")]
  np.testing.assert_allclose(
    _numbers(heat, "q90"), np.quantile(outputs[:, :, 1], 0.9, axis=0), rtol=1e-6
  )
  assert "heat of y.csv" in _text(out, "y.csv.svg")


def test_forecast_of_video(video_run, tmp_path):
  out = str(tmp_path / "out")
  frames = np.random.RandomState(0).randint(0, 256, [12, 16, 16, 1], np.uint8)
  path = str(tmp_path / "mine.npy")
  np.save(path, frames)
  argv = ["forecast", video_run.output_dir, path, "--out", out, "--steps=3"]
  assert t2t_af_command.main([*argv, "--num_samples=2"]) == 0
  with np.load(os.path.join(out, "mine.npy.npz")) as arrays:
    assert arrays["outputs"].shape == (2, 3, 16, 16, 1)
    assert arrays["outputs"].dtype == np.uint8
  with Image.open(os.path.join(out, "mine.npy.gif")) as gif:
    assert gif.n_frames == 9 + 3
    outputs = np.load(os.path.join(out, "mine.npy.npz"))["outputs"]
  for n, sample in enumerate(outputs, start=1):
    decoded = mp4_file.read(os.path.join(out, f"mine.npy.sample_{n}.mp4"))
    assert decoded.shape == (9 + 3, 16, 16, 3)
    expected = np.concatenate([frames[-9:], sample])
    assert np.abs(decoded.astype(int) - expected).mean() < 4
  assert not os.path.exists(os.path.join(out, "forecast.csv"))


def test_videos_are_scored_of_whatever_size(video_run, tmp_path, capsys):
  out = str(tmp_path / "out")
  small = str(tmp_path / "small.npy")
  np.save(small, np.zeros([30, 8, 8, 1], np.uint8))
  name = sorted(os.listdir(video_run.source))[0]
  argv = ["score", video_run.output_dir, os.path.join(video_run.source, name)]
  assert (
    t2t_af_command.main([*argv, small, "--num_samples=2", "--out", out]) == 0
  )
  captured = capsys.readouterr()
  assert "small.npy: steps 10 to 30 of 30, " in captured.out
  assert f"{name}: steps 10 to 29 of 29, " in captured.out
  assert "raw units" not in captured.out
  assert "nll_raw_nats" not in _rows(os.path.join(out, "scores.csv"))[0]


@pytest.mark.parametrize(
  "argv, told",
  [
    (["/nowhere", "x.csv"], "/nowhere: there is no such folder of a run"),
    (["RUN", "/nowhere.csv"], "/nowhere.csv: there is no such file"),
    (["RUN", "BAD"], 'unknown column "heat". Known: cold, speed'),
  ],
)
@pytest.mark.parametrize("verb", ["score", "transform", "forecast"])
def test_mistakes_are_one_line(series_run, tmp_path, capsys, verb, argv, told):
  bad = asked_runs.write_csv(
    str(tmp_path / "bad.csv"), asked_runs.walk(30, 0), ("speed", "cold")
  )
  places = dict(RUN=series_run.output_dir, BAD=bad)
  out = str(tmp_path / "out")
  argv = [places.get(a, a) for a in argv]
  assert t2t_af_command.main([verb, *argv, "--out", out]) == 2
  captured = capsys.readouterr()
  errors = [l for l in captured.err.splitlines() if l.startswith("error: ")]
  assert len(errors) == 1 and told in errors[0] and not captured.out
  assert "Traceback" not in captured.err and not os.path.exists(out)


@pytest.mark.parametrize(
  "flag, told",
  [
    ("--steps=-1", "--steps must be at least 0"),
    ("--num_samples=-2", "--num_samples must be at least 0"),
    ("--quantiles=5,half", "numbers of per cent"),
    ("--quantiles=5,101", "from 0 to 100"),
  ],
)
def test_numbers_out_of_range_are_told(series_run, files, capsys, flag, told):
  argv = ["forecast", series_run.output_dir, files, flag]
  assert t2t_af_command.main(argv) == 2
  assert told in capsys.readouterr().err


def test_the_decoder_continues_a_file(
  series_run, files, tmp_path, parsed_flags
):
  path = os.path.join(files, "y.csv")
  parsed_flags.output_dir = series_run.output_dir
  parsed_flags.data_dir = series_run.data_dir
  parsed_flags.random_seed = 4
  parsed_flags.decode_hparams = "num_decodes=30"
  out = str(tmp_path / "decoded")
  t2t_decoder._decode_from_file(
    None,
    path,
    types.SimpleNamespace(video_num_target_frames=12),
    types.SimpleNamespace(num_decodes=30),
    out,
    None,
  )
  argv = ["forecast", series_run.output_dir, path, "--steps=12", "--seed=4"]
  other = str(tmp_path / "forecast")
  assert not t2t_af_command.main([*argv, "--num_samples=30", "--out", other])
  assert _text(out, "forecast.csv") == _text(other, "forecast.csv")


def test_the_decoder_continues_a_video(video_run, tmp_path, parsed_flags):
  """An .mp4 of another size."""
  folder = user_videos.write_folder(str(tmp_path / "mine"), dict(a=20, b=20))
  path = os.path.join(folder, "b.mp4")
  parsed_flags.output_dir = video_run.output_dir
  parsed_flags.data_dir = video_run.data_dir
  parsed_flags.decode_hparams = "num_decodes=2"
  out = str(tmp_path / "decoded")
  t2t_decoder._decode_from_file(
    None,
    path,
    types.SimpleNamespace(video_num_target_frames=3),
    types.SimpleNamespace(num_decodes=2),
    out,
    None,
  )
  assert np.load(f"{out}/b.mp4.npz")["outputs"].shape == (2, 3, 16, 16, 1)
  decoded = mp4_file.read(f"{out}/b.mp4.sample_2.mp4")
  assert decoded.shape == (9 + 3, 16, 16, 3)


def test_nothing_is_written_beside_the_answers(series_run, files, tmp_path):
  folder = str(tmp_path / "run")
  shutil.copytree(series_run.output_dir, folder)
  before = set(os.listdir(folder))
  argv = ["score", folder, files, "--num_samples=0", "--rate=0"]
  assert t2t_af_command.main(argv) == 0
  assert set(os.listdir(folder)) - before == {"score"}
