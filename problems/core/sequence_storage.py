"""Making a data set of sequences and finding it again: video and series."""

from collections.abc import Iterator
import itertools
import os
from typing import Any, Callable, Optional

import numpy as np
from tensor2tensor.data_generators import problem
import tensorflow.compat.v1 as tf

from problems.core import sequence_records
from problems.core import shard_writer
from problems.core import shards
from problems.core import threads
from t2t_af import progress
from t2t_af.errors import suggest
from t2t_af.errors import UserError

_FILE_SPLITS = {
  problem.DatasetSplit.TRAIN: "train",
  problem.DatasetSplit.EVAL: "dev",
  problem.DatasetSplit.TEST: "test",
  tf.estimator.ModeKeys.PREDICT: "dev",
  "dev": "dev",
}


class SequenceStorage:
  """The part of a Problem that writes its sequences and finds them again.

  A subclass (which is a `problem.Problem` too) says `step_shape`, `step_dtype`,
  `generate_sequences`, `to_record` and `decode_record`; the rest has defaults.
  """

  # Of problem.Problem, which every subclass is too.
  name: str
  dataset_filename: Callable[[], str]
  data_filepaths: Callable[..., list[str]]

  # Raise it when generation changes: data made before is then refused.
  data_version = 1
  # {split: number of sequences}, of sets that are drawn, not read.
  sequences_per_split: dict[str, int] = {}
  # Of what is stored.
  step_dtype: type
  # What a step is called in messages.
  step_name = "steps"

  @property
  def step_shape(self) -> list[int]:
    """[height, width, channels] of a frame or [features] of a series."""
    raise NotImplementedError

  @property
  def dataset_splits(self) -> list[dict[str, Any]]:
    """Which splits there are, and in how many files at most."""
    return [
      {"split": problem.DatasetSplit.TRAIN, "shards": 10},
      {"split": problem.DatasetSplit.EVAL, "shards": 1},
      {"split": problem.DatasetSplit.TEST, "shards": 1},
    ]

  def generate_sequences(
    self, data_dir: str, tmp_dir: str, split: str
  ) -> Iterator[tuple[str, Any]]:
    """Yields (id, sequence): ids unique over all splits.

    A sequence's length, `len(sequence)`, is its number of time steps.
    """
    raise NotImplementedError

  def to_record(self, sequence_id: str, sequence: Any) -> bytes:
    """Checks a sequence and serializes it. Runs on threads."""
    raise NotImplementedError

  def decode_record(
    self, features: Any, num_steps: Optional[int]
  ) -> np.ndarray:
    """The first steps of a sequence (None: all), or as many as there are.

    Args:
      features: map of names to tf.train.Feature.
      num_steps: how many.

    Returns:
      step_dtype [steps, ...step_shape].
    """
    raise NotImplementedError

  def num_sequences(self, split: str) -> Optional[int]:
    """How many `generate_sequences` will yield, if known beforehand.

    Called after `prepare_to_generate`.
    """
    return self.sequences_per_split.get(split)

  def prepare_to_generate(self, data_dir: str, tmp_dir: str) -> None:
    """Downloads and checks what generation needs; once for all splits."""

  def source(self) -> dict[str, Any]:
    """Where the data is from; kept in the manifest.

    Called after `prepare_to_generate`.
    """
    return {}

  def requested_details(self) -> dict[str, Any]:
    """The details that generation was asked for, known before it starts.

    E.g. a frame size on the command line. Data that is there already but was
    made with others is made anew.
    """
    return {}

  def details(self, data_dir: str, tmp_dir: str) -> dict[str, Any]:
    """All that reading has to know: JSON, the same for all splits.

    Called after `prepare_to_generate`; kept in the manifest, from where
    `use_details` gets it back. Includes `requested_details`.
    """
    del data_dir, tmp_dir
    return self.requested_details()

  def use_details(self, details: dict[str, Any]) -> None:
    """Gets what `details` gave, before anything is read.

    Raises:
      ValueError: they are not what `details` gives; says what is wrong.
    """

  def generate_data(
    self, data_dir: str, tmp_dir: str, task_id: int = -1, force: bool = False
  ) -> None:
    """Writes each split that is not complete yet (`force`: every split).

    Raises:
      UserError: the source is missing or wrong, or the disk is full.
    """
    store = self._store(data_dir)
    if not force and not self._missing(store, self.requested_details()):
      tf.logging.warning(
        "Nothing to do: %s is complete in %s. (Delete %s to make it anew.)",
        self.name,
        data_dir,
        store.manifest_path,
      )
      return
    self.prepare_to_generate(data_dir, tmp_dir)
    details = self.details(data_dir, tmp_dir)
    todo = self.dataset_splits if force else self._missing(store, details)
    self.use_details(details)
    for split in todo:
      self._generate_split(
        store, data_dir, tmp_dir, split["split"], split["shards"], details
      )

  def split_files(
    self, data_dir: str, split: str, shard: Optional[int] = None
  ) -> list[shards.Shard]:
    """The files of a split: all of them, or the one numbered `shard`.

    Raises:
      UserError: they are missing or incomplete; says how to make them.
    """
    store = self._store(data_dir)
    files = store.shards(_file_split(split))
    self._learn(store)
    return files if shard is None else files[shard : shard + 1]

  def data_fingerprint(self, data_dir: str) -> str:
    """A digest of what the data in data_dir is: problem, details, content.

    Raises:
      UserError: there is none, or its manifest is damaged.
    """
    return self._store(data_dir).fingerprint()

  def each_sequence(
    self, data_dir: str, split: str, num_steps: Optional[int] = None
  ) -> Iterator[tuple[str, np.ndarray]]:
    """Yields (id, its first steps; None: all of them), in order.

    The arrays are step_dtype [steps, ...step_shape].
    """
    store = self._store(data_dir)
    for shard in self.split_files(data_dir, split):
      for record in store.read(shard):
        features = tf.train.Example.FromString(record.data).features.feature
        name = sequence_records.sequence_id(features)
        sequence = self.decode_record(features, num_steps)
        if num_steps is not None and len(sequence) < num_steps:
          raise UserError(
            f"{self.name}: {num_steps} {self.step_name} asked for, but "
            f"sequence {name} has {len(sequence)}"
          )
        yield name, sequence

  def file_split(self, split: str) -> str:
    """ "train", "dev" or "test": the name of a split in files and records."""
    return _file_split(split)

  def is_training_split(self, split: str) -> bool:
    """Whether this is the name of the split that models are trained on."""
    return _file_split(split) == "train"

  def read_sequences(
    self,
    data_dir: str,
    split: str,
    num_steps: int,
    max_sequences: Optional[int] = None,
  ) -> tuple[np.ndarray, list[str]]:
    """The first steps of the sequences of a split.

    Args:
      data_dir: folder of the shards.
      split: "train", "eval" (or "dev") or "test".
      num_steps: steps of each sequence.
      max_sequences: so many at most; None reads all.

    Returns:
      step_dtype [sequences, num_steps, ...step_shape], and their ids.
    """
    arrays, ids = [], []
    sequences = self.each_sequence(data_dir, split, num_steps)
    for name, sequence in itertools.islice(sequences, max_sequences):
      arrays.append(sequence)
      ids.append(name)
    shape = [len(arrays), num_steps] + self.step_shape
    return np.asarray(arrays, self.step_dtype).reshape(shape), ids

  def learn_details(self, data_dir: Optional[str]) -> None:
    """`use_details` with the data in data_dir, if there is any."""
    store = self._store(data_dir) if data_dir else None
    if store and store.details():
      self._learn(store)

  def _store(self, data_dir: str) -> shards.Store:
    return shards.Store(data_dir, self.dataset_filename(), self.data_version)

  def _learn(self, store: shards.Store) -> None:
    """`use_details` with what the manifest keeps."""
    with store.damaged_entry('what it has under "details"'):
      self.use_details(store.details())

  def _missing(
    self, store: shards.Store, details: dict[str, Any]
  ) -> list[dict[str, Any]]:
    """The splits that are not there, or not so; all if no details are."""
    splits = self.dataset_splits
    try:
      self._learn(store)
    except UserError:
      return splits
    return [
      split
      for split in splits
      if not store.is_complete(_file_split(split["split"]), details)
    ]

  def _generate_split(
    self,
    store: shards.Store,
    data_dir: str,
    tmp_dir: str,
    split: str,
    num_shards: int,
    details: dict[str, Any],
  ) -> None:
    total = self.num_sequences(split)
    if total:
      num_shards = min(num_shards, total)  # no empty files
    file_split = _file_split(split)
    sequences = progress.bar(
      self.generate_sequences(data_dir, tmp_dir, split),
      total=total,
      label=f"{self.name} {file_split}",
      unit="sequences",
    )
    written = store.write(
      file_split,
      threads.map_in_order(self._serialize, sequences),
      self.data_filepaths(
        split, os.path.expanduser(data_dir), num_shards, shuffled=True
      ),
      total,
      {"source": self.source()},
      details,
    )
    if not written:
      tf.logging.warning(
        '%s: the split "%s" has no sequences.', self.name, file_split
      )

  def _serialize(self, pair: tuple[str, Any]) -> shard_writer.Record:
    sequence_id, sequence = pair
    data = self.to_record(sequence_id, sequence)
    return shard_writer.Record(data, len(sequence))


def _file_split(split: str) -> str:
  """The name of a split in the names of its files."""
  if split not in _FILE_SPLITS:
    raise UserError(suggest(split, _FILE_SPLITS, "split"))
  return _FILE_SPLITS[split]
