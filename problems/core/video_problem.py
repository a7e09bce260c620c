"""Video data sets with one record per sequence: the base of them all."""

from collections.abc import Iterator
from typing import Any, Optional

import numpy as np
from tensor2tensor.data_generators import video_utils
from tensor2tensor.layers import modalities
from tensor2tensor.utils import hparam
import tensorflow.compat.v1 as tf

from problems.core import png
from problems.core import reading_plan
from problems.core import record_places
from problems.core import record_stream
from problems.core import sequence_dataset
from problems.core import sequence_problem
from problems.core import training_order
from problems.core import video_records
from t2t_af.errors import UserError


class VideoSequenceProblem(
  sequence_problem.SequenceProblem, video_utils.VideoProblem
):
  """A video data set stored as one record per sequence.

  tensor2tensor stores one record per frame and joins them again while reading;
  with its settings for BAIR it then only ever uses the first frames of a video.
  Here a training example is a window from anywhere in a sequence, another one
  in every epoch (the paper's random crops), and an evaluation example is always
  the first window of a sequence; each sequence once.

  A subclass says `frame_height`, `frame_width`, `frames_per_sequence` (of the
  shortest sequence) and `generate_sequences`, which yields (id, uint8 [time,
  height, width, channels]); the rest has defaults. Frames whose size only the
  data knows: `details` keeps it, `use_details` sets it.

  Features: inputs [batch, video_num_input_frames, height, width, channels] and
  targets [batch, video_num_target_frames, height, width, channels], int32 in
  0..255; see SequenceProblem.
  """

  modality = modalities.ModalityType.VIDEO
  vocab_size = 256
  step_dtype = np.uint8
  step_name = "frames"

  frame_height: int
  frame_width: int
  num_channels = 3
  # Every sequence has at least so many frames.
  frames_per_sequence: int

  @property
  def step_shape(self) -> list[int]:
    """[height, width, channels] of a frame."""
    return list(self.frame_shape)

  def max_frames_per_video(self, hparams: hparam.HParams) -> int:
    """So many frames every sequence has at least."""
    return self.frames_per_sequence

  def to_record(self, sequence_id: str, sequence: np.ndarray) -> bytes:
    """A sequence of frames, checked and encoded as PNG."""
    self._check_frames(sequence_id, sequence)
    return video_records.to_record(
      sequence_id, png.encode(sequence), *self.frame_shape
    )

  def decode_record(
    self, features: Any, num_steps: Optional[int]
  ) -> np.ndarray:
    """The first frames of a sequence; see SequenceStorage."""
    encoded = features[video_records.FRAMES_KEY].bytes_list.value
    return png.decode(encoded[:num_steps], self.num_channels)

  def window_dataset(
    self, records: tf.data.Dataset, plan: reading_plan.Plan
  ) -> tf.data.Dataset:
    """The first window of each sequence."""
    return self._windows(records.map(lambda record: (record, 0)), plan)

  def training_windows(
    self,
    files: sequence_dataset.Files,
    selection: record_stream.Selection,
    plan: reading_plan.Plan,
    order: training_order.Order,
  ) -> tf.data.Dataset:
    """One window of each sequence, from anywhere in it."""
    return self._windows(record_places.read(files, selection, order), plan)

  def _windows(
    self, numbered: tf.data.Dataset, plan: reading_plan.Plan
  ) -> tf.data.Dataset:
    """The windows of records that come with a number each."""
    return numbered.map(
      lambda record, number: video_records.window(
        record, number, plan.length, self.frame_shape
      ),
      num_parallel_calls=tf.data.AUTOTUNE,
    )

  def num_windows(
    self, files: sequence_dataset.Files, num_inputs: int, num_targets: int
  ) -> int:
    """As many as there are sequences."""
    return sum(f.num_sequences for f in files)

  def shortest(self, files: sequence_dataset.Files) -> int:
    """What is known of all sequences, whatever `files` has."""
    return self.frames_per_sequence

  def each_window(
    self, data_dir: str, split: str, num_inputs: int, num_targets: int
  ) -> Iterator[tuple[str, np.ndarray]]:
    """The first frames of each sequence: uint8 [time, ...]."""
    yield from self.each_sequence(data_dir, split, num_inputs + num_targets)

  def _check_frames(self, sequence_id: str, frames: np.ndarray) -> None:
    if (
      frames.ndim != 4
      or list(frames.shape[1:]) != self.frame_shape
      or frames.dtype != np.uint8
    ):
      raise UserError(
        f"{self.name}: sequence {sequence_id} is {frames.dtype} "
        f"{list(frames.shape)}, not uint8 {['time'] + self.frame_shape}"
      )
    if len(frames) < self.frames_per_sequence:
      raise UserError(
        f"{self.name}: sequence {sequence_id} has {len(frames)} frames; "
        f"{self.frames_per_sequence} are needed"
      )
