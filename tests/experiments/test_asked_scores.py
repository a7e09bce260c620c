"""What a run says of files: as an evaluation, to the last digit."""

import os
import shutil

import numpy as np
import pytest
from tensor2tensor.utils import registry

from t2t_af import errors
from t2t_af.experiments import trained_run
from t2t_af.experiments.asking import loaded_run
from t2t_af.experiments.asking import own_files
from t2t_af.experiments.asking import tiling
from t2t_af.records import json_lines
from t2t_af.records import run_folder
from tests.fixtures import asked_runs

# The same numbers, computed in batches of another size.
SAME = dict(rtol=1e-6, atol=1e-6)


def test_every_step_but_the_first_is_scored_once():
  starts = tiling.starts(27, 3, 10)
  assert starts == [0, 10, 14]  # the last one reaches the end
  values = np.array([[i] * 10 for i in range(3)], float)
  made = tiling.per_step(values, starts, 13, 27)
  assert np.isnan(made[:3]).all()
  assert made[3:].tolist() == [0] * 10 + [1] * 10 + [2] * 4


def test_a_window_that_scores_its_inputs_too_scores_no_step_twice():
  values = np.array([[0] * 6, [1] * 6], float)
  made = tiling.per_step(values, tiling.starts(8, 4, 2), 6, 8)
  assert made.tolist() == [0] * 6 + [1] * 2


def test_what_fits_no_window_has_none():
  assert tiling.starts(12, 3, 10) == []


def _evaluated(made, tmp_path):
  """The likelihood record of the test split, left in a copy of the run."""
  copy = str(tmp_path / "evaluated")
  shutil.copytree(made.output_dir, copy)
  trained_run.TrainedRun(copy, made.data_dir).evaluate("test")
  return json_lines.read(run_folder.results(copy, "likelihood"))[-1]


def _scored(run, made, name, num_steps=None):
  """Of a file of the source, up to num_steps: NLL per dimension."""
  (file,) = own_files.find(run.run, [os.path.join(made.source, name)])
  (recording,) = own_files.read(run.run, file)
  scores = run.score(recording.values[:num_steps], recording.sequence_id)
  return scores.nll_nats / run.run.dims


@pytest.mark.parametrize("kind", ["series_run", "slvm_run"])
def test_series_have_the_scores_of_an_evaluation(kind, request, tmp_path):
  made = request.getfixturevalue(kind)
  record = _evaluated(made, tmp_path)
  assert record["num_windows"] > len(record["sequence_ids"])
  with loaded_run.LoadedRun(made.output_dir) as run:
    for name, nll, count in zip(
      record["sequence_ids"],
      record["nll_nats_per_dim_per_sequence"],
      record["num_windows_per_sequence"],
    ):
      whole = 9 + 10 * count  # steps that the evaluation reaches
      np.testing.assert_allclose(
        np.nanmean(_scored(run, made, name, whole)), nll, **SAME
      )
    assert run.num_bound_samples == (kind == "slvm_run")


def test_video_has_the_scores_of_an_evaluation(video_run, tmp_path):
  record = _evaluated(video_run, tmp_path)
  with loaded_run.LoadedRun(video_run.output_dir) as run:
    for name, nll in zip(
      record["sequence_ids"], record["nll_nats_per_dim_per_sequence"]
    ):
      scored = _scored(run, video_run, name.rpartition("/")[0])
      assert np.isnan(scored[:9]).all() and not np.isnan(scored[9:]).any()
      np.testing.assert_allclose(scored[9:19].mean(), nll, **SAME)


