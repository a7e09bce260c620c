"""Sequences for the Estimator: the base of video and series alike."""

from collections.abc import Mapping
from typing import Any, Callable, Optional

from tensor2tensor.utils import data_reader
from tensor2tensor.utils import hparam
import tensorflow.compat.v1 as tf

from problems.core import sequence_dataset
from problems.core import training_order
from problems.core import training_part
from t2t_af import effect
from t2t_af import workers


class SequenceProblem(sequence_dataset.SequenceDataset):
  """A data set stored as one record per sequence, read in windows.

  Features: inputs [batch, video_num_input_frames, ...step_shape] and targets
  [batch, video_num_target_frames, ...step_shape]. `hparams.batch_size` counts
  windows. In training the batch size is static; in evaluation too where it
  divides the number of windows, else the last batch is smaller.

  `hparams.train_fraction` below 1 leaves out sequences of the training split,
  and of no other: see `training_part`.
  """

  # The hparams of a model that have an effect on what is read.
  reads = (
    effect.Rule(
      ("batch_size", "video_num_input_frames", "video_num_target_frames")
    ),
    *training_part.READS,
  )

  # One of tensor2tensor's ModalityType, and its vocabulary.
  modality: str
  vocab_size: Optional[int] = None

  def hparams(
    self, defaults: hparam.HParams, model_hparams: hparam.HParams
  ) -> None:
    """Sets modalities and vocabularies, as tensor2tensor asks a problem to."""
    self.learn_details(getattr(model_hparams, "data_dir", None))
    p = defaults
    p.modality = {"inputs": self.modality, "targets": self.modality}
    p.vocab_size = {"inputs": self.vocab_size, "targets": self.vocab_size}

  def eval_metrics(self) -> list[str]:
    """None: the models bring theirs."""
    return []

  @property
  def decode_hooks(self) -> list[Callable[..., Any]]:
    """None: `t2t-decoder` writes what there is to see."""
    return []

  def make_estimator_input_fn(
    self,
    mode: str,
    hparams: hparam.HParams,
    data_dir: Optional[str] = None,
    force_repeat: bool = False,
    prevent_repeat: bool = False,
    dataset_kwargs: Optional[Mapping[str, Any]] = None,
  ) -> Callable[..., tf.data.Dataset]:
    """An input_fn for the Estimator; knows of tf.distribute's workers."""

    def estimator_input_fn(
      params: Any, config: Any, input_context: Any = None
    ) -> tf.data.Dataset:
      kwargs = dict(dataset_kwargs or {})
      training = mode == tf.estimator.ModeKeys.TRAIN
      pipelines = getattr(input_context, "num_input_pipelines", 1)
      replicas = getattr(input_context, "num_replicas_in_sync", pipelines)
      if training and pipelines > 1:
        kwargs.update(
          partition_id=input_context.input_pipeline_id, num_partitions=pipelines
        )
      return self.input_fn(
        mode,
        hparams,
        data_dir=data_dir,
        params=params,
        config=config,
        force_repeat=force_repeat,
        prevent_repeat=prevent_repeat,
        dataset_kwargs=kwargs,
        batches_per_step=replicas // pipelines,
      )

    return estimator_input_fn

  def input_fn(
    self,
    mode: str,
    hparams: hparam.HParams,
    data_dir: Optional[str] = None,
    params: Any = None,
    config: Any = None,
    force_repeat: bool = False,
    prevent_repeat: bool = False,
    dataset_kwargs: Optional[Mapping[str, Any]] = None,
    batches_per_step: int = 1,
  ) -> tf.data.Dataset:
    """Batches for the Estimator; bytes become int32, as its models expect.

    `hparams.batch_size` windows for each device of tensor2tensor's
    data_parallelism. Returns a dataset of (features, targets), in PREDICT of
    features with "infer_targets". In training it goes on where the step of the
    checkpoint in config.model_dir is, if batches_per_step are taken in one, and
    gives what is this worker's.
    """
    del params
    training = mode == tf.estimator.ModeKeys.TRAIN
    model_dir = getattr(config, "model_dir", None)
    kwargs = {"model_dir": model_dir, **(dataset_kwargs or {})}
    parallelism = getattr(config, "data_parallelism", None)
    batch_size = hparams.batch_size * (parallelism.n if parallelism else 1)
    repeat = (force_repeat or training) and not prevent_repeat
    if training and repeat:
      # Not tensor2tensor's second shuffling of entire batches
      # (batch_shuffle_size): sequences are shuffled, and 512 batches of video
      # would fill the memory.
      here, step = workers.here(), training_order.step_of(model_dir)
      batches = step * batches_per_step * here.count
      kwargs["first_example"] = batches * batch_size
      kwargs["repeats"] = True
      kwargs["share"] = training_order.Share(batch_size, here.index, here.count)
    dataset = self.dataset(mode, data_dir=data_dir, hparams=hparams, **kwargs)
    if repeat and not training:
      dataset = dataset.repeat()
    always_full = (
      training
      or repeat
      or self._divides(batch_size, mode, hparams, data_dir, kwargs)
    )
    dataset = dataset.batch(batch_size, drop_remainder=always_full)
    return _for_estimator(dataset, mode).prefetch(tf.data.AUTOTUNE)


def _for_estimator(batches: tf.data.Dataset, mode: str) -> tf.data.Dataset:
  """(features, targets), in PREDICT features alone; integers as int32."""

  def _prepare(features: dict[str, tf.Tensor]) -> Any:
    features = data_reader.cast_ints_to_int32(features)
    if mode == tf.estimator.ModeKeys.PREDICT:
      features["infer_targets"] = features.pop("targets")
      return features
    return features, features["targets"]

  if mode == tf.estimator.ModeKeys.PREDICT:
    # The Estimator stops predicting after one batch if it sees no queue.
    tf.add_to_collection(
      tf.GraphKeys.QUEUE_RUNNERS, data_reader.DummyQueueRunner()
    )
  return batches.map(_prepare, num_parallel_calls=tf.data.AUTOTUNE)
