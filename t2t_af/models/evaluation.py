"""What an evaluation and a training leave: metrics and records."""

import time
from typing import Any

import numpy as np
import tensorflow.compat.v1 as tf

from t2t_af import errors
from t2t_af.annotations import HParams
from t2t_af.models import signals as signals_lib
from t2t_af.records import json_lines
from t2t_af.records import likelihood
from t2t_af.records import records
from t2t_af.records import run_folder

NLL = "nll_nats_per_dim"
_TRAINING_NLL = "t2t_af/training_nll_nats_per_dim"
_SECONDS_BETWEEN_RECORDS = 5.0


def num_parameters() -> int:
  """Trainable parameters of the default graph."""
  return int(sum(np.prod(v.shape.as_list()) for v in tf.trainable_variables()))


def note_training_nll(nll: tf.Tensor) -> None:
  """Hands `TrainingRecordHook` the mean NLL of a batch, nats per dimension."""
  tf.add_to_collection(_TRAINING_NLL, nll)


def estimator_spec(
  outputs: dict[str, tf.Tensor],
  loss: tf.Tensor,
  hparams: HParams,
  fields: dict[str, Any],
) -> tf.estimator.EstimatorSpec:
  """Metrics, and a hook that writes likelihood and correlation records.

  Args:
    outputs: of `signals.join`: NLL and what it is the sum of, [batch, scored
      steps] each, nats per dimension; and signals.
    loss: scalar, what training minimises.
    hparams: of the model, with model_dir and problem.
    fields: of the record, beside those of every model.
  """
  scores, signals = signals_lib.split(outputs)
  correlations = signals_lib.Correlations(signals, hparams)
  per_sequence = {
    name: tf.reduce_mean(score, axis=1) for name, score in scores.items()
  }
  metrics = {
    name: tf.metrics.mean(score) for name, score in per_sequence.items()
  }
  metrics["nll_bits_per_dim"] = tf.metrics.mean(
    likelihood.bits_from_nats(per_sequence[NLL])
  )
  metrics.update(correlations.metrics())
  return tf.estimator.EstimatorSpec(
    tf.estimator.ModeKeys.EVAL,
    loss=loss,
    eval_metric_ops=metrics,
    predictions=scores,
    evaluation_hooks=[
      EvaluationRecordHook(scores, correlations, hparams, fields)
    ],
  )


class EvaluationRecordHook(tf.train.SessionRunHook):
  """Appends the records of an evaluation to the run's folder.

  One likelihood record, and one correlation record per signal. Keeps the NLL
  of every sequence and step, so that means have a standard error over
  sequences and two models can be compared sequence by sequence.
  """

  def __init__(
    self,
    scores: dict[str, tf.Tensor],
    correlations: signals_lib.Correlations,
    hparams: HParams,
    fields: dict[str, Any],
  ) -> None:
    self._scores = scores
    self._correlations = correlations
    self._hparams = hparams
    self._fields = fields
    self._num_parameters = num_parameters()
    self._batches: list[dict[str, np.ndarray]] = []

  def begin(self) -> None:
    """Forgets the evaluation before."""
    self._step = tf.train.get_or_create_global_step()
    self._batches = []
    self._correlations.begin()

  def after_create_session(
    self, session: tf.Session, coord: tf.train.Coordinator
  ) -> None:
    """Raises if no training came before; Estimators score fresh weights too."""
    del coord
    if not session.run(self._step):
      raise errors.UserError(
        "%s: the weights are those of step 0, from no training. They are not "
        "evaluated." % self._hparams.model_dir
      )

  def before_run(
    self, run_context: tf.train.SessionRunContext
  ) -> tf.train.SessionRunArgs:
    """Asks for the scores of a batch."""
    return tf.train.SessionRunArgs(self._scores)

  def after_run(
    self,
    run_context: tf.train.SessionRunContext,
    run_values: tf.train.SessionRunValues,
  ) -> None:
    """Keeps them."""
    self._batches.append(run_values.results)

  def end(self, session: tf.Session) -> None:
    """Writes the records."""
    identity = self._identity(int(session.run(self._step)))
    self._write_likelihood(identity)
    for fields in self._correlations.record_fields():
      json_lines.append(
        run_folder.results(self._hparams.model_dir, "correlation"),
        records.correlation(**identity, **fields),
      )

  def _identity(self, step: int) -> dict[str, Any]:
    """The fields that say what was evaluated."""
    hparams = self._hparams
    return dict(
      run_folder.identity(hparams.model_dir),
      problem=hparams.problem.name,
      split=hparams.problem.split_read,
      checkpoint="model.ckpt-%d" % step,
      step=step,
      num_parameters=self._num_parameters,
    )

  def _write_likelihood(self, identity: dict[str, Any]) -> None:
    hparams = self._hparams
    scores = {
      name: np.concatenate([b[name] for b in self._batches]).astype(np.float64)
      for name in self._scores
    }
    nll = scores.pop(NLL)
    mean, stderr = likelihood.mean_and_stderr(nll.mean(axis=1))
    num_steps = hparams.video_num_input_frames + hparams.video_num_target_frames
    fields = dict(
      identity,
      nll_nats_per_dim=mean,
      nll_nats_per_dim_stderr=stderr,
      nll_nats_per_dim_per_step=nll.mean(axis=0),
      nll_nats_per_dim_per_sequence=nll.mean(axis=1),
      num_sequences=len(nll),
      num_cond_steps=num_steps - nll.shape[1],
      num_scored_steps=nll.shape[1],
      **{name: part.mean() for name, part in scores.items()},
      **self._fields,
    )
    fields.update(per_step_fields(fields, hparams))
    json_lines.append(
      run_folder.results(hparams.model_dir, "likelihood"),
      records.likelihood(**fields),
    )
    tf.logging.info(
      "%s %s, step %d: %.4f +- %.4f nats/dim, %.4f bits/dim, %d sequences",
      fields["problem"],
      fields["split"],
      fields["step"],
      mean,
      stderr,
      likelihood.bits_from_nats(mean),
      len(nll),
    )


