"""Data-space models under the Estimator: train, go on, evaluate, predict."""

import types

import numpy as np
import pytest
from tensor2tensor.utils import decoding
from tensor2tensor.utils import trainer_lib
import tensorflow.compat.v1 as tf

from problems import series_particle
from problems import video_toy_pushing
from t2t_af import errors
from t2t_af.records import json_lines
from t2t_af.records import run_folder
from tests.models import small

NUM_SAMPLES = 2
RTOL_OF_NOISE = 0.01  # z and dequantisation of another batch size
SEQUENCES = {"train": 4, "eval": 3, "test": 1}


class Stamps(video_toy_pushing.VideoToyPushing):
  name = "video_toy_stamps"
  frame_height = 8
  frame_width = 8
  frames_per_sequence = 20
  sequences_per_split = SEQUENCES


class GreyStamps(Stamps):
  name = "video_grey_stamps"
  num_channels = 1

  def generate_sequences(self, data_dir, tmp_dir, split):
    for name, frames in super().generate_sequences(data_dir, tmp_dir, split):
      yield name, frames[..., :1]


class Particle(series_particle.SeriesParticle):
  name = "series_few_particles"
  split_protocol = "drawn apart"
  sequences_per_split = SEQUENCES


class Case:
  """Runs of one model; `run` does one thing with a new Estimator."""

  def __init__(self, model, hparams_set, problem, folder):
    self.model, self.hparams_set, self.problem = model, hparams_set, problem
    self.data_dir, self.model_dir = str(folder / "data"), str(folder / "run")
    problem.generate_data(self.data_dir, None)

  def experiment(self, train_steps=1, problem=None, **overrides):
    overrides.setdefault("learning_rate_constant", 0.01)
    config = trainer_lib.create_run_config(
      self.model, model_dir=self.model_dir, schedule="train", random_seed=0
    )
    return trainer_lib.create_experiment(
      config,
      small.hparams(self.hparams_set, **overrides),
      self.model,
      problem or self.problem,
      self.data_dir,
      train_steps=train_steps,
      eval_steps=None,
      schedule="train",
      decode_hparams=(decoding.decode_hparams("num_decodes=%d" % NUM_SAMPLES)),
    )

  def checkpoint(self):
    reader = tf.train.load_checkpoint(self.model_dir)
    return {
      name: reader.get_tensor(name)
      for name in reader.get_variable_to_shape_map()
    }

  def record(self, **overrides):
    """Of a new evaluation."""
    self.experiment(**overrides).evaluate()
    return json_lines.read(run_folder.results(self.model_dir, "likelihood"))[-1]

  def predict(self):
    experiment = self.experiment()
    return list(
      experiment.estimator.predict(
        self.problem.make_estimator_input_fn(
          tf.estimator.ModeKeys.PREDICT, experiment._hparams
        )
      )
    )


@pytest.fixture(name="video", scope="module")
def _video(tmp_path_factory):
  case = Case(
    "slvm", "slvm_af1_tiny", Stamps(), tmp_path_factory.mktemp("video")
  )
  case.experiment(train_steps=1).train()
  after_one = case.checkpoint()
  case.experiment(train_steps=3).train()
  return types.SimpleNamespace(
    case=case,
    after_one=after_one,
    after=case.checkpoint(),
    record=case.record(),
  )


@pytest.fixture(name="series", scope="module")
def _series(tmp_path_factory):
  case = Case(
    "autoregressive_flow",
    "af2_series_tiny",
    Particle(),
    tmp_path_factory.mktemp("series"),
  )
  case.experiment(train_steps=2).train()
  return types.SimpleNamespace(case=case, record=case.record())


def _moving(checkpoint):
  return {
    name: value for name, value in checkpoint.items() if "/moving_" in name
  }


def test_records_say_floor_and_split_protocol_of_series_alone(series, video):
  assert series.record["scale_floor"] == 0.0
  assert series.record["split_protocol"] == "drawn apart"
  assert not {"scale_floor", "split_protocol"} & set(video.record)


def test_weights_that_were_never_trained_are_not_scored(tmp_path):
  """The Estimator evaluates fresh ones where there is no checkpoint."""
  case = Case("autoregressive_flow", "af1_series_tiny", Particle(), tmp_path)
  with pytest.raises(errors.UserError, match="from no training"):
    case.record()
  results = run_folder.results(case.model_dir, "likelihood")
  assert json_lines.read(results) == []


def test_training_goes_on_with_its_moving_averages(video):
  """Of every layer of batch norm, by a tenth of the way per step."""
  assert video.after["global_step"] == 3
  first, last = _moving(video.after_one), _moving(video.after)
  assert len(last) > 20
  for name, value in last.items():
    start = 1.0 if name.endswith("variance") else 0.0
    assert np.abs(first[name] - start).max() > 0, name
    assert np.abs(value - first[name]).max() > 0, name
  variance = next(
    v
    for n, v in last.items()
    if n.endswith("frame_0/normalization/moving_variance")
  )
  # Three steps from 1 towards variances below 1: more than .9^3 is left.
  assert (variance > 0.9**3 - 1e-6).all() and (variance < 1.0).any()


