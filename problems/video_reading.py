"""From files of sequences to windows of frames, with tf.data.

One record is one sequence of PNG frames. Records are shuffled before anything
is decoded, and of each only the frames of the window are ever decoded.
"""

import re
from typing import Optional, Sequence

import tensorflow.compat.v1 as tf

# Memory that the shuffle buffer may take: whole sequences are waiting in it.
_SHUFFLE_BYTES = 128 * 2**20
# Files read at once in training. Neighbours in a file are often neighbours in
# the source (one day, one robot), so a batch is drawn from many files.
_FILES_AT_ONCE = 16

FRAMES_KEY = "frames/encoded"
ID_KEY = "sequence/id"


def to_record(sequence_id: str, encoded: Sequence[bytes], height: int,
              width: int, channels: int) -> bytes:
  """The serialized tf.Example of one sequence."""

  def _bytes(values):
    return tf.train.Feature(bytes_list=tf.train.BytesList(value=values))

  def _int(value):
    return tf.train.Feature(int64_list=tf.train.Int64List(value=[value]))

  return tf.train.Example(features=tf.train.Features(feature={
      FRAMES_KEY: _bytes(encoded),
      ID_KEY: _bytes([sequence_id.encode()]),
      "frames/count": _int(len(encoded)),
      "frames/height": _int(height),
      "frames/width": _int(width),
      "frames/channels": _int(channels),
  })).SerializeToString()


def records(paths: Sequence[str]) -> tf.data.Dataset:
  """Serialized sequences, file after file: always in the same order."""
  return tf.data.TFRecordDataset(
      tf.constant(list(paths), tf.string), buffer_size=8 * 2**20)


def shuffled_records(paths: Sequence[str], seed: Optional[int],
                     buffer_size: int, record_bytes: int,
                     max_records: int = -1) -> tf.data.Dataset:
  """Serialized sequences, in a new order in every epoch.

  Args:
    paths: the files.
    seed: beside the graph's seed; None if there is none.
    buffer_size: at most so many records are shuffled at once.
    record_bytes: mean size of a record, to bound the memory.
    max_records: shuffles only the first ones; -1 takes all.
  """
  files_at_once = max(1, min(_FILES_AT_ONCE, len(paths)))
  buffer_size = max(1, min(buffer_size, _SHUFFLE_BYTES // max(1, record_bytes)))
  if max_records >= 0:
    return records(paths).take(max_records).shuffle(buffer_size, seed=seed)
  dataset = tf.data.Dataset.from_tensor_slices(
      tf.constant(list(paths), tf.string))
  dataset = dataset.shuffle(max(1, len(paths)), seed=seed)
  dataset = dataset.interleave(
      tf.data.TFRecordDataset, cycle_length=files_at_once,
      num_parallel_calls=tf.data.AUTOTUNE)
  return dataset.shuffle(buffer_size, seed=None if seed is None else seed + 1)


def with_random_numbers(dataset: tf.data.Dataset,
                        seed: Optional[int]) -> tf.data.Dataset:
  """Pairs each record with a random integer >= 0, for its window.

  Drawn here, one after the other, because random numbers drawn inside a
  parallel map would come in another order on every run.
  """

  def _draw(record):
    number = tf.random.uniform([], maxval=tf.int32.max, dtype=tf.int32,
                               seed=None if seed is None else seed + 2)
    return record, number

  return dataset.map(_draw)


def window(record: tf.Tensor, number: tf.Tensor, num_frames: int,
           frame_shape: Sequence[int]) -> tf.Tensor:
  """Decodes `num_frames` consecutive frames of a serialized sequence.

  Args:
    record: string scalar, the tf.Example.
    number: int32 scalar >= 0; the window starts at frame `number` modulo the
      number of possible starts, so 0 is the beginning and every window that
      fits, up to the last frame, is as likely as any other.
    num_frames: length of the window.
    frame_shape: (height, width, channels).

  Returns:
    uint8 [num_frames, height, width, channels], the shape known statically.
  """
  encoded = tf.io.parse_single_example(record, {
      FRAMES_KEY: tf.io.FixedLenSequenceFeature(
          [], tf.string, allow_missing=True)})[FRAMES_KEY]
  num_starts = tf.shape(encoded)[0] - num_frames + 1
  too_short = tf.Assert(num_starts > 0, [
      "a sequence has fewer frames than the window of", num_frames,
      "frames; it has", tf.shape(encoded)[0]])
  with tf.control_dependencies([too_short]):
    start = tf.math.floormod(number, num_starts)
  height, width, channels = frame_shape
  frames = [
      tf.ensure_shape(tf.io.decode_png(encoded[start + i], channels=channels),
                      [height, width, channels])
      for i in range(num_frames)
  ]
  return tf.stack(frames)


def op_seed(model_dir: Optional[str]) -> Optional[int]:
  """A seed for the input, beside the graph's; None if the graph has none.

  Fixed numbers, not counters of operations, so that two models under the same
  random_seed see the same sequences and windows. It depends on the step that
  training goes on from, because otherwise a resumed run would see the first
  part of the data again and never the rest.
  """
  if tf.get_default_graph().seed is None:
    return None
  latest = tf.train.latest_checkpoint(model_dir) if model_dir else None
  step = re.search(r"-(\d+)$", latest or "")
  # Three seeds are made from each: + 0, + 1, + 2.
  return 17 + 3 * int(step.group(1)) if step else 17
