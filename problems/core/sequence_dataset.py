"""Reading sequences in windows, with tf.data: one pass over a split."""

from collections.abc import Iterator, Sequence
from typing import Any, Callable, Optional

import numpy as np
from tensor2tensor.utils import hparam
import tensorflow.compat.v1 as tf

from problems.core import reading_plan
from problems.core import record_stream
from problems.core import sequence_records
from problems.core import sequence_storage
from problems.core import shards
from problems.core import training_order
from problems.core import training_part
from t2t_af import windows as windows_lib
from t2t_af.errors import UserError

Files = Sequence[shards.Shard]
Features = dict[str, tf.Tensor]


class SequenceDataset(sequence_storage.SequenceStorage):
  """The part of a Problem that reads its sequences in windows.

  A window is `video_num_input_frames` steps that a model may condition on and
  `video_num_target_frames` steps to be modelled, for series too; which windows
  there are is up to the subclass. Sequences may differ in length.
  """

  # Whether sequences are parts of recordings, "<recording>/<part>" by id:
  # then those of one recording are not independent.
  sequences_are_parts = False

  # Of problem.Problem, which every subclass is too.
  maybe_reverse_and_copy: Callable[[Features], Features]

  # --- For the subclass to say.

  def window_dataset(
    self, records: tf.data.Dataset, plan: reading_plan.Plan
  ) -> tf.data.Dataset:
    """The windows that evaluation scores, of serialized records.

    A dataset of `sequence_records.Window`, in the order of the records.
    """
    raise NotImplementedError

  def training_windows(
    self,
    files: Files,
    selection: record_stream.Selection,
    plan: reading_plan.Plan,
    order: training_order.Order,
  ) -> tf.data.Dataset:
    """Random windows of the selected records, in an order.

    A dataset of `sequence_records.Window`; which ones follows from the number
    of an example alone.
    """
    raise NotImplementedError

  def num_windows(self, files: Files, num_inputs: int, num_targets: int) -> int:
    """How many windows `window_dataset` gives."""
    raise NotImplementedError

  def each_window(
    self, data_dir: str, split: str, num_inputs: int, num_targets: int
  ) -> Iterator[tuple[str, np.ndarray]]:
    """The windows that evaluation scores, in its order.

    Yields (id of its sequence, step_dtype [num_inputs + num_targets, ...]).
    """
    raise NotImplementedError

  def read_windows(
    self, data_dir: str, split: str, num_inputs: int, num_targets: int
  ) -> np.ndarray:
    """Those of `each_window`, step_dtype [windows, steps, ...step_shape]."""
    windows = [
      window
      for _, window in self.each_window(
        data_dir, split, num_inputs, num_targets
      )
    ]
    shape = [len(windows), num_inputs + num_targets, *self.step_shape]
    return np.asarray(windows, self.step_dtype).reshape(shape)

  def recording(self, sequence_id: str) -> str:
    """What a sequence was cut from: errors are over recordings."""
    return (
      sequence_id.rpartition("/")[0]
      if self.sequences_are_parts
      else sequence_id
    )

  def change(self, model_dir: Optional[str]) -> Optional[reading_plan.Change]:
    """What the steps as stored must become for the run in model_dir.

    Called when the data's details are known.
    """
    del model_dir
    return None

  def shortest(self, files: Files) -> int:
    """Length of the shortest sequence in `files`."""
    return min(min(f.lengths) for f in files if f.lengths)

  # --- tensor2tensor's Problem.

  @tf.autograph.experimental.do_not_convert()
  def dataset(
    self,
    mode: str,
    data_dir: Optional[str] = None,
    num_threads: Optional[int] = None,
    output_buffer_size: Optional[int] = None,
    shuffle_files: Optional[bool] = None,
    hparams: Optional[hparam.HParams] = None,
    preprocess: bool = True,
    dataset_split: Optional[str] = None,
    shard: Optional[int] = None,
    partition_id: int = 0,
    num_partitions: int = 1,
    shuffle_buffer_size: int = 1024,
    max_records: int = -1,
    seed: Optional[int] = None,
    model_dir: Optional[str] = None,
    first_example: int = 0,
    repeats: bool = False,
    share: training_order.Share = training_order.ALL,
  ) -> tf.data.Dataset:
    """One pass over the data: "inputs" and "targets" as stored, not batched.

    And the features of `t2t_af.windows`, which say where a window is from. As
    tensor2tensor's, but that tf.data chooses the number of threads.

    Args:
      mode: a tf.estimator.ModeKeys. TRAIN gives random windows in a random
        order, the others fixed windows in the stored order.
      data_dir: folder of the shards.
      num_threads, preprocess, shuffle_buffer_size: not used.
      output_buffer_size: examples to prefetch; None for none.
      shuffle_files: False gives TRAIN the stored order too.
      hparams: has video_num_input_frames and video_num_target_frames; may
        have those of `training_part`.
      dataset_split: "train", "eval" or "test"; None follows `mode`.
      shard: reads this file only.
      partition_id, num_partitions: reads each num_partitions-th sequence.
      max_records: so many sequences at most; -1 reads all.
      seed: beside the graph's.
      model_dir: of the run that reads; None: of hparams, where it has one.
      first_example: of TRAIN, the number of the example that comes first.
      repeats: of TRAIN, epoch after epoch without an end.
      share: of TRAIN, which examples are this worker's.

    Raises:
      UserError: the data is missing, or its sequences are too short.
    """
    del num_threads, preprocess, shuffle_buffer_size
    split = str(dataset_split or mode)
    files = self._files(data_dir, hparams, split, shard)
    masks = self._masks(data_dir, hparams, split, files)
    selection = record_stream.Selection(
      masks, max_records, partition_id, num_partitions
    )
    plan = reading_plan.Plan(
      *self._window_lengths(mode, hparams, files),
      self.change(model_dir or getattr(hparams, "model_dir", None)),
    )
    if mode == tf.estimator.ModeKeys.TRAIN:
      keys, shuffle = training_order.keys(seed), shuffle_files is not False
      order = training_order.Order(keys, first_example, repeats, shuffle, share)
      windows = self.training_windows(files, selection, plan, order)
    else:
      records = record_stream.read([f.path for f in files], selection)
      windows = self.window_dataset(records, plan)
    is_whole = shard is None and selection.is_whole
    return self._features(windows, plan, split, is_whole, output_buffer_size)

  # --- Counting.

  def num_sequences_read(
    self, data_dir: str, split: str, hparams: hparam.HParams
  ) -> int:
    """Sequences of a split, less those that `train_fraction` leaves out."""
    total = sum(f.num_sequences for f in self.split_files(data_dir, split))
    if not self.is_training_split(split):
      return total
    return training_part.from_hparams(hparams).size(total)

  # --- Helpers.

  def _features(
    self,
    windows: tf.data.Dataset,
    plan: reading_plan.Plan,
    split: str,
    is_whole: bool,
    buffer_size: Optional[int],
  ) -> tf.data.Dataset:
    """{"inputs": the first steps, "targets": the others, ...}, prefetched."""
    split = self.file_split(split)

    def _split(window: sequence_records.Window) -> Features:
      steps, sequence_id, start = window
      return self.maybe_reverse_and_copy(
        {
          "inputs": steps[: plan.num_inputs],
          "targets": steps[plan.num_inputs :],
          windows_lib.SEQUENCE_ID: sequence_id,
          windows_lib.START: start,
          windows_lib.SPLIT: tf.constant(split),
          windows_lib.IS_WHOLE_SPLIT: tf.constant(is_whole),
        }
      )

    dataset = windows.map(_split, num_parallel_calls=tf.data.AUTOTUNE)
    return dataset.prefetch(buffer_size) if buffer_size else dataset

  def _files(
    self,
    data_dir: Optional[str],
    hparams: Optional[hparam.HParams],
    split: str,
    shard: Optional[int],
  ) -> Files:
    """The files of a split, or the one numbered `shard`; not all are empty."""
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
    self,
    data_dir: Optional[str],
    hparams: Optional[hparam.HParams],
    split: str,
    files: Files,
  ) -> Optional[list[np.ndarray]]:
    """Which sequences of each file to read; None for all.

    Args:
      data_dir, hparams: as in `dataset`.
      split: its name.
      files: of the split; all of them, or one.
    """
    part = training_part.from_hparams(hparams)
    if part.fraction == 1.0 or not self.is_training_split(split):
      return None
    every = self._files(data_dir, hparams, split, None)
    masks = part.masks([f.num_sequences for f in every])
    mask_of_path = {f.path: mask for f, mask in zip(every, masks)}
    return [mask_of_path[f.path] for f in files]

  def _divides(
    self,
    batch_size: int,
    mode: str,
    hparams: hparam.HParams,
    data_dir: Optional[str],
    kwargs: dict[str, Any],
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
    self, mode: str, hparams: Optional[hparam.HParams], files: Files
  ) -> tuple[int, int]:
    return reading_plan.window_lengths(
      mode, hparams, self.shortest(files), self.name
    )
