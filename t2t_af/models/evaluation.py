"""Likelihood of an evaluation, and of training: metrics and records."""

import time

import numpy as np
import tensorflow.compat.v1 as tf

from t2t_af import likelihood
from t2t_af import records
from t2t_af import run_folder

_SECONDS_BETWEEN_RECORDS = 5.


def num_parameters() -> int:
  """Trainable parameters of the default graph."""
  return int(sum(np.prod(v.shape.as_list())
                 for v in tf.trainable_variables()))


def estimator_spec(nll: tf.Tensor, loss: tf.Tensor,
                   hparams) -> tf.estimator.EstimatorSpec:
  """Metrics in both units, and a hook that writes a likelihood record.

  Args:
    nll: [batch, scored frames], nats per dimension.
    loss: scalar, what training minimises.
    hparams: of the model, with model_dir and problem.
  """
  per_sequence = tf.reduce_mean(nll, axis=1)
  metrics = {
      "nll_nats_per_dim": tf.metrics.mean(per_sequence),
      "nll_bits_per_dim": tf.metrics.mean(
          likelihood.bits_from_nats(per_sequence)),
  }
  return tf.estimator.EstimatorSpec(
      tf.estimator.ModeKeys.EVAL, loss=loss, eval_metric_ops=metrics,
      predictions={"nll_nats_per_dim": nll},
      evaluation_hooks=[LikelihoodRecordHook(nll, hparams)])


class LikelihoodRecordHook(tf.train.SessionRunHook):
  """Appends one likelihood record per evaluation to the run's folder.

  Keeps the NLL of every sequence and frame, so that means have a standard
  error over sequences and two models can be compared sequence by sequence.
  """

  def __init__(self, nll: tf.Tensor, hparams):
    self._nll = nll
    self._hparams = hparams
    self._num_parameters = num_parameters()
    self._batches = []

  def begin(self):
    self._step = tf.train.get_or_create_global_step()
    self._batches = []

  def before_run(self, run_context):
    return tf.train.SessionRunArgs(self._nll)

  def after_run(self, run_context, run_values):
    self._batches.append(run_values.results)

  def end(self, session):
    hparams = self._hparams
    nll = np.concatenate(self._batches).astype(np.float64)
    mean, stderr = likelihood.mean_and_stderr(nll.mean(axis=1))
    step = int(session.run(self._step))
    fields = dict(
        run_folder.identity(hparams.model_dir),
        problem=hparams.problem.name, split=hparams.problem.split_read,
        checkpoint="model.ckpt-%d" % step, step=step,
        num_parameters=self._num_parameters,
        nll_nats_per_dim=mean, nll_nats_per_dim_stderr=stderr,
        nll_nats_per_dim_per_frame=nll.mean(axis=0),
        nll_nats_per_dim_per_sequence=nll.mean(axis=1),
        num_sequences=len(nll),
        num_cond_frames=hparams.video_num_input_frames,
        num_scored_frames=nll.shape[1])
    records.append(run_folder.results(hparams.model_dir, "likelihood"),
                   records.likelihood(**fields))
    tf.logging.info(
        "%s %s, step %d: %.4f +- %.4f nats/dim, %.4f bits/dim, %d sequences",
        fields["problem"], fields["split"], step, mean, stderr,
        likelihood.bits_from_nats(mean), len(nll))


class TrainingRecordHook(tf.train.SessionRunHook):
  """Appends the mean NLL of recent steps, every few seconds of training."""

  def __init__(self, hparams):
    self._hparams = hparams

  def begin(self):
    self._step = tf.train.get_or_create_global_step()
    self._loss = tf.get_default_graph().get_tensor_by_name("total_loss:0")
    run_folder.update(self._hparams.model_dir, num_parameters=num_parameters())
    self._losses, self._seconds = [], 0.

  def before_run(self, run_context):
    self._start = time.time()
    return tf.train.SessionRunArgs([self._loss, self._step])

  def after_run(self, run_context, run_values):
    # A step's own time: checkpoints and evaluations in between do not count.
    self._seconds += time.time() - self._start
    loss, step = run_values.results
    self._losses.append(float(loss))
    if self._seconds > _SECONDS_BETWEEN_RECORDS:
      self._write(int(step))

  def end(self, session):
    if self._losses:
      self._write(int(session.run(self._step)))

  def _write(self, step):
    seconds = self._seconds / len(self._losses)
    records.append(
        run_folder.results(self._hparams.model_dir, "training"),
        records.training(
            step=step, seconds_per_step=seconds,
            nll_nats_per_dim=likelihood.nats_from_bits(
                float(np.mean(self._losses)))))
    self._losses, self._seconds = [], 0.
