"""Folders that are no run of ours, and what a run says of itself."""

import pytest
import tensorflow.compat.v1 as tf

from t2t_af import errors
from t2t_af.experiments import trained_run
from t2t_af.records import run_folder
from tests.fixtures import small_data


def _folder(tmp_path, checkpoint=True, **fields):
  """A run's folder with a checkpoint of step 7 that holds nothing of use."""
  folder = str(tmp_path)
  run_folder.update(folder, **fields)
  if checkpoint:
    with tf.Graph().as_default(), tf.Session() as session:
      tf.get_variable("x", initializer=[1.0])
      session.run(tf.global_variables_initializer())
      tf.train.Saver().save(session, folder + "/model.ckpt", 7)
  return folder


@pytest.mark.parametrize(
  "known, message",
  [
    ({}, "does not say its model and hparams_set and problem"),
    (dict(model="slvm", problem="p"), "does not say its hparams_set"),
    (
      dict(model="slvm", hparams_set="slvm_tiny", problem="p"),
      "holds no checkpoint",
    ),
  ],
)
def test_a_folder_that_is_no_run_is_refused(tmp_path, known, message):
  folder = _folder(tmp_path, checkpoint=False, **known)
  with pytest.raises(errors.UserError, match=message):
    trained_run.TrainedRun(folder, folder)


def test_a_run_of_another_model_is_refused(tmp_path):
  folder = _folder(
    tmp_path,
    model="next_frame_glow",
    hparams_set="next_frame_glow_bair_quant",
    problem="video_bair",
  )
  with pytest.raises(errors.UserError, match="next_frame_glow, which is no"):
    trained_run.TrainedRun(folder, folder)


@pytest.mark.parametrize(
  "model, hparams_set, problem, is_series, is_flow",
  [
    ("slvm", "slvm_series_tiny", "series_particle", True, False),
    ("autoregressive_flow", "af1_tiny", "video_toy_pushing", False, True),
  ],
)
def test_a_run_says_what_it_is(
  tmp_path, model, hparams_set, problem, is_series, is_flow
):
  folder = _folder(
    tmp_path,
    model=model,
    hparams_set=hparams_set,
    hparams="batch_size=3",
    problem=problem,
    seed=5,
  )
  data_dir = str(tmp_path / "data")
  small_data.generate(data_dir, [problem], 1, 1, 1)
  run = trained_run.TrainedRun(folder, data_dir)
  assert (run.is_series, run.has_standard_noise) == (is_series, is_flow)
  assert run.step == 7 and run.hparams.batch_size == 3
  assert run.hparams.data_dir == data_dir
  identity = run.identity("test")
  assert (identity["problem"], identity["split"]) == (problem, "test")
  assert (identity["checkpoint"], identity["step"]) == ("model.ckpt-7", 7)
  assert identity["data_fingerprint"] == run.problem.data_fingerprint(data_dir)
  assert identity["seed"] == 5 and identity["train_fraction"] == 1.0


def test_overrides_of_an_evaluation_come_after_those_of_the_run(tmp_path):
  folder = _folder(
    tmp_path,
    model="slvm",
    hparams_set="slvm_tiny",
    hparams="batch_size=3,latent_size=5",
    problem="video_toy_pushing",
  )
  run = trained_run.TrainedRun(folder, "data")
  _, hparams = run._experiment("batch_size=2")
  assert (hparams.batch_size, hparams.latent_size) == (2, 5)
  assert run.hparams.batch_size == 3
