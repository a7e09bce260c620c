"""Reading sequences for the Estimator: the base of video and series alike."""

from collections.abc import Sequence
from typing import NamedTuple, Optional

import numpy as np
from tensor2tensor.utils import data_reader
import tensorflow.compat.v1 as tf

from problems.core import record_stream
from problems.core import sequence_storage
from problems.core import shards
from problems.core import training_part
from t2t_af.errors import UserError

# The protocol of the paper: three steps conditioned on, ten scored.
_NUM_INPUTS = 3
_NUM_TARGETS = 10

Files = Sequence[shards.Shard]


class Plan(NamedTuple):
  """How sequences are to be cut into windows.

  Attributes:
    training: random windows, new ones in each pass; else always the same.
    num_inputs, num_targets: steps of a window.
    seed: of the random windows; None for none.
    shuffle_buffer_size: windows to be shuffled at once; 0 for no shuffling.
    record_bytes: mean size of a record.
  """

  training: bool
  num_inputs: int
  num_targets: int
  seed: Optional[int]
  shuffle_buffer_size: int
  record_bytes: int


class SequenceProblem(sequence_storage.SequenceStorage):
  """A data set stored as one record per sequence, read in windows.

  A window is `video_num_input_frames` steps that a model may condition on and
  `video_num_target_frames` steps to be modelled, for series too; which windows
  there are is up to the subclass. Sequences may differ in length.

  Features: inputs [batch, video_num_input_frames, ...step_shape] and targets
  [batch, video_num_target_frames, ...step_shape]. `hparams.batch_size` counts
  windows. In training the batch size is static; in evaluation too where it
  divides the number of windows, else the last batch is smaller.

  `hparams.train_fraction` below 1 leaves out sequences of the training split,
  and of no other: see `training_part`.
  """

  # One of tensor2tensor's ModalityType, and its vocabulary.
  modality: str
  vocab_size: Optional[int] = None
  # The split that was last read from, and which of its sequences, for the
  # records of an evaluation.
  split_read = None
  selection_read: Optional[record_stream.Selection] = None

  # --- For the subclass to say.

  def window_dataset(
    self, records: tf.data.Dataset, plan: Plan
  ) -> tf.data.Dataset:
    """Windows [num_inputs + num_targets, ...step_shape] of serialized records.

    The records come shuffled, if they are to be.
    """
    raise NotImplementedError

  def num_windows(self, files: Files, num_inputs: int, num_targets: int) -> int:
    """How many windows `window_dataset` gives outside of training."""
    raise NotImplementedError

  def shortest(self, files: Files) -> int:
    """Length of the shortest sequence in `files`."""
    return min(min(f.lengths) for f in files if f.lengths)

  # --- tensor2tensor's Problem.

  def hparams(self, defaults, model_hparams):
    self.learn_details(getattr(model_hparams, "data_dir", None))
    p = defaults
    p.modality = {"inputs": self.modality, "targets": self.modality}
    p.vocab_size = {"inputs": self.vocab_size, "targets": self.vocab_size}

  def eval_metrics(self):
    return []  # the models bring their own

  @property
  def decode_hooks(self):
    return []

  @tf.autograph.experimental.do_not_convert()
  def dataset(
    self,
    mode,
    data_dir=None,
    num_threads=None,
    output_buffer_size=None,
    shuffle_files=None,
    hparams=None,
    preprocess=True,
    dataset_split=None,
    shard=None,
    partition_id=0,
    num_partitions=1,
    shuffle_buffer_size=1024,
    max_records=-1,
    seed=None,
  ):
    """One pass over the data: "inputs" and "targets" as stored, not batched.

    As tensor2tensor's, but that tf.data chooses the number of threads.

    Args:
      mode: a tf.estimator.ModeKeys. TRAIN gives shuffled random windows (unless
        `shuffle_files` is False), the others fixed windows in a fixed order.
      data_dir: folder of the shards.
      num_threads, preprocess: not used.
      output_buffer_size: examples to prefetch; None for none.
      shuffle_files: None shuffles in TRAIN.
      hparams: has video_num_input_frames and video_num_target_frames; may
        have those of `training_part`.
      dataset_split: "train", "eval" or "test"; None follows `mode`.
      shard: reads this file only.
      partition_id, num_partitions: reads each num_partitions-th sequence.
      shuffle_buffer_size: sequences that are shuffled at once, at most.
      max_records: so many sequences at most; -1 reads all.
      seed: beside the graph's; None takes a fixed one if the graph has a seed.
    """
    del num_threads, preprocess
    training = mode == tf.estimator.ModeKeys.TRAIN
    shuffle = training if shuffle_files is None else shuffle_files
    self.split_read = str(dataset_split or mode)
    files = self._files(data_dir, hparams, self.split_read, shard)
    num_inputs, num_targets = self._window_lengths(mode, hparams, files)
    paths = [f.path for f in files]
    masks = self._masks(data_dir, hparams, files)
    self.selection_read = record_stream.Selection(
      masks, max_records, partition_id, num_partitions
    )
    record_bytes = _mean_bytes(files)
    if seed is None:
      seed = record_stream.op_seed(None)

    if shuffle:
      records = record_stream.shuffled_records(
        paths, seed, shuffle_buffer_size, record_bytes, max_records, masks
      )
    else:
      records = record_stream.records(paths, masks).take(max_records)
    if num_partitions > 1:
      records = records.shard(num_partitions, partition_id)
    dataset = self.window_dataset(
      records,
      Plan(
        training,
        num_inputs,
        num_targets,
        seed,
        shuffle_buffer_size if shuffle else 0,
        record_bytes,
      ),
    )

    def _features(window):
      return self.maybe_reverse_and_copy(
        {"inputs": window[:num_inputs], "targets": window[num_inputs:]}
      )

    dataset = dataset.map(_features, num_parallel_calls=tf.data.AUTOTUNE)
    if output_buffer_size:
      dataset = dataset.prefetch(output_buffer_size)
    return dataset

  def make_estimator_input_fn(
    self,
    mode,
    hparams,
    data_dir=None,
    force_repeat=False,
    prevent_repeat=False,
    dataset_kwargs=None,
  ):
    """An input_fn for the Estimator; knows of tf.distribute's workers."""

    def estimator_input_fn(params, config, input_context=None):
      kwargs = dict(dataset_kwargs or {})
      training = mode == tf.estimator.ModeKeys.TRAIN
      if training and input_context and input_context.num_input_pipelines > 1:
        kwargs.update(
          partition_id=input_context.input_pipeline_id,
          num_partitions=input_context.num_input_pipelines,
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
      )

    return estimator_input_fn

  def input_fn(
    self,
    mode,
    hparams,
    data_dir=None,
    params=None,
    config=None,
    force_repeat=False,
    prevent_repeat=False,
    dataset_kwargs=None,
  ):
    """Batches for the Estimator; bytes become int32, as its models expect.

    `hparams.batch_size` windows for each device of tensor2tensor's
    data_parallelism. Returns a dataset of (features, targets), in PREDICT of
    features with "infer_targets".
    """
    del params
    training = mode == tf.estimator.ModeKeys.TRAIN
    kwargs = dict(dataset_kwargs or {})
    if training:
      # Not tensor2tensor's second shuffling of whole batches
      # (batch_shuffle_size): sequences are shuffled, and 512 batches of video
      # would fill the memory.
      kwargs.setdefault(
        "seed", record_stream.op_seed(getattr(config, "model_dir", None))
      )
    dataset = self.dataset(mode, data_dir=data_dir, hparams=hparams, **kwargs)
    repeat = (force_repeat or training) and not prevent_repeat
    if repeat:
      dataset = dataset.repeat()
    parallelism = getattr(config, "data_parallelism", None)
    batch_size = hparams.batch_size * (parallelism.n if parallelism else 1)
    whole = (
      training
      or repeat
      or self._divides(batch_size, mode, hparams, data_dir, kwargs)
    )
    dataset = dataset.batch(batch_size, drop_remainder=whole)

    def _prepare(features):
      features = data_reader.cast_ints_to_int32(features)
      if mode == tf.estimator.ModeKeys.PREDICT:
        features["infer_targets"] = features.pop("targets")
        return features
      return features, features["targets"]

    dataset = dataset.map(_prepare, num_parallel_calls=tf.data.AUTOTUNE)
    if mode == tf.estimator.ModeKeys.PREDICT:
      # The Estimator stops predicting after one batch if it sees no queue.
      tf.add_to_collection(
        tf.GraphKeys.QUEUE_RUNNERS, data_reader.DummyQueueRunner()
      )
    return dataset.prefetch(tf.data.AUTOTUNE)

  def read_windows(
    self, data_dir: str, split: str, num_inputs: int, num_targets: int
  ) -> np.ndarray:
    """The windows that evaluation scores, in its order.

    Returns:
      step_dtype [windows, num_inputs + num_targets, ...step_shape].
    """
    raise NotImplementedError

  def num_sequences_read(self, data_dir: str, split: str, hparams) -> int:
    """Sequences of a split, less those that `train_fraction` leaves out."""
    total = sum(f.num_sequences for f in self.split_files(data_dir, split))
    if not self.is_training_split(split):
      return total
    return training_part.from_hparams(hparams).size(total)

  def window_ids(
    self, data_dir: str, num_inputs: int, num_targets: int
  ) -> Optional[list[str]]:
    """The sequence of each window that `dataset` last gave.

    Windows of one sequence are not independent. None where there is one window
    of each. Holds outside of training, of a split that is read as a whole.
    """
    del data_dir, num_inputs, num_targets

  # --- Helpers.

  def _files(
    self, data_dir: Optional[str], hparams, split: str, shard: Optional[int]
  ) -> Files:
    data_dir = data_dir or getattr(hparams, "data_dir", None)
    if not data_dir:
      raise UserError(f"{self.name}: say where its data is with --data_dir")
    files = self.split_files(data_dir, split, shard)
    if not any(f.num_sequences for f in files):
      raise UserError(
        f'{self.name}: the split "{split}" in {data_dir} has no sequences'
      )
    return files

  def _masks(
    self, data_dir: Optional[str], hparams, files: Files
  ) -> Optional[list[np.ndarray]]:
    """Which sequences of each file to read; None for all.

    Args:
      data_dir, hparams: as in `dataset`.
      files: of `split_read`; all of them, or one.
    """
    part = training_part.from_hparams(hparams)
    if part.fraction == 1.0 or not self.is_training_split(self.split_read):
      return None
    every = self._files(data_dir, hparams, self.split_read, None)
    masks = part.masks([f.num_sequences for f in every])
    of_path = {f.path: mask for f, mask in zip(every, masks)}
    return [of_path[f.path] for f in files]

  def _divides(
    self,
    batch_size: int,
    mode: str,
    hparams,
    data_dir: Optional[str],
    kwargs: dict,
  ) -> bool:
    """Whether no batch of one pass of `dataset` is partial."""
    split = kwargs.get("dataset_split") or mode
    if (
      kwargs.get("max_records", -1) >= 0
      or kwargs.get("num_partitions", 1) > 1
      or self.is_training_split(split)
      and training_part.from_hparams(hparams).fraction < 1.0
    ):
      return False  # nobody counts the windows of some of the sequences
    files = self._files(data_dir, hparams, split, kwargs.get("shard"))
    lengths = self._window_lengths(mode, hparams, files)
    return self.num_windows(files, *lengths) % batch_size == 0

  def _window_lengths(
    self, mode: str, hparams, files: Files
  ) -> tuple[int, int]:
    """Numbers of input and of target steps, checked against the data."""
    num_inputs = getattr(hparams, "video_num_input_frames", _NUM_INPUTS)
    num_targets = getattr(hparams, "video_num_target_frames", _NUM_TARGETS)
    if num_inputs < 0 or num_targets < 1:
      raise UserError(
        f"video_num_input_frames={num_inputs} and video_num_target_frames="
        f"{num_targets}: at least 0 and 1 are needed"
      )
    longest = self.shortest(files)
    if mode == tf.estimator.ModeKeys.PREDICT:
      # A model can go on beyond the steps that there are to compare with.
      num_targets = min(num_targets, max(1, longest - num_inputs))
    if num_inputs + num_targets > longest:
      raise UserError(
        f"{self.name}: {num_inputs} input and {num_targets} target "
        f"{self.step_name} were asked for (video_num_input_frames, "
        f"video_num_target_frames), but its shortest sequence has {longest}"
      )
    return num_inputs, num_targets


def _mean_bytes(files: Files) -> int:
  """Mean size of a record."""
  num_sequences = sum(f.num_sequences for f in files)
  return sum(f.num_bytes for f in files) // max(1, num_sequences)
