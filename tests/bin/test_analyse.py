"""What `t2t-af analyse` leaves, of a run trained on part of its data."""

import contextlib
import io
import os
import types

import numpy as np
import pytest
from tensor2tensor.utils import registry
from tensor2tensor.utils import trainer_lib

from problems import series_particle
from problems.core import training_part
from t2t_af import errors
from t2t_af.analysis.metrics import correlation
from t2t_af.analysis.results import flow_arrays
from t2t_af.analysis.results import record_lines
from t2t_af.bin import analyse
from t2t_af.records import json_lines
from t2t_af.records import run_folder

INPUTS, TARGETS = 9, 10
OVERRIDES = (
  "flow_width=4,batch_size=4,train_fraction=0.5,learning_rate_constant=0.1"
)


class Particle(series_particle.SeriesParticle):
  """Each series has 24 steps, and so one window."""

  name = "series_few_particles"
  sequences_per_split = {"train": 12, "eval": 1, "test": 5}


def _train(problem, data_dir, model_dir):
  """Two steps; the problem need not be registered."""
  config = trainer_lib.create_run_config(
    "autoregressive_flow", model_dir=model_dir, schedule="train", random_seed=0
  )
  trainer_lib.create_experiment(
    config,
    trainer_lib.create_hparams("af2_series_tiny", OVERRIDES),
    "autoregressive_flow",
    problem,
    data_dir,
    train_steps=2,
    eval_steps=None,
    schedule="train",
  ).train()
  run_folder.update(
    model_dir,
    model="autoregressive_flow",
    hparams_set="af2_series_tiny",
    hparams=OVERRIDES,
    problem=Particle.name,
    seed=0,
  )


@pytest.fixture(name="run", scope="module")
def _run(tmp_path_factory):
  """Trains and analyses."""
  data_dir, model_dir = [
    str(tmp_path_factory.mktemp(name)) for name in ("data", "run")
  ]
  problem = Particle()
  problem.generate_data(data_dir, None)
  _train(problem, data_dir, model_dir)
  flags = (
    "--train_too --num_train_sequences=3 --num_sequences=2 --num_samples=5 "
    "--num_contexts=3"
  ).split()
  with pytest.MonkeyPatch.context() as patch:
    patch.setattr(
      registry, "problem", lambda name: {Particle.name: problem}[name]
    )
    with contextlib.redirect_stdout(io.StringIO()) as told:
      assert not analyse.main([model_dir, "--data_dir", data_dir, *flags])
  return types.SimpleNamespace(
    problem=problem,
    data_dir=data_dir,
    model_dir=model_dir,
    told=told.getvalue(),
  )


def _records(run, kind):
  return json_lines.read(run_folder.results(run.model_dir, kind))


def test_every_number_is_printed(run):
  *lines, folder = run.told.splitlines()
  assert folder == os.path.join(run.model_dir, "results")
  found = [
    r
    for kind in ("likelihood", "correlation", "calibration")
    for r in _records(run, kind)
  ]
  assert lines == [record_lines.line(record) for record in found]
  assert lines[0].startswith(
    f"likelihood, test: {found[0]['nll_nats_per_dim']:.4f} ±".replace("-", "−")
  )


def test_both_splits_are_scored(run):
  """Of the training split every second of the six that were trained on."""
  test, train = _records(run, "likelihood")
  assert (test["split"], test["num_sequences"]) == ("test", 5)
  assert (train["split"], train["num_sequences"]) == ("train", 3)
  assert {r["step"] for r in (test, train)} == {2}
  (mask,) = training_part.Part(0.5, 0).masks([12])
  windows = run.problem.read_windows(run.data_dir, "train", INPUTS, TARGETS)[
    mask
  ][::2]
  x = next(
    r
    for r in _records(run, "correlation")
    if r["split"] == "train" and r["signal"] == "x"
  )
  expected = correlation.temporal_correlation(windows[:, INPUTS:])
  np.testing.assert_allclose(x["correlation"], expected.correlation)


def test_every_record_says_what_was_trained_on(run):
  found = [
    r
    for kind in ("likelihood", "correlation", "calibration")
    for r in _records(run, kind)
  ]
  assert len(found) == 2 + 6 + 2
  for record in found:
    assert (record["train_fraction"], record["train_fraction_seed"]) == (0.5, 0)
    assert (record["hparams_set"], record["problem"], record["seed"]) == (
      "af2_series_tiny",
      Particle.name,
      0,
    )
  assert run_folder.read(run.model_dir)["train_fraction"] == 0.5


def test_flow_file_leads_back_to_the_data(run):
  """And is what the analysis reads."""
  path = os.path.join(run.model_dir, "results", "flow.npz")
  flow = flow_arrays.read(path)
  windows = run.problem.read_windows(run.data_dir, "test", INPUTS, TARGETS)
  np.testing.assert_array_equal(flow.x, windows[:4:2])  # evenly apart
  assert flow.num_cond == INPUTS and len(flow.transforms) == 2
  below = flow.x
  for transform, first in zip(flow.transforms, (6, 9)):
    assert np.isnan(transform.noise[:, :first]).all()
    rebuilt = transform.shift + transform.scale * transform.noise
    np.testing.assert_allclose(
      rebuilt[:, first:], below[:, first:], rtol=1e-4, atol=1e-5
    )
    assert np.abs(transform.scale[:, first:] - 1.0).max() > 0.01  # trained
    below = transform.noise
  statistics = run.problem.statistics(run.data_dir)
  with np.load(path) as stored:
    np.testing.assert_array_equal(stored["std"], statistics.std)
    assert tuple(stored["names"]) == tuple(statistics.names)


def test_calibration_is_by_the_flow_and_by_samples(run):
  flow, samples = _records(run, "calibration")
  assert (flow["method"], flow["num_samples"]) == ("flow", None)
  assert flow["num_values"] == sum(flow["pit_counts"]) == 5 * TARGETS * 2
  assert (samples["method"], samples["num_samples"]) == ("samples", 5)
  assert samples["num_values"] == 3 * TARGETS * 2
  assert samples["num_non_finite_contexts"] == 0
  assert flow["crps"] is None
  assert samples["crps"] is None or samples["crps"] > 0.0


@pytest.mark.parametrize(
  "flags, told",
  [
    (["--num_importance_samples=5"], "exact, not a bound"),
    (["--num_importance_samples=0"], "at least 1"),
    (["--num_samples=1"], "at least 2"),
  ],
)
def test_mistakes_are_told(run, monkeypatch, flags, told):
  monkeypatch.setattr(registry, "problem", lambda name: run.problem)
  before = len(_records(run, "likelihood"))
  with pytest.raises(errors.UserError, match=told):
    analyse.main(
      ["--output_dir", run.model_dir, "--data_dir", run.data_dir, *flags]
    )
  assert len(_records(run, "likelihood")) == before
