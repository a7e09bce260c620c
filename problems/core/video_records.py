"""Records of PNG frames, and windows of frames out of them.

Of each sequence only the frames of the window are ever decoded.
"""

from collections.abc import Sequence

import tensorflow.compat.v1 as tf

from problems.core import sequence_records

FRAMES_KEY = "frames/encoded"


def to_record(
  sequence_id: str,
  encoded: Sequence[bytes],
  height: int,
  width: int,
  channels: int,
) -> bytes:
  """The serialized tf.Example of one sequence."""
  as_int = sequence_records.int_feature
  return sequence_records.serialized(
    sequence_id,
    {
      FRAMES_KEY: sequence_records.bytes_feature(encoded),
      "frames/count": as_int(len(encoded)),
      "frames/height": as_int(height),
      "frames/width": as_int(width),
      "frames/channels": as_int(channels),
    },
  )


def window(
  record: tf.Tensor,
  number: tf.Tensor,
  num_frames: int,
  frame_shape: Sequence[int],
) -> sequence_records.Window:
  """Decodes `num_frames` consecutive frames of a serialized sequence.

  Args:
    record: string scalar, the tf.Example.
    number: int32 scalar >= 0; the window starts at frame `number` modulo the
      number of possible starts, so 0 is the beginning and every window that
      fits, up to the last frame, is as likely as any other.
    num_frames: length of the window.
    frame_shape: (height, width, channels).

  Returns:
    The window, uint8, its shape known statically.
  """
  parsed = sequence_records.parse(
    record,
    {
      FRAMES_KEY: tf.io.FixedLenSequenceFeature(
        [], tf.string, allow_missing=True
      )
    },
  )
  encoded = parsed[FRAMES_KEY]
  num_starts = tf.shape(encoded)[0] - num_frames + 1
  too_short = tf.Assert(
    num_starts > 0,
    [
      "a sequence has fewer frames than the window of",
      num_frames,
      "frames; it has",
      tf.shape(encoded)[0],
    ],
  )
  with tf.control_dependencies([too_short]):
    start = tf.math.floormod(number, num_starts)
  height, width, channels = frame_shape
  frames = [
    tf.ensure_shape(
      tf.io.decode_png(encoded[start + i], channels=channels),
      [height, width, channels],
    )
    for i in range(num_frames)
  ]
  return sequence_records.Window(
    tf.stack(frames), parsed[sequence_records.ID_KEY], start
  )