def test_evaluation_uses_the_moving_averages(video):
  """Which after three steps are not yet the batch's."""
  frames = video.case.problem.read_windows(video.case.data_dir, "eval", 9, 10)
  hp = small.hparams("slvm_af1_tiny")
  nlls = {}
  for mode in ("eval", "train"):
    with tf.Graph().as_default(), tf.Session() as session:
      with tf.variable_scope("slvm/body", reuse=tf.AUTO_REUSE):
        model = small.model("slvm", hp, mode)
        scores, _ = model.body(
          model.bottom(
            {
              "inputs": tf.constant(frames[:, :9]),
              "targets": tf.constant(frames[:, 9:]),
            }
          )
        )
      tf.train.Saver(tf.global_variables()).restore(
        session, tf.train.latest_checkpoint(video.case.model_dir)
      )
      nlls[mode] = session.run(scores["nll_nats_per_dim"]).mean()
  recorded = video.record["nll_nats_per_dim"]
  assert abs(nlls["eval"] / recorded - 1.0) < RTOL_OF_NOISE
  assert abs(nlls["train"] / recorded - 1.0) > 2.0 * RTOL_OF_NOISE


def test_record_of_a_bound_says_what_it_is(video):
  record = video.record
  assert record["bound"] is True and record["num_samples"] == 1
  assert record["dequantization"] == "uniform"
  assert record["dims_per_step"] == 8 * 8 * 3
  assert (
    record["num_cond_steps"],
    record["num_warmup_steps"],
    record["num_scored_steps"],
  ) == (9, 3, 10)
  np.testing.assert_allclose(
    record["reconstruction_nats_per_dim"] + record["kl_nats_per_dim"],
    record["nll_nats_per_dim"],
    rtol=1e-5,
  )
  assert "nll_nats_per_step" not in record
  assert record["num_sequences"] == 3


def test_importance_weighted_record_is_tighter(video):
  """Its parts are those of the ELBO, whatever stands beside a sequence."""
  record = video.case.record(num_importance_samples=5, batch_size=1)
  assert record["num_samples"] == 5 and record["bound"] is True
  assert record["nll_nats_per_dim"] < video.record["nll_nats_per_dim"] + 0.05
  np.testing.assert_allclose(
    record["reconstruction_nats_per_dim"],
    video.record["reconstruction_nats_per_dim"],
    rtol=RTOL_OF_NOISE,
  )


def test_restored_model_says_the_same(series):
  again = series.case.record()
  assert (
    again["nll_nats_per_dim_per_sequence"]
    == series.record["nll_nats_per_dim_per_sequence"]
  )


def test_training_is_recorded(video):
  path = run_folder.results(video.case.model_dir, "training")
  written = json_lines.read(path)
  assert [r["step"] for r in written] == [1, 3]
  assert all(0 < r["nll_nats_per_dim"] < 100 for r in written)


def test_predictions_are_frames(video):
  predictions = video.case.predict()
  assert len(predictions) == 3
  for prediction in predictions:
    outputs = prediction["outputs"]
    assert outputs.dtype == np.uint8
    assert outputs.shape == (NUM_SAMPLES, 10, 8, 8, 3)
    assert (outputs[0] != outputs[1]).any()
    assert prediction["inputs"].shape == (9, 8, 8, 3)


def test_another_number_of_channels_is_told(video, tmp_path):
  grey = GreyStamps()
  grey.generate_data(str(tmp_path), None)
  case = Case.__new__(Case)
  case.__dict__.update(
    video.case.__dict__, data_dir=str(tmp_path), problem=grey
  )
  with pytest.raises(errors.UserError, match="fit the model.*other channels"):
    case.experiment(train_steps=4).train()


def test_record_of_a_series_is_per_step_too(series):
  record = series.record
  assert record["bound"] is False and record["dequantization"] == "none"
  statistics = Particle().statistics(series.case.data_dir)
  per_step = record["nll_nats_per_dim"] * 2
  np.testing.assert_allclose(record["nll_nats_per_step"], per_step)
  assert record["nll_nats_per_step_stderr"] is None  # of three recordings
  np.testing.assert_allclose(
    record["nll_raw_nats_per_step"], per_step + np.log(statistics.std).sum()
  )
  assert abs(statistics.log_volume) > 0.1
  assert record["num_sequences"] == 3  # one window of 19 in each of 24 steps


def test_predictions_are_series(series):
  for prediction in series.case.predict():
    outputs = prediction["outputs"]
    assert outputs.dtype == np.float32
    assert outputs.shape == (NUM_SAMPLES, 10, 2)
    assert np.isfinite(outputs).all() and prediction["scores"] == 0
