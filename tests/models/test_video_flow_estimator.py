"""video_flow under the Estimator: train, go on, evaluate, predict."""

import types

import numpy as np
import pytest
from tensor2tensor.utils import decoding
from tensor2tensor.utils import trainer_lib
import tensorflow.compat.v1 as tf

from problems import video_toy_pushing
from t2t_af.analysis.metrics import correlation
from t2t_af.models import initialization
from t2t_af.records import json_lines
from t2t_af.records import run_folder
from tests.models import tiny

NUM_COND, NUM_TARGETS, NUM_SAMPLES = 3, 2, 3


class Toy(video_toy_pushing.VideoToyPushing):
  """Postage stamps."""

  name = "video_toy_stamps"
  frame_height = 8
  frame_width = 8
  frames_per_sequence = NUM_COND + NUM_TARGETS
  sequences_per_split = {"train": 4, "eval": 3, "test": 1}


def _experiment(problem, data_dir, model_dir, train_steps):
  config = trainer_lib.create_run_config(
    "video_flow", model_dir=model_dir, schedule="train", random_seed=0
  )
  # Warm-up: the first step has learning rate 0.
  hparams = tiny.hparams(
    latent_dynamics="affine_af", batch_size=2, init_batch_size=3
  )
  return trainer_lib.create_experiment(
    config,
    hparams,
    "video_flow",
    problem,
    data_dir,
    train_steps=train_steps,
    eval_steps=None,
    schedule="train",
    decode_hparams=decoding.decode_hparams("num_decodes=%d" % NUM_SAMPLES),
  )


@pytest.fixture(name="ran", scope="module")
def _ran(tmp_path_factory):
  """One step, another in a second process's stead, evaluation, samples."""
  data_dir, model_dir = [
    str(tmp_path_factory.mktemp(name)) for name in ("data", "run")
  ]
  problem = Toy()
  problem.generate_data(data_dir, None)
  initial = []
  stock = initialization.initialize

  def initialize(*args, **kwargs):
    initial.append(stock(*args, **kwargs))
    return initial[-1]

  with pytest.MonkeyPatch.context() as patch:
    patch.setattr(initialization, "initialize", initialize)
    _experiment(problem, data_dir, model_dir, train_steps=1).train()
    after_one = _checkpoint(model_dir)
    experiment = _experiment(problem, data_dir, model_dir, train_steps=2)
    experiment.train()
  run_folder.update(model_dir, model="video_flow", seed=7)
  metrics = experiment.evaluate()
  predictions = list(
    experiment.estimator.predict(
      problem.make_estimator_input_fn(
        tf.estimator.ModeKeys.PREDICT, experiment._hparams
      )
    )
  )
  return types.SimpleNamespace(
    problem=problem,
    data_dir=data_dir,
    model_dir=model_dir,
    initial=initial,
    after_one=after_one,
    after_two=_checkpoint(model_dir),
    metrics=metrics,
    predictions=predictions,
  )


def _checkpoint(model_dir):
  reader = tf.train.load_checkpoint(model_dir)
  return {
    name: reader.get_tensor(name) for name in reader.get_variable_to_shape_map()
  }


def test_initialization_from_data_runs_once_and_sets_the_model(ran):
  (initial,) = ran.initial
  actnorms = [name for name in initial if "actnorm" in name]
  assert len(actnorms) > 20
  for name in actnorms:
    assert initial[name].any(), name
  assert {
    name
    for name in ran.after_one
    if name.startswith("video_flow/") and "Adam" not in name
  } <= set(initial)
  # The first step had learning rate 0.
  for name, value in initial.items():
    if name != "global_step":
      np.testing.assert_array_equal(ran.after_one[name], value, name)


def test_training_goes_on_from_the_checkpoint(ran):
  (initial,) = ran.initial
  assert ran.after_one["global_step"] == 1
  assert ran.after_two["global_step"] == 2
  name = "video_flow/body/codec/revnet_0/revnet_step_0/invertible/L"
  change = np.abs(ran.after_two[name] - initial[name]).max()
  assert 0 < change < 1e-3  # Two steps in warm-up, not new weights.


def test_evaluation_writes_one_record_of_every_sequence(ran):
  (record,) = json_lines.read(run_folder.results(ran.model_dir, "likelihood"))
  per_sequence = record["nll_nats_per_dim_per_sequence"]
  assert len(per_sequence) == record["num_sequences"] == 3
  nats = np.mean(per_sequence)
  assert np.isclose(record["nll_nats_per_dim"], nats)
  assert np.isclose(np.mean(record["nll_nats_per_dim_per_step"]), nats)
  assert np.isclose(record["nll_bits_per_dim"] * np.log(2), nats)
  # tf.metrics.mean weighs the last, smaller batch by its size.
  assert np.isclose(ran.metrics["nll_nats_per_dim"], nats, rtol=1e-5)
  assert np.isclose(
    ran.metrics["nll_bits_per_dim"] * np.log(2), nats, rtol=1e-5
  )


