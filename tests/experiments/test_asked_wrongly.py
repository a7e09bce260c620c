"""`t2t_af.load`: what nobody can mean is a line, and a seed is a seed."""

import csv

import numpy as np
import pytest

import t2t_af
from t2t_af import errors
from t2t_af.experiments.asking import forecast_files
from t2t_af.experiments.asking import loaded_run
from t2t_af.experiments.asking import score_files
from t2t_af.experiments.asking import transform_files
from tests.fixtures import asked_runs

pd = pytest.importorskip("pandas")

X = asked_runs.walk(40, 70)


@pytest.fixture(name="run", scope="module")
def _run(series_run):
  with t2t_af.load(series_run.output_dir) as run:
    yield run


def test_one_seed_gives_one_answer_whatever_was_asked_before(run):
  first = run.sample(X, 3, steps=5, seed=1)
  p_value = run.score(X, num_samples=4).p_value
  np.testing.assert_array_equal(first, run.sample(X, 3, steps=5, seed=1))
  run.score(asked_runs.walk(60, 71), num_samples=4)
  np.testing.assert_array_equal(p_value, run.score(X, num_samples=4).p_value)
  without = run.sample(X, 3, steps=5, seed=None)
  assert np.abs(without - run.sample(X, 3, steps=5, seed=None)).min() > 0


@pytest.mark.parametrize(
  "ask, told",
  [
    (lambda run: run.sample(X, 0), "num_samples must be .* at least 1, got 0"),
    (lambda run: run.sample(X, 1, steps=2.5), "steps must be a whole number"),
    (lambda run: run.score(X, num_samples=-1), "at least 0, got -1"),
    (lambda run: run.forecast(X, quantiles=[5, 50]), "from 0 to 1, got 5"),
    (lambda run: run.forecast(X, quantiles=[]), "none is given"),
    (lambda run: run.threshold(2), "rate must be from 0 to 1, got 2"),
    (lambda run: run.threshold(np.nan), "rate must be from 0 to 1, got nan"),
    (lambda run: run.log_prob("x.csv"), "x: an array of numbers is needed"),
    (lambda run: run.log_prob(X * 1j), "not of complex128"),
    (lambda run: run.log_prob(X * 1e300), "row 1, column speed: .* proportion"),
    (lambda run: run.inverse(X * np.nan), "not finite"),
  ],
)
def test_what_nobody_can_mean_is_told(run, ask, told):
  with pytest.raises(errors.UserError, match=told):
    ask(run)


def test_two_columns_of_one_name_are_told(run):
  frame = pd.DataFrame(
    np.concatenate([X, X], axis=1), columns=["speed", "heat", "speed", "more"]
  )
  with pytest.raises(errors.UserError, match="more than one column speed"):
    run.log_prob(frame)


def test_hparams_of_another_model_are_told(series_run):
  for told in ("flow_width=5", "base_distribution=student_t"):
    with pytest.raises(errors.UserError, match=f"{told}: .* was trained with"):
      t2t_af.load(series_run.output_dir, hparams=told)


@pytest.mark.parametrize(
  "changed, told",
  [
    (dict(names=np.array(["heat", "speed"])), "of the columns heat, speed"),
    (dict(model=np.array("0" * 64)), "noise of another run"),
  ],
)
def test_noise_of_another_run_is_told(run, tmp_path, changed, told):
  made = run.transform(X)
  transform_files.write(run, str(tmp_path), "x.csv", made)
  path = str(tmp_path / "x.csv.npz")
  np.testing.assert_allclose(transform_files.read_noise(run, path), made.y)
  with np.load(path) as arrays:
    np.savez(path, **{**arrays, **changed})
  with pytest.raises(errors.UserError, match=told):
    transform_files.read_noise(run, path)


def _forecast(folder, samples, quantiles):
  given = np.full([4, 1], 4.8e8)
  files = forecast_files.ForecastFiles(str(folder), ["level"], quantiles, 3)
  files.add(forecast_files.Forecast("x", given, given[-1:] + samples))
  files.close()
  with open(folder / "forecast.csv", encoding="utf-8") as stream:
    rows = [list(map(float, row[3:])) for row in list(csv.reader(stream))[1:]]
  return np.array(rows) - 4.8e8, (folder / "x.svg").read_text(encoding="utf-8")


def test_a_table_has_the_digits_that_tell_quantiles_apart(tmp_path):
  samples = np.linspace(0.0, 1.0, 5)[:, np.newaxis, np.newaxis]
  table, chart = _forecast(tmp_path, samples, [0.25, 0.5, 0.75])
  np.testing.assert_allclose(table, [[0.25, 0.5, 0.75]], atol=1e-6)
  assert "middle quantile" in chart
  _, chart = _forecast(tmp_path, samples, [0.05, 0.95])
  assert "middle quantile" not in chart and "bands of quantiles" in chart


def test_futures_that_are_not_finite_are_counted(tmp_path, capsys):
  samples = np.array([0.0, np.inf, 2.0, np.nan, 1.0])[:, np.newaxis, np.newaxis]
  table, _ = _forecast(tmp_path, samples, [0.5])
  assert table == pytest.approx(1.0)
  assert "x: 2 of 5 futures have numbers" in capsys.readouterr().err


def test_a_file_without_a_likelihood_has_a_line(tmp_path):
  none = np.full(5, np.nan)
  files = score_files.ScoreFiles(str(tmp_path), True, 0, None)
  of = files.judge("x.csv", loaded_run.Scores(none, none, none, none))
  assert files.line(of) == "x.csv: no step has a likelihood that is a number"
