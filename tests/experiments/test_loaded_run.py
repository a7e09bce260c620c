"""`t2t_af.load`: arrays and frames, to noise and back, and futures."""

import glob
import json
import os
import shutil

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

import t2t_af
from t2t_af import errors
from t2t_af.experiments import checkpoints
from t2t_af.experiments.asking import loaded_run
from t2t_af.records import run_folder
from tests.fixtures import asked_runs

pd = pytest.importorskip("pandas")

# Of a standard deviation: float32, through two flows and 600 steps.
SAME = 1e-4


@pytest.fixture(name="run", scope="module")
def _run(series_run):
  with t2t_af.load(series_run.output_dir) as run:
    yield run


def _std(x):
  return x.std(axis=0)


def test_noise_leads_back_to_the_data(run):
  x = asked_runs.walk(700, 60)  # more than goes through at once
  made = run.transform(x)
  assert np.abs(made.y[6:] - (x - x.mean(0))[6:] / _std(x)).max() > 0.05
  back = run.inverse(made.y)
  assert (np.abs(back - x) / _std(x)).max() < SAME


def test_shift_and_scale_lead_from_noise_to_data_in_raw_units(run):
  x = asked_runs.walk(60, 61)
  y, shift, log_scale = run.transform(x)
  rebuilt = shift + np.exp(log_scale) * y
  assert (np.abs(rebuilt - x) / _std(x)).max() < SAME
  # What no transform reaches is standardised alone.
  assert run.num_unscored_steps() == 6
  assert np.ptp(shift[:3], axis=0).max() == 0 < np.ptp(shift[3:], axis=0).min()


def test_noise_is_standard_where_the_scale_has_a_floor(series_run):
  """A floor of twice the data's spread: y is x over more than the floor."""
  x = asked_runs.walk(60, 65)
  with t2t_af.load(series_run.output_dir, hparams="scale_floor=2.0") as run:
    y, shift, log_scale = run.transform(x)
    back = run.inverse(y)
  with t2t_af.load(series_run.output_dir, hparams="scale_floor=0") as run:
    without = run.transform(x)
    assert (np.abs(run.inverse(without.y) - x) / _std(x)).max() < SAME
  assert (np.abs(back - x) / _std(x)).max() < SAME
  rebuilt = shift + np.exp(log_scale) * y
  assert (np.abs(rebuilt - x) / _std(x)).max() < SAME
  np.testing.assert_allclose(shift, without.shift, rtol=1e-5)
  scale, before = np.exp(log_scale)[6:], np.exp(without.log_scale)[6:]
  floor = 2.0 * np.exp(log_scale)[0]  # A first step has scale std alone.
  np.testing.assert_allclose(scale, np.hypot(before, floor), rtol=1e-4)


def test_a_flow_that_scores_its_first_steps_too_leads_back(tmp_path):
  made = asked_runs.train_on_series(
    tmp_path,
    "autoregressive_flow",
    "af2_series_tiny",
    "flow_width=4,batch_size=4,learning_rate_constant=0.1,"
    "first_steps=initial,series_noise=0.02",
  )
  x = asked_runs.walk(300, 66)
  with t2t_af.load(made.output_dir) as run:
    assert run.num_unscored_steps() == 0
    back = run.inverse(run.transform(x).y)
    assert not np.isnan(run.log_prob(x)).any()
  assert (np.abs(back - x) / _std(x)).max() < SAME


def test_noise_of_a_step_follows_from_the_past_alone(run):
  x = asked_runs.walk(60, 62)
  changed = x.copy()
  changed[40] += 5.0
  before, after = run.transform(x).y, run.transform(changed).y
  np.testing.assert_allclose(before[:40], after[:40], rtol=1e-5, atol=1e-5)
  assert np.abs(before[40:47] - after[40:47]).min(axis=1).all()
  np.testing.assert_allclose(before[47:], after[47:], rtol=1e-5, atol=1e-5)


def test_frames_of_video_come_back_exactly(video_run):
  frames = np.random.RandomState(0).randint(0, 256, [30, 16, 16, 1], np.uint8)
  frames[5], frames[6] = 0, 255
  with t2t_af.load(video_run.output_dir) as run:
    made = run.transform(frames)
    np.testing.assert_array_equal(run.inverse(made.y), frames)
    rebuilt = made.shift + np.exp(made.log_scale) * made.y
  np.testing.assert_allclose(rebuilt, frames, atol=0.02)


def test_a_run_without_a_flow_is_told(slvm_run):
  with t2t_af.load(slvm_run.output_dir) as run:
    with pytest.raises(errors.UserError, match="has no flow of the data"):
      run.transform(asked_runs.walk(30, 0))


