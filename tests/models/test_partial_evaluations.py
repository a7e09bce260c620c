"""A record says whether the evaluation reached the end of its split."""

import pytest
import tensorflow.compat.v1 as tf

from t2t_af.records import json_lines
from t2t_af.records import run_folder
from tests.models import test_data_space_estimator

COUNT = test_data_space_estimator.SEQUENCES["eval"]  # of a window each


@pytest.fixture(name="case", scope="module")
def _case(tmp_path_factory):
  case = test_data_space_estimator.Case(
    "autoregressive_flow",
    "af1_series_tiny",
    test_data_space_estimator.Particle(),
    tmp_path_factory.mktemp("partial"),
  )
  case.experiment(train_steps=1).train()
  return case


@pytest.mark.parametrize(
  "batch_size, steps, reading, num_windows",
  [
    (2, 1, {}, 2),  # one of two batches
    (2, 2, {}, COUNT),  # exactly as many as there are, the last one smaller
    (2, None, {}, COUNT),
    (2, 9, {}, COUNT),
    (1, 2, {}, 2),
    (1, 3, {}, COUNT),  # exactly as many, all full
    (2, None, dict(max_records=2), 2),
    (2, None, dict(max_records=COUNT), COUNT),  # not known to be all
    (2, 1, dict(max_records=2), 2),
  ],
)
def test_records_say_whether_they_are_of_a_part(
  case, batch_size, steps, reading, num_windows
):
  experiment = case.experiment(batch_size=batch_size)
  input_fn = case.problem.make_estimator_input_fn(
    tf.estimator.ModeKeys.EVAL, experiment._hparams, dataset_kwargs=reading
  )
  experiment.estimator.evaluate(input_fn, steps=steps)
  is_partial = num_windows < COUNT or bool(reading)
  for kind in ("likelihood", "correlation"):
    path = run_folder.results(case.model_dir, kind)
    record = json_lines.read(path)[-1]
    assert record["is_partial"] is is_partial
    assert record["num_windows"] == num_windows
  path = run_folder.results(case.model_dir, "likelihood")
  record = json_lines.read(path)[-1]
  assert len(record["sequence_ids"]) == num_windows
