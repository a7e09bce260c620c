"""What an evaluation leaves: metrics and records."""

import dataclasses
from typing import Any

import numpy as np
import tensorflow.compat.v1 as tf

from t2t_af import errors
from t2t_af import windows
from t2t_af.annotations import HParams
from t2t_af.models import likelihood_record
from t2t_af.models import run_data
from t2t_af.models import signals as signals_lib
from t2t_af.models import training_record
from t2t_af.records import json_lines
from t2t_af.records import likelihood
from t2t_af.records import records
from t2t_af.records import run_folder

NLL = likelihood_record.NLL
NLL_OF_DRAWS = likelihood_record.NLL_OF_DRAWS
# Of a likelihood record, what correlations depend on too.
_SCORED = (
  "num_cond_steps",
  "num_scored_steps",
  "dequantization",
  "noise_std",
  "scale_floor",
  "precision",
)


def estimator_spec(
  outputs: dict[str, tf.Tensor],
  origin: dict[str, tf.Tensor],
  loss: tf.Tensor,
  hparams: HParams,
  fields: dict[str, Any],
) -> tf.estimator.EstimatorSpec:
  """Metrics, and a hook that writes likelihood and correlation records.

  Args:
    outputs: of `signals.join`: NLL and what it is the sum of, [batch, scored
      steps] each, nats per dimension; and signals.
    origin: where the windows are from, [batch] each (`t2t_af.windows`).
    loss: scalar, what training minimises.
    hparams: of the model, with model_dir and problem.
    fields: of the record, beside those of every model.
  """
  scores, signals = signals_lib.split(outputs)
  correlations = signals_lib.Correlations(
    signals, origin[windows.SEQUENCE_ID], hparams.problem.recording
  )
  per_window = {
    name: tf.reduce_mean(score, axis=1)
    for name, score in scores.items()
    if name != NLL_OF_DRAWS
  }
  metrics = {name: tf.metrics.mean(score) for name, score in per_window.items()}
  metrics["nll_bits_per_dim"] = tf.metrics.mean(
    likelihood.bits_from_nats(per_window[NLL])
  )
  metrics.update(correlations.metrics())
  hook = EvaluationRecordHook(scores, origin, correlations, hparams, fields)
  return tf.estimator.EstimatorSpec(
    tf.estimator.ModeKeys.EVAL,
    loss=loss,
    eval_metric_ops=metrics,
    predictions=scores,
    evaluation_hooks=[hook],
  )


@dataclasses.dataclass(eq=False)
class EvaluationRecordHook(tf.train.SessionRunHook):
  """Appends the records of an evaluation to the run's folder.

  One likelihood record, and one correlation record per signal. Keeps the NLL
  of every window and step, and which sequence the window was cut from.

  Args:
    scores, origin, hparams, fields: as of `estimator_spec`.
    correlations: of its signals.
  """

  scores: dict[str, tf.Tensor]
  origin: dict[str, tf.Tensor]
  correlations: signals_lib.Correlations
  hparams: HParams
  fields: dict[str, Any]

  def begin(self) -> None:
    """Forgets the evaluation before."""
    self._step = tf.train.get_or_create_global_step()
    self._num_parameters = training_record.num_parameters()
    self._batches: list[dict[str, np.ndarray]] = []
    self.correlations.begin()

  def after_create_session(
    self, session: tf.Session, coord: tf.train.Coordinator
  ) -> None:
    """Raises if no training came before; Estimators score fresh weights too."""
    del coord
    if not session.run(self._step):
      raise errors.UserError(
        "%s: the weights are those of step 0, from no training. They are not "
        "evaluated." % self.hparams.model_dir
      )

  def before_run(
    self, run_context: tf.train.SessionRunContext
  ) -> tf.train.SessionRunArgs:
    """Asks for the scores of a batch."""
    return tf.train.SessionRunArgs({**self.scores, **self.origin})

  def after_run(
    self,
    run_context: tf.train.SessionRunContext,
    run_values: tf.train.SessionRunValues,
  ) -> None:
    """Keeps them."""
    self._batches.append(run_values.results)

  def end(self, session: tf.Session) -> None:
    """Writes the records."""
    arrays = {
      name: np.concatenate([b[name] for b in self._batches])
      for name in self._batches[0]
    }
    identity = self._identity(arrays, session)
    fields = likelihood_record.fields(
      arrays, identity, self.hparams, self.fields
    )
    scored = {name: fields[name] for name in _SCORED if name in fields}
    for measured in self.correlations.record_fields():
      self._append(records.correlation(**identity, **scored, **measured))
    # Last: where it stands, the evaluation is not made again after a kill.
    self._append(records.likelihood(**fields))
    likelihood_record.log(fields)

  def _append(self, record: dict[str, Any]) -> None:
    path = run_folder.results(self.hparams.model_dir, record["kind"])
    json_lines.append(path, record)

  def _identity(
    self, arrays: dict[str, np.ndarray], session: tf.Session
  ) -> dict[str, Any]:
    """The fields that say what was evaluated."""
    hparams = self.hparams
    step = int(session.run(self._step))
    is_whole = bool(arrays[windows.IS_WHOLE_SPLIT][0])
    return dict(
      run_folder.identity(hparams.model_dir),
      data_fingerprint=run_data.fingerprint(hparams),
      problem=hparams.problem.name,
      split=arrays[windows.SPLIT][0].decode(),
      is_partial=not is_whole or self._is_more(session),
      checkpoint="model.ckpt-%d" % step,
      step=step,
      num_parameters=self._num_parameters,
    )

  def _is_more(self, session: tf.Session) -> bool:
    """Whether the evaluation ended before its data did (--eval_steps)."""
    try:
      session.run(self.origin[windows.SEQUENCE_ID])
    except tf.errors.OutOfRangeError:
      return False
    return True