def per_step_fields(fields: dict[str, Any], hparams: HParams) -> dict[str, Any]:
  """NLL in nats per time step, standardised and raw (Table 2); {} of video.

  Args:
    fields: of a likelihood record; dims_per_step where its model has it.
    hparams: with data_dir and problem; a problem of series says what of the
      scale of the raw data went into standardising (`statistics`).
  """
  problem = hparams.problem
  if "dims_per_step" not in fields or not hasattr(problem, "statistics"):
    return {}
  per_step = fields["nll_nats_per_dim"] * fields["dims_per_step"]
  log_volume = problem.statistics(hparams.data_dir).log_volume
  return dict(
    nll_nats_per_step=per_step,
    nll_nats_per_step_stderr=(
      fields["nll_nats_per_dim_stderr"] * fields["dims_per_step"]
    ),
    nll_raw_nats_per_step=per_step + log_volume,
  )


class TrainingRecordHook(tf.train.SessionRunHook):
  """Appends the mean NLL of recent steps, every few seconds of training."""

  def __init__(self, hparams: HParams) -> None:
    self._hparams = hparams

  def begin(self) -> None:
    """Writes to run.json what a training knows."""
    self._step = tf.train.get_or_create_global_step()
    self._nll = tf.reduce_mean(tf.get_collection(_TRAINING_NLL))
    run_folder.update(
      self._hparams.model_dir,
      num_parameters=num_parameters(),
      train_fraction=self._hparams.train_fraction,
      train_fraction_seed=self._hparams.train_fraction_seed,
    )
    self._nlls: list[float] = []
    self._seconds = 0.0

  def before_run(
    self, run_context: tf.train.SessionRunContext
  ) -> tf.train.SessionRunArgs:
    """Asks for NLL and step."""
    self._start = time.time()
    return tf.train.SessionRunArgs([self._nll, self._step])

  def after_run(
    self,
    run_context: tf.train.SessionRunContext,
    run_values: tf.train.SessionRunValues,
  ) -> None:
    """Writes a record where enough seconds have passed."""
    # A step's own time: checkpoints and evaluations in between do not count.
    self._seconds += time.time() - self._start
    nll, step = run_values.results
    self._nlls.append(float(nll))
    if self._seconds > _SECONDS_BETWEEN_RECORDS:
      self._write(int(step))

  def end(self, session: tf.Session) -> None:
    """Writes the steps since the last record."""
    if self._nlls:
      self._write(int(session.run(self._step)))

  def _write(self, step: int) -> None:
    json_lines.append(
      run_folder.results(self._hparams.model_dir, "training"),
      records.training(
        step=step,
        seconds_per_step=self._seconds / len(self._nlls),
        nll_nats_per_dim=float(np.mean(self._nlls)),
      ),
    )
    self._nlls, self._seconds = [], 0.0
