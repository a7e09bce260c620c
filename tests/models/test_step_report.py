"""A training ends, or goes on, where a step was not applied."""

import os
import types

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from t2t_af import session as session_lib
from t2t_af.models import optimization
from t2t_af.models import step_report
from t2t_af.models import training_record
from t2t_af.records import json_lines
from t2t_af.records import run_folder
from tests.models import tiny


def _train(folder, batches, mode):
  """(weight, step) after a step for each batch, with the hooks of a model."""
  hparams = tiny.hparams(
    nonfinite_updates=mode,
    learning_rate_schedule="constant",
    learning_rate_constant=0.1,
  )
  hparams.add_hparam("model_dir", str(folder))
  hparams.add_hparam("problem", types.SimpleNamespace(name="none"))
  with tf.Graph().as_default():
    tf.train.get_or_create_global_step()
    weight = tf.get_variable("weight", initializer=1.0, use_resource=True)
    ids, x = tf.data.make_one_shot_iterator(
      tf.data.Dataset.from_tensor_slices(
        ([[f"walk/{n}"] for n in range(len(batches))], np.float32(batches))
      )
    ).get_next()
    step_report.note_sequences(ids)
    loss = x * weight
    training_record.note_training_nll(loss)
    train_op = optimization.train_op(loss, hparams)
    step = tf.train.get_global_step()
    hooks = [
      training_record.TrainingRecordHook(hparams),
      step_report.FiniteHook(hparams),
    ]
    scaffold = tf.train.Scaffold(init_op=session_lib.initializer())
    with tf.train.SingularMonitoredSession(hooks, scaffold) as session:
      for _ in batches:
        session.run(train_op)
      return session.raw_session().run([weight, step])


def test_it_stops_with_step_variable_and_sequences(tmp_path):
  told = (
    "t2t_af: step 3: the loss is nan and the gradient is not finite in weight, "
    "in the batch of sequences walk/2. The step was not applied"
  )
  with pytest.raises(FloatingPointError, match=told):
    _train(tmp_path, [1.0, 2.0, np.nan, 3.0], "stop")


def test_it_skips_and_counts(tmp_path):
  skipped = _train(tmp_path / "skips", [1.0, np.inf, 2.0, np.nan, 3.0], "skip")
  plain = _train(tmp_path / "plain", [1.0, 2.0, 3.0], "stop")
  assert skipped == [plain[0], 5]
  records = [
    json_lines.read(run_folder.results(str(tmp_path / name), "training"))[-1]
    for name in ("skips", "plain")
  ]
  assert [r["num_skipped_steps"] for r in records] == [2, 0]
  assert records[0]["nll_nats_per_dim"] == records[1]["nll_nats_per_dim"]


def test_tensorboard_has_both_units_and_the_hparams(tmp_path):
  _train(tmp_path, [1.0, 2.0, 3.0], "stop")
  (record,) = json_lines.read(run_folder.results(str(tmp_path), "training"))
  (path,) = tmp_path.glob("events*")
  found = {
    value.tag: (event.step, value)
    for event in tf.train.summary_iterator(str(path))
    for value in event.summary.value
  }
  nats = record["nll_nats_per_dim"]
  for unit, expected in (("nats", nats), ("bits", nats / np.log(2.0))):
    step, value = found[f"training/nll_{unit}_per_dim"]
    assert step == 3
    np.testing.assert_allclose(value.simple_value, expected, 1e-6)
  _, value = found["_hparams_/session_start_info"]
  said = value.metadata.plugin_data.content
  assert b"learning_rate_constant" in said
  assert os.fsencode(tmp_path) not in said, "a folder is no setting"


def test_it_gives_up_where_no_step_is_applied(tmp_path, monkeypatch):
  monkeypatch.setattr(step_report, "_MAX_IN_A_ROW", 3)
  bad = [np.nan] * 2
  _train(tmp_path / "a", [*bad, 1.0, *bad, 1.0], "skip")
  _train(tmp_path / "none", bad, "skip")  # And says so.
  path = run_folder.results(str(tmp_path / "none"), "training")
  assert json_lines.read(path)[0]["num_skipped_steps"] == 2
  with pytest.raises(FloatingPointError, match="step 4: .*So were the 2 steps"):
    _train(tmp_path / "b", [1.0, *bad, np.nan], "skip")
