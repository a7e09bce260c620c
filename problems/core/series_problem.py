"""Series of numbers with one record per sequence: the base of them all."""

from collections.abc import Iterator, Sequence
from typing import Any, Optional

import numpy as np
from tensor2tensor.data_generators import problem
from tensor2tensor.layers import modalities
from tensor2tensor.utils import hparam
import tensorflow.compat.v1 as tf

from problems.core import manifest_fields
from problems.core import reading_plan
from problems.core import record_stream
from problems.core import rescaling
from problems.core import sequence_dataset
from problems.core import sequence_problem
from problems.core import sequence_records
from problems.core import series_records
from problems.core import series_statistics
from problems.core import training_order
from t2t_af import progress
from t2t_af.errors import UserError

# Windows that are cut with one operation in training.
_WINDOWS_AT_ONCE = 256


class SeriesProblem(sequence_problem.SequenceProblem, problem.Problem):
  """Multivariate series: standardised, stored whole, read in windows.

  A subclass says `feature_names` (the raw columns) and `generate_sequences`,
  which yields (id, float64 [time, raw columns]) in raw units; and, where it is
  known beforehand, `num_features`. It is asked for its training sequences
  twice: once to measure them, once to write them.

  Features are the columns that vary in the training split, with mean 0 and
  standard deviation 1 there; `statistics` leads back to raw units.

  Training: in every epoch each series gives as many windows as would fit side
  by side, each from anywhere in it, so a series counts by its length.
  Evaluation: windows `video_num_target_frames` apart, so that every step but
  the first `video_num_input_frames` ones of a series is a target exactly once.
  What is left at the end of a series and fills no window is not scored: a
  window moved back to reach it would score steps twice. No window reaches from
  one series into another.

  Features: inputs [batch, video_num_input_frames, num_features] and targets
  [batch, video_num_target_frames, num_features], float32; see SequenceProblem.
  """

  modality = modalities.ModalityType.IDENTITY
  step_dtype = np.float32

  # Columns that vary; None: only the data knows.
  num_features: Optional[int] = None
  # Names of the raw columns.
  feature_names: Sequence[str] = ()
  # Every series has at least so many steps.
  steps_per_sequence = 2

  # Of the training split; known once data is made or read.
  _statistics: series_statistics.SeriesStatistics

  @property
  def dataset_splits(self) -> list[dict[str, Any]]:
    """One file for each split."""
    # One file each: these sets are small, and all of it is shuffled at once.
    return [dict(split, shards=1) for split in super().dataset_splits]

  @property
  def step_shape(self) -> list[int]:
    """[features]."""
    if self.num_features is None:
      raise UserError(
        f"{self.name}: only its data knows how many features it "
        "has: say where that is with --data_dir"
      )
    return [self.num_features]

  def statistics(self, data_dir: str) -> series_statistics.SeriesStatistics:
    """What the data in data_dir was standardised by."""
    self.split_files(data_dir, problem.DatasetSplit.TRAIN)
    return self._statistics

  def statistics_for(
    self, hparams: hparam.HParams
  ) -> series_statistics.SeriesStatistics:
    """What a model sees is standardised by: its run's, else the data's.

    Args:
      hparams: with data_dir; of a run with model_dir.
    """
    of_run = rescaling.of_run(getattr(hparams, "model_dir", None))
    return of_run or self.statistics(hparams.data_dir)

  # --- Generating.

  def details(self, data_dir: str, tmp_dir: str) -> dict[str, Any]:
    """The statistics, beside what was requested."""
    moments = self._measure(data_dir, tmp_dir)
    statistics = series_statistics.select(moments, self.feature_names)
    constant = series_statistics.left_out(moments, self.feature_names)
    if constant:
      tf.logging.warning(
        "%s: left out, because constant in training, but for rounding: %s",
        self.name,
        ", ".join(constant),
      )
    declared = type(self).num_features
    if declared not in (None, len(statistics.kept)):
      raise UserError(
        f"{self.name}: {len(statistics.kept)} columns vary in the training "
        f"split, not {declared}; constant: {', '.join(constant) or 'none'}"
      )
    return {**self.requested_details(), "statistics": statistics.to_json()}

  def _measure(self, data_dir: str, tmp_dir: str) -> series_statistics.Moments:
    """Goes through the training sequences once."""
    values = (
      self._check(*pair)
      for pair in progress.bar(
        self.generate_sequences(data_dir, tmp_dir, problem.DatasetSplit.TRAIN),
        total=self.num_sequences(problem.DatasetSplit.TRAIN),
        label=f"{self.name} statistics",
        unit="sequences",
      )
    )
    try:
      return series_statistics.measure(values, self.feature_names)
    except UserError as error:
      raise UserError(f"{self.name}: {error}") from error

  def use_details(self, details: dict[str, Any]) -> None:
    """Learns the statistics, and from them the number of features."""
    self._statistics = series_statistics.SeriesStatistics.from_json(
      manifest_fields.mapping(details, "statistics")
    )
    self.num_features = len(self._statistics.kept)

  def to_record(self, sequence_id: str, sequence: np.ndarray) -> bytes:
    """A sequence in raw units, checked and standardised."""
    values = self._check(sequence_id, sequence)
    with np.errstate(over="ignore"):  # reported below
      x = self._statistics.standardise(values).astype(np.float32)
    self._check_finite(
      sequence_id,
      x,
      self._statistics.names,
      "is too far from the training data to be standardised",
    )
    return series_records.to_record(sequence_id, x)

  def _check(self, sequence_id: str, sequence: np.ndarray) -> np.ndarray:
    """The sequence, float64 [steps, raw columns], if it is in order."""
    num_columns = len(self.feature_names)
    if sequence.ndim != 2 or sequence.shape[1] != num_columns:
      raise UserError(
        f"{self.name}: sequence {sequence_id} is {list(sequence.shape)}, not "
        f"{['time', num_columns]}"
      )
    if len(sequence) < self.steps_per_sequence:
      raise UserError(
        f"{self.name}: sequence {sequence_id} has {len(sequence)} steps; "
        f"{self.steps_per_sequence} are needed"
      )
    values = np.asarray(sequence, np.float64)
    self._check_finite(
      sequence_id, values, self.feature_names, "is not a finite number"
    )
    return values

  def _check_finite(
    self,
    sequence_id: str,
    values: np.ndarray,
    names: Sequence[str],
    trouble: str,
  ) -> None:
    bad = np.argwhere(~np.isfinite(values))
    if bad.size:
      row, column = bad[0]
      raise UserError(
        f"{self.name}: sequence {sequence_id}, row {row} (the first is 0), "
        f"column {names[column]}: {values[row, column]} {trouble}"
      )

  # --- Reading.

  def decode_record(
    self, features: Any, num_steps: Optional[int]
  ) -> np.ndarray:
    """The first steps of a series, standardised; see SequenceStorage."""
    return series_records.decode(features, *self.step_shape)[:num_steps]

  def window_dataset(
    self, records: tf.data.Dataset, plan: reading_plan.Plan
  ) -> tf.data.Dataset:
    """Windows side by side, series after series."""

    def _tiled(record: tf.Tensor) -> sequence_records.Window:
      series = series_records.series(record, *self.step_shape)
      return series_records.tiled_windows(
        series._replace(values=_changed(series.values, plan)),
        plan.num_inputs,
        plan.num_targets,
      )

    return records.map(_tiled, num_parallel_calls=tf.data.AUTOTUNE).unbatch()

  def training_windows(
    self,
    files: sequence_dataset.Files,
    selection: record_stream.Selection,
    plan: reading_plan.Plan,
    order: training_order.Order,
  ) -> tf.data.Dataset:
    """Windows from anywhere in the series, which are all kept in memory."""

    def _windows(records: tf.Tensor) -> tf.data.Dataset:
      every = series_records.joined(records, *self.step_shape)
      every = every._replace(values=_changed(every.values, plan))
      examples = training_order.examples(
        every.num_windows(plan.length), order
      ).batch(_WINDOWS_AT_ONCE)
      return examples.map(
        lambda example: series_records.random_windows(
          every, example.index, example.number, plan.length
        ),
        num_parallel_calls=tf.data.AUTOTUNE,
      ).unbatch()

    num_records = sum(f.num_sequences for f in files)
    records = record_stream.read([f.path for f in files], selection)
    return records.batch(num_records).flat_map(_windows)

  def change(self, model_dir: Optional[str]) -> Optional[reading_plan.Change]:
    """To the statistics that the run in model_dir was trained with."""
    of_run = rescaling.of_run(model_dir)
    between = of_run and rescaling.between(self._statistics, of_run)
    return between.apply if between else None

  def num_windows(
    self, files: sequence_dataset.Files, num_inputs: int, num_targets: int
  ) -> int:
    """Windows `num_targets` apart, as many as fit."""
    return sum(
      count * series_records.num_tiled(steps, num_inputs, num_targets)
      for f in files
      for steps, count in f.lengths.items()
    )

  def each_window(
    self, data_dir: str, split: str, num_inputs: int, num_targets: int
  ) -> Iterator[tuple[str, np.ndarray]]:
    """Windows `num_targets` apart: float32 [time, features]."""
    length = num_inputs + num_targets
    for name, values in self.each_sequence(data_dir, split):
      count = series_records.num_tiled(len(values), num_inputs, num_targets)
      for start in range(0, count * num_targets, num_targets):
        yield name, values[start : start + length]


def _changed(values: tf.Tensor, plan: reading_plan.Plan) -> tf.Tensor:
  return values if plan.change is None else plan.change(values)
