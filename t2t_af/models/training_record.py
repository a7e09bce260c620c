"""What a training leaves: records, what run.json knows of it, TensorBoard's."""

import time
from typing import Optional

import numpy as np
import tensorflow.compat.v1 as tf

from t2t_af import board
from t2t_af import workers
from t2t_af.annotations import HParams
from t2t_af.models import run_data
from t2t_af.models import step_report
from t2t_af.records import json_lines
from t2t_af.records import likelihood
from t2t_af.records import records
from t2t_af.records import run_folder

_TRAINING_NLL = "t2t_af/training_nll_nats_per_dim"
_IS_BOUND = "t2t_af/training_nll_is_bound"
_SECONDS_BETWEEN_RECORDS = 5.0


def num_parameters() -> int:
  """Trainable parameters of the default graph."""
  return int(sum(np.prod(v.shape.as_list()) for v in tf.trainable_variables()))


def note_training_nll(nll: tf.Tensor, is_bound: bool = False) -> None:
  """Hands hooks the mean NLL of a batch, or a bound of it, nats per dim."""
  tf.add_to_collection(_TRAINING_NLL, nll)
  tf.add_to_collection(_IS_BOUND, is_bound)


def training_nll() -> Optional[tf.Tensor]:
  """What was noted in the default graph, the mean over replicas."""
  noted = tf.get_collection(_TRAINING_NLL)
  return tf.reduce_mean(noted) if noted else None


def training_nll_is_bound() -> bool:
  """Whether what was noted in the default graph is an upper bound."""
  return any(tf.get_collection(_IS_BOUND))


def _kept(hparams: HParams) -> list[str]:
  return [name for name in run_folder.KEPT_HPARAMS if name in hparams]


class TrainingRecordHook(tf.train.SessionRunHook):
  """Appends the mean NLL of recent steps, every few seconds of training."""

  def __init__(self, hparams: HParams) -> None:
    self._hparams = hparams

  def begin(self) -> None:
    """Writes to run.json what a training knows."""
    self._step = tf.train.get_or_create_global_step()
    (self._nll,) = workers.mean([training_nll()])
    hparams = self._hparams
    run_folder.update(
      hparams.model_dir,
      **{n: getattr(hparams, n) for n in _kept(hparams)},
      num_parameters=num_parameters(),
      train_fraction=hparams.train_fraction,
      train_fraction_seed=hparams.train_fraction_seed,
      **run_data.of_training(hparams),
    )
    self._is_applied = step_report.is_applied()
    self._nlls: list[float] = []
    self._seconds, self._num_skipped = 0.0, 0
    # The file of the Estimator's own summaries.
    self._writer = tf.summary.FileWriterCache.get(hparams.model_dir)
    self._writer.add_summary(board.run_summary(hparams))

  def before_run(
    self, run_context: tf.train.SessionRunContext
  ) -> tf.train.SessionRunArgs:
    """Asks for NLL and step."""
    self._start = time.time()
    return tf.train.SessionRunArgs([self._nll, self._step, self._is_applied])

  def after_run(
    self,
    run_context: tf.train.SessionRunContext,
    run_values: tf.train.SessionRunValues,
  ) -> None:
    """Writes a record where enough seconds have passed."""
    # A step's own time: checkpoints and evaluations in between do not count.
    self._seconds += time.time() - self._start
    nll, step, is_applied = run_values.results
    if is_applied:
      self._nlls.append(float(nll))
    else:
      self._num_skipped += 1
    if self._nlls and self._seconds > _SECONDS_BETWEEN_RECORDS:
      self._write(int(step))

  def end(self, session: tf.Session) -> None:
    """Writes the steps since the last record."""
    if self._nlls or self._num_skipped:
      self._write(int(session.run(self._step)))
    self._writer.flush()

  def _write(self, step: int) -> None:
    # NaN: every one of these steps was skipped.
    nll = float(np.mean(self._nlls)) if self._nlls else np.nan
    seconds = self._seconds / (len(self._nlls) + self._num_skipped)
    json_lines.append(
      run_folder.results(self._hparams.model_dir, "training"),
      records.training(
        step=step,
        seconds_per_step=seconds,
        nll_nats_per_dim=nll,
        num_skipped_steps=self._num_skipped,
      ),
    )
    self._writer.add_summary(
      board.summary(
        {
          "training/nll_nats_per_dim": nll,
          "training/nll_bits_per_dim": likelihood.bits_from_nats(nll),
          "training/seconds_per_step": seconds,
        }
      ),
      step,
    )
    self._nlls, self._seconds, self._num_skipped = [], 0.0, 0