def test_frames_in_are_frames_out(run):
  x = asked_runs.walk(50, 63)
  index = pd.date_range("2020-01-01", periods=50, freq="h")
  # In another order, with a column that is no number.
  frame = pd.DataFrame(
    dict(heat=x[:, 1], more="text", speed=x[:, 0]), index=index
  )
  log_prob = run.log_prob(frame)
  assert log_prob.index.equals(index) and log_prob.isna().sum() == 9
  np.testing.assert_allclose(log_prob, run.log_prob(x), rtol=1e-6)
  made = run.transform(frame)
  assert list(made.y.columns) == ["speed", "heat"]
  back = run.inverse(made.y)
  assert back.index.equals(index)
  assert (np.abs(back[["speed", "heat"]].to_numpy() - x) / _std(x)).max() < SAME
  table = run.forecast(frame, steps=4, num_samples=5, quantiles=[0.1, 0.5])
  assert list(table.columns) == [
    "speed_q10",
    "speed_q50",
    "heat_q10",
    "heat_q50",
  ]
  assert list(table.index) == [1, 2, 3, 4]
  assert (table["speed_q10"] <= table["speed_q50"]).all()
  with pytest.raises(errors.UserError, match="there is no heat among speed"):
    run.log_prob(frame[["speed"]])


def test_futures_follow_from_the_seed_and_from_the_end_of_the_context(
  series_run,
):
  x = asked_runs.walk(50, 64)

  def sample(context, seed):
    with t2t_af.load(series_run.output_dir) as run:
      return run.sample(context, 3, steps=23, seed=seed)

  first = sample(x, 1)
  assert first.shape == (3, 23, 2)
  assert np.abs(first[0] - first[1]).min() > 0
  np.testing.assert_array_equal(first, sample(x[-9:], 1))
  assert np.abs(first - sample(x, 2)).min() > 0


def test_a_context_that_is_too_short_is_told(run):
  with pytest.raises(errors.UserError, match="has 8 steps; .* conditions on 9"):
    run.sample(asked_runs.walk(8, 0))


def test_nothing_is_left_in_the_default_graph(series_run):
  before = tf.get_default_graph()
  with t2t_af.load(series_run.output_dir) as run:
    run.log_prob(asked_runs.walk(20, 0))
  assert tf.get_default_graph() is before
  assert not before.get_operations()


def test_the_best_checkpoint_is_taken_and_a_damaged_one_passed_over(
  series_run, tmp_path, capsys
):
  folder = str(tmp_path / "run")
  shutil.copytree(series_run.output_dir, folder)
  (newest, *_) = checkpoints.steps_in(folder)
  assert checkpoints.copy(newest, folder, str(tmp_path / "run" / "best"))
  with t2t_af.load(folder, series_run.data_dir) as run:
    assert "step 2 (the best on the dev split)" in run.describe()
  shutil.rmtree(os.path.join(folder, "best"))
  later = checkpoints.prefix(folder, 9)
  for path in glob.glob(checkpoints.prefix(folder, newest) + ".[id]*"):
    ending = path.rpartition(f"-{newest}.")[2]
    shutil.copy(path, f"{later}.{ending}")
    if ending.startswith("data"):
      os.truncate(f"{later}.{ending}", os.path.getsize(path) // 2)
  checkpoints.make_newest(folder, 9)
  with t2t_af.load(folder, series_run.data_dir) as run:
    assert "step 2 (the newest)" in run.describe()
  assert "is damaged" in capsys.readouterr().err


def test_quantiles_leave_out_what_is_not_finite():
  samples = np.array([[1.0], [np.inf], [3.0], [np.nan], [2.0]])
  assert loaded_run.to_quantiles(samples, [0.0, 0.5, 1.0]).tolist() == [
    [1.0],
    [2.0],
    [3.0],
  ]


@pytest.mark.parametrize("is_gone", [False, True])
def test_run_json_says_where_the_data_was(
  series_run, tmp_path, monkeypatch, is_gone
):
  """As of a comparison's runs, whose hparams.json does not."""
  folder = tmp_path / "run"
  shutil.copytree(series_run.output_dir, folder)
  hparams = json.loads((folder / "hparams.json").read_text())
  del hparams["data_dir"]
  (folder / "hparams.json").write_text(json.dumps(hparams))
  monkeypatch.chdir(tmp_path)
  if is_gone:
    run_folder.update(str(folder), data_dir=str(tmp_path / "gone"))
  with t2t_af.load(str(folder)) as run:
    expected = "data" if is_gone else series_run.data_dir
    assert run.run.data_dir == expected
    assert run.run.has_data != is_gone