@pytest.mark.slow
def test_a_video_flow_scores_as_in_an_evaluation_and_has_futures(tmp_path):
  made = asked_runs.train_on_video(
    tmp_path,
    "video_flow",
    "video_flow_af_tiny",
    "n_levels=2,depth=1,coupling_width=4,latent_encoder_width=4,"
    "latent_encoder_depth=1,batch_size=2,video_num_target_frames=4",
  )
  record = _evaluated(made, tmp_path)
  with loaded_run.LoadedRun(made.output_dir) as run:
    (name,), (nll,) = (
      record[key] for key in ("sequence_ids", "nll_nats_per_dim_per_sequence")
    )
    scored = _scored(run, made, name.rpartition("/")[0])
    first = run.run.num_inputs
    np.testing.assert_allclose(scored[first : first + 4].mean(), nll, **SAME)
    assert not np.isnan(scored[first:]).any()
    given = np.zeros([first, 16, 16, 1], np.uint8)
    assert run.sample(given, 2, steps=5).shape == (2, 5, 16, 16, 1)
    with pytest.raises(errors.UserError, match="no flow of the data .*video_f"):
      run.transform(given)


def test_raw_units_and_log_prob_differ_by_the_scale_of_the_run(series_run):
  x = asked_runs.walk(49, 50)
  with loaded_run.LoadedRun(series_run.output_dir) as run:
    scores = run.score(x, "x")
    log_prob = run.log_prob(x, "x")
  statistics = registry.problem("series_csv").statistics(series_run.data_dir)
  given = np.isnan(scores.nll_nats)
  assert given.sum() == 9
  np.testing.assert_allclose(
    (scores.nll_raw_nats - scores.nll_nats)[~given],
    np.log(statistics.std).sum(),
  )
  np.testing.assert_array_equal(log_prob, -scores.nll_raw_nats)
  np.testing.assert_allclose(
    scores.nll_bits_per_dim * 2 * np.log(2), scores.nll_nats
  )


def test_a_spike_has_the_least_tail_probability(series_run):
  x = asked_runs.walk(49, 51)
  x[30] += [60.0, 0.0]
  with loaded_run.LoadedRun(series_run.output_dir) as run:
    scores = run.score(x, "x", num_samples=49)
    threshold = run.threshold(0.05)
  assert scores.p_value[30] == pytest.approx(1 / 50)
  assert scores.nll_nats[30] > threshold
  assert np.isnan(scores.p_value[:9]).all()
  ordinary = scores.p_value[9:30]
  assert ordinary.mean() > 0.2 and len(np.unique(ordinary)) > 10


def test_tail_probabilities_of_the_models_own_samples_are_uniform(series_run):
  with loaded_run.LoadedRun(series_run.output_dir) as run:
    given = asked_runs.walk(9, 52)
    futures = run.sample(given, 40, seed=3)
    # Of one step each: those of one future depend on each other.
    found = [
      run.score(np.concatenate([given, f]), "x", 19).p_value[9] for f in futures
    ]
  assert abs(np.mean(found) - 0.525) < 4 * np.sqrt(1 / 12 / 40)
  assert min(found) < 0.3 and max(found) > 0.7


def test_a_file_that_is_too_short_is_told(series_run):
  with loaded_run.LoadedRun(series_run.output_dir) as run:
    with pytest.raises(errors.UserError, match="has 18 steps; a window .* 19"):
      run.score(asked_runs.walk(18, 0), "tiny.csv")


def test_another_shape_is_told(series_run, video_run):
  with loaded_run.LoadedRun(series_run.output_dir) as run:
    with pytest.raises(errors.UserError, match=r"\['steps', 2\] .*speed, heat"):
      run.score(np.zeros([30, 3]))
    bad = asked_runs.walk(30, 0)
    bad[4, 1] = np.nan
    with pytest.raises(errors.UserError, match="row 5, column heat: nan"):
      run.score(bad)
  with loaded_run.LoadedRun(video_run.output_dir) as run:
    with pytest.raises(errors.UserError, match=r"\['steps', 16, 16, 1\]"):
      run.score(np.zeros([30, 8, 8, 1], np.uint8))
    with pytest.raises(errors.UserError, match="uint8 levels"):
      run.score(np.zeros([30, 16, 16, 1]))
