"""Video data sets with one record per sequence: the base of all of ours."""

from typing import List, Optional, Tuple

import numpy as np
from tensor2tensor.data_generators import video_utils
from tensor2tensor.layers import modalities
from tensor2tensor.utils import data_reader
import tensorflow.compat.v1 as tf

from problems import png
from problems import sequence_storage
from problems import shards
from problems import tfrecord
from problems import video_reading
from t2t_af.errors import UserError

# The video protocol of the paper: three frames conditioned on, ten scored.
_NUM_INPUT_FRAMES = 3
_NUM_TARGET_FRAMES = 10


class VideoSequenceProblem(sequence_storage.SequenceStorage,
                           video_utils.VideoProblem):
  """A video data set stored as one record per sequence.

  tensor2tensor stores one record per frame and joins them again while reading;
  with its settings for BAIR it then only ever uses the first frames of a video.
  Here a training example is a window from anywhere in a sequence, another one
  in every epoch (the paper's random crops), and an evaluation example is always
  the first window of a sequence; each sequence once.

  A subclass says `frame_height`, `frame_width`, `frames_per_sequence` and
  `generate_sequences`, which yields (id, uint8 [time, height, width,
  channels]); the rest has defaults.

  Features: inputs [batch, video_num_input_frames, height, width, channels] and
  targets [batch, video_num_target_frames, height, width, channels], int32 in
  0..255. `hparams.batch_size` counts sequences. In training the batch size is
  static; in evaluation too where it divides the number of sequences, else the
  last batch is smaller.
  """

  frame_height: int
  frame_width: int
  num_channels = 3
  # Every sequence has at least so many frames.
  frames_per_sequence: int
  # The split that was last read from, for the records of an evaluation.
  split_read = None

  # --- Generating.

  def to_record(self, sequence_id: str, sequence: np.ndarray) -> bytes:
    self._check_frames(sequence_id, sequence)
    return video_reading.to_record(
        sequence_id, png.encode(sequence), *self.frame_shape)

  def _check_frames(self, sequence_id: str, frames: np.ndarray) -> None:
    if (frames.ndim != 4 or list(frames.shape[1:]) != self.frame_shape or
        frames.dtype != np.uint8):
      raise UserError(
          f"{self.name}: sequence {sequence_id} is {frames.dtype} "
          f"{list(frames.shape)}, not uint8 {['time'] + self.frame_shape}")
    if len(frames) < self.frames_per_sequence:
      raise UserError(
          f"{self.name}: sequence {sequence_id} has {len(frames)} frames; "
          f"{self.frames_per_sequence} are needed")

  # --- Reading.

  def hparams(self, defaults, unused_model_hparams):
    p = defaults
    p.modality = {"inputs": modalities.ModalityType.VIDEO,
                  "targets": modalities.ModalityType.VIDEO}
    p.vocab_size = {"inputs": 256, "targets": 256}

  def eval_metrics(self):
    return []  # the models bring their own; stock video metrics fail on flows

  @property
  def decode_hooks(self):
    return []

  def max_frames_per_video(self, hparams):
    return self.frames_per_sequence

  @tf.autograph.experimental.do_not_convert()
  def dataset(self, mode, data_dir=None, num_threads=None,
              output_buffer_size=None, shuffle_files=None, hparams=None,
              preprocess=True, dataset_split=None, shard=None, partition_id=0,
              num_partitions=1, shuffle_buffer_size=1024, max_records=-1,
              seed=None):
    """One pass over the data: uint8 "inputs" and "targets", not batched.

    As tensor2tensor's, but that tf.data chooses the number of threads.

    Args:
      mode: a tf.estimator.ModeKeys. TRAIN gives shuffled random windows (unless
        `shuffle_files` is False), the others first windows in a fixed order.
      data_dir: folder of the shards.
      num_threads, preprocess: not used.
      output_buffer_size: examples to prefetch; None for none.
      shuffle_files: None shuffles in TRAIN.
      hparams: has video_num_input_frames and video_num_target_frames.
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
    num_inputs, num_targets = self._window_lengths(mode, hparams)
    self.split_read = str(dataset_split or mode)
    files = self.split_files(self._data_dir(data_dir, hparams),
                             self.split_read, shard)
    paths = [f.path for f in files]
    if seed is None:
      seed = video_reading.op_seed(None)

    if shuffle:
      dataset = video_reading.shuffled_records(
          paths, seed, shuffle_buffer_size, _mean_bytes(files), max_records)
    else:
      dataset = video_reading.records(paths).take(max_records)
    if num_partitions > 1:
      dataset = dataset.shard(num_partitions, partition_id)
    if training:
      dataset = video_reading.with_random_numbers(dataset, seed)
    else:
      dataset = dataset.map(lambda record: (record, 0))

    def _features(record, number):
      frames = video_reading.window(
          record, number, num_inputs + num_targets, self.frame_shape)
      return self.maybe_reverse_and_copy({
          "inputs": frames[:num_inputs], "targets": frames[num_inputs:]})

    dataset = dataset.map(_features, num_parallel_calls=tf.data.AUTOTUNE)
    if output_buffer_size:
      dataset = dataset.prefetch(output_buffer_size)
    return dataset

  def make_estimator_input_fn(self, mode, hparams, data_dir=None,
                              force_repeat=False, prevent_repeat=False,
                              dataset_kwargs=None):
    """An input_fn for the Estimator; knows of tf.distribute's workers."""

    def estimator_input_fn(params, config, input_context=None):
      kwargs = dict(dataset_kwargs or {})
      training = mode == tf.estimator.ModeKeys.TRAIN
      if training and input_context and input_context.num_input_pipelines > 1:
        kwargs.update(partition_id=input_context.input_pipeline_id,
                      num_partitions=input_context.num_input_pipelines)
      return self.input_fn(
          mode, hparams, data_dir=data_dir, params=params, config=config,
          force_repeat=force_repeat, prevent_repeat=prevent_repeat,
          dataset_kwargs=kwargs)

    return estimator_input_fn

  def input_fn(self, mode, hparams, data_dir=None, params=None, config=None,
               force_repeat=False, prevent_repeat=False, dataset_kwargs=None):
    """Batches for the Estimator: int32, as tensor2tensor's models expect.

    `hparams.batch_size` sequences for each device of tensor2tensor's
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
      kwargs.setdefault("seed", video_reading.op_seed(
          getattr(config, "model_dir", None)))
    dataset = self.dataset(mode, data_dir=data_dir, hparams=hparams, **kwargs)
    repeat = (force_repeat or training) and not prevent_repeat
    if repeat:
      dataset = dataset.repeat()
    parallelism = getattr(config, "data_parallelism", None)
    batch_size = hparams.batch_size * (parallelism.n if parallelism else 1)
    count = self._num_examples(mode, hparams, data_dir, kwargs)
    dataset = dataset.batch(
        batch_size,
        drop_remainder=training or repeat or count % batch_size == 0)

    def _prepare(features):
      features = data_reader.cast_ints_to_int32(features)
      if mode == tf.estimator.ModeKeys.PREDICT:
        features["infer_targets"] = features.pop("targets")
        return features
      return features, features["targets"]

    dataset = dataset.map(_prepare, num_parallel_calls=tf.data.AUTOTUNE)
    if mode == tf.estimator.ModeKeys.PREDICT:
      # The Estimator stops predicting after one batch if it sees no queue.
      tf.add_to_collection(tf.GraphKeys.QUEUE_RUNNERS,
                           data_reader.DummyQueueRunner())
    return dataset.prefetch(tf.data.AUTOTUNE)

  def read_sequences(self, data_dir: str, split: str, num_frames: int,
                     max_sequences: Optional[int] = None
                     ) -> Tuple[np.ndarray, List[str]]:
    """The first frames of the sequences of a split, as evaluation sees them.

    Without a TensorFlow graph.

    Args:
      data_dir: folder of the shards.
      split: "train", "eval" (or "dev") or "test".
      num_frames: frames of each sequence.
      max_sequences: so many at most; None reads all.

    Returns:
      uint8 [sequences, num_frames, height, width, channels], and their ids.
    """
    videos, ids = [], []
    for shard in self.split_files(data_dir, split):
      with tf.gfile.Open(shard.path, "rb") as stream:
        for record in tfrecord.read(stream, shard.path, size=shard.num_bytes):
          if max_sequences is not None and len(videos) >= max_sequences:
            break
          example = tf.train.Example.FromString(record.data).features.feature
          ids.append(example[video_reading.ID_KEY].bytes_list.value[0].decode())
          encoded = example[video_reading.FRAMES_KEY].bytes_list.value
          if len(encoded) < num_frames:
            raise UserError(
                f"{self.name}: {num_frames} frames asked for, but sequence "
                f"{ids[-1]} has {len(encoded)}")
          videos.append(png.decode(encoded[:num_frames], self.num_channels))
    shape = [len(videos), num_frames] + self.frame_shape
    return np.asarray(videos, np.uint8).reshape(shape), ids

  # --- Helpers.

  def _data_dir(self, data_dir: Optional[str], hparams) -> str:
    data_dir = data_dir or getattr(hparams, "data_dir", None)
    if not data_dir:
      raise UserError(f"{self.name}: say where its data is with --data_dir")
    return data_dir

  def _num_examples(self, mode: str, hparams, data_dir: Optional[str],
                    kwargs: dict) -> int:
    """How many examples one pass of `dataset` gives."""
    files = self.split_files(self._data_dir(data_dir, hparams),
                             kwargs.get("dataset_split") or mode,
                             kwargs.get("shard"))
    count = sum(f.num_sequences for f in files)
    limit = kwargs.get("max_records", -1)
    return count if limit < 0 else min(limit, count)

  def _window_lengths(self, mode: str, hparams) -> Tuple[int, int]:
    """Numbers of input and of target frames, checked against the data."""
    num_inputs = getattr(hparams, "video_num_input_frames", _NUM_INPUT_FRAMES)
    num_targets = getattr(hparams, "video_num_target_frames",
                          _NUM_TARGET_FRAMES)
    longest = self.frames_per_sequence
    if mode == tf.estimator.ModeKeys.PREDICT:
      # A model can go on beyond the frames that there are to compare with.
      longest = min(longest, self.max_frames_per_video(hparams))
      num_targets = min(num_targets, max(1, longest - num_inputs))
    if num_inputs + num_targets > longest:
      raise UserError(
          f"{self.name}: {num_inputs} input and {num_targets} target frames "
          f"were asked for (video_num_input_frames, video_num_target_frames), "
          f"but its sequences have {longest} frames")
    return num_inputs, num_targets


def _mean_bytes(files: List[shards.Shard]) -> int:
  num_sequences = sum(f.num_sequences for f in files)
  return sum(f.num_bytes for f in files) // max(1, num_sequences)