def test_the_record_says_which_windows_it_is_of(ran):
  (record,) = json_lines.read(run_folder.results(ran.model_dir, "likelihood"))
  per_sequence = record["nll_nats_per_dim_per_sequence"]
  assert np.std(per_sequence) > 0
  assert np.isclose(
    record["nll_nats_per_dim_window_stderr"],
    np.std(per_sequence, ddof=1) / np.sqrt(3),
  )
  assert record["nll_nats_per_dim_stderr"] is None  # of three recordings
  ids = [name for name, _ in ran.problem.each_sequence(ran.data_dir, "dev")]
  assert record["sequence_ids"] == record["recordings"] == ids
  assert record["num_windows_per_sequence"] == [1, 1, 1]
  assert record["is_partial"] is False
  identity = {
    name: record[name]
    for name in (
      "model",
      "seed",
      "problem",
      "split",
      "step",
      "checkpoint",
      "num_cond_steps",
      "num_scored_steps",
    )
  }
  assert identity == dict(
    model="video_flow",
    seed=7,
    problem="video_toy_stamps",
    split="dev",
    step=2,
    checkpoint="model.ckpt-2",
    num_cond_steps=NUM_COND,
    num_scored_steps=NUM_TARGETS,
  )


def test_evaluation_writes_the_correlation_of_data_and_latents(ran):
  written = json_lines.read(run_folder.results(ran.model_dir, "correlation"))
  assert [r["signal"] for r in written] == ["x", "z0", "u0", "z1", "u1"]
  frames, _ = ran.problem.read_sequences(
    ran.data_dir, "eval", NUM_COND + NUM_TARGETS
  )
  expected = correlation.temporal_correlation(frames, num_unscored=NUM_COND)
  for record in written:
    assert (record["num_sequences"], record["num_steps"]) == (3, 6)
    assert (record["step"], record["seed"], record["split"]) == (2, 7, "dev")
    # A metric is float32.
    assert np.isclose(
      record["correlation"], ran.metrics["corr_" + record["signal"]], rtol=1e-6
    )
  assert np.isclose(written[0]["correlation"], expected.correlation)
  assert written[0]["num_constant_dims"] == expected.num_constant_dims
  assert written[1]["num_dims"] == written[2]["num_dims"] == 8 * 8 * 3 / 2
  assert written[1]["correlation"] != written[2]["correlation"]


def test_training_is_recorded(ran):
  written = json_lines.read(run_folder.results(ran.model_dir, "training"))
  assert [r["step"] for r in written] == [1, 2]
  trained = [
    value
    for name, value in ran.initial[0].items()
    if not name.endswith(("/P", "/sign_S", "global_step"))
  ]
  assert run_folder.read(ran.model_dir)["num_parameters"] == sum(
    value.size for value in trained
  )


def test_prediction_gives_all_samples_of_every_context(ran):
  assert len(ran.predictions) == 3
  frames, _ = ran.problem.read_sequences(
    ran.data_dir, "eval", NUM_COND + NUM_TARGETS
  )
  for prediction, sequence in zip(ran.predictions, frames):
    outputs = prediction["outputs"]
    assert outputs.dtype == np.uint8
    assert outputs.shape == (NUM_SAMPLES, NUM_TARGETS, 8, 8, 3)
    assert (outputs[0] != outputs[1]).any()
    np.testing.assert_array_equal(prediction["inputs"], sequence[:NUM_COND])


@pytest.mark.parametrize("step, warm_start_from", [(5, None), (0, "a_run")])
def test_trained_or_warm_started_weights_are_left_alone(
  monkeypatch, step, warm_start_from
):
  called = []
  monkeypatch.setattr(
    initialization, "initialize", lambda *_: called.append(1) or {}
  )
  hparams = types.SimpleNamespace(warm_start_from=None)
  context = types.SimpleNamespace(
    hparams=hparams,
    problem=None,
    estimator=types.SimpleNamespace(
      config=types.SimpleNamespace(tf_random_seed=0)
    ),
  )
  hook = initialization.InitializationHook(None, context)
  hook.begin()
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    hook.after_create_session(session, None)
    assert called.pop()  # Otherwise it is done.
    hparams.warm_start_from = warm_start_from
    session.run(tf.assign(tf.train.get_global_step(), step))
    hook.after_create_session(session, None)
  assert not called
