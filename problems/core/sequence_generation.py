"""Making a data set of sequences: each split whole, or not at all."""

from collections.abc import Iterator
import functools
import os
from typing import Any, Callable, Optional

from tensor2tensor.data_generators import problem
import tensorflow.compat.v1 as tf

from problems.core import beam_generation
from problems.core import options
from problems.core import shard_entry
from problems.core import shard_writer
from problems.core import shards
from problems.core import source_changes
from problems.core import threads
from t2t_af import locks
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


class SequenceGeneration:
  """The part of a Problem that writes its sequences.

  A subclass (which is a `problem.Problem` too) says `step_shape`,
  `generate_sequences` and `to_record`; the rest has defaults.
  """

  # Of problem.Problem, which every subclass is too.
  name: str
  dataset_filename: Callable[[], str]
  data_filepaths: Callable[..., list[str]]

  # Raise it when generation changes: data made before is then refused.
  data_version = 1
  # {split: number of sequences}, of sets that are drawn, not read.
  sequences_per_split: dict[str, int] = {}
  # Whether sequences are drawn out of nothing, without a file or a download.
  is_drawn = False
  # How the command that makes the data is told where its source is.
  source_flag = "--tmp_dir=<download folder>"
  # An archive that data was made from may be deleted; that is no change of it.
  source_may_go = False
  # What is done about a source that has changed.
  source_changed = "All splits are made anew."

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

  def source_files(self, tmp_dir: Optional[str]) -> Optional[dict[str, str]]:
    """What the source holds now, {name: sha256}; downloads nothing.

    Data that was made from others is made anew. None: the source is not at
    hand, there is none, or its checksum is known beforehand.
    """
    del tmp_dir
    return None

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
      UserError: the source is missing or wrong, the disk is full, or another
        process writes the same data.
    """
    store = self.store(data_dir)
    held = self.source_files(tmp_dir)
    force = force or self._source_changed(store, held)
    if not force and not self._missing(store, self.requested_details()):
      tf.logging.warning(
        "Nothing to do: %s is complete in %s. (Delete %s to make it anew.)",
        self.name,
        data_dir,
        store.manifest_path,
      )
      return
    lock = f".{self.dataset_filename()}.lock"
    with locks.held(data_dir, lock, options.current().force):
      self._generate(store, data_dir, tmp_dir, held, force)

  def _generate(
    self,
    store: shards.Store,
    data_dir: str,
    tmp_dir: str,
    held: Optional[dict[str, str]],
    force: bool,
  ) -> None:
    if options.current().beam:
      beam_generation.check(self)
    self.prepare_to_generate(data_dir, tmp_dir)
    held = held or self.source_files(tmp_dir)  # downloaded meanwhile
    details = self.details(data_dir, tmp_dir)
    if held is not None:
      details = {**details, shard_entry.SOURCE_FILES: held}
    todo = self.dataset_splits if force else self._missing(store, details)
    self.use_details(details)
    for split in todo:
      self._generate_split(
        store, data_dir, tmp_dir, split["split"], split["shards"], details
      )

  def file_split(self, split: str) -> str:
    """ "train", "dev" or "test": the name of a split in files and records."""
    if split not in _FILE_SPLITS:
      raise UserError(suggest(split, _FILE_SPLITS, "split"))
    return _FILE_SPLITS[split]

  def store(self, data_dir: str) -> shards.Store:
    """The files in data_dir, and their manifest."""
    return shards.Store(
      data_dir, self.dataset_filename(), self.data_version, self.source_flag
    )

  def _source_changed(
    self, store: shards.Store, held: Optional[dict[str, str]]
  ) -> bool:
    """Whether the data was made from other files; says so, and which."""
    try:
      details = store.details()
    except UserError:
      return False  # it is made anew anyway
    before = details.get(shard_entry.SOURCE_FILES)
    if held is None or not isinstance(before, dict):
      return False
    changes = source_changes.describe(before, held, self.source_may_go)
    if changes:
      tf.logging.warning(
        "%s: its source has changed since the data was made: %s. %s",
        self.name,
        changes,
        self.source_changed,
      )
    return bool(changes)

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
      if not store.is_complete(self.file_split(split["split"]), details)
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
    in_files = self.file_split(split)
    write_files = functools.partial(self._write_files, data_dir, tmp_dir, split)
    hidden: shards.Hidden = shard_writer.temporary_folder
    if options.current().beam:
      write_files = functools.partial(beam_generation.write, self, split)
      hidden = beam_generation.folder(self, split, details)
    written = store.write(
      in_files,
      functools.partial(write_files, total),
      self.data_filepaths(
        split, os.path.expanduser(data_dir), num_shards, shuffled=True
      ),
      {"source": self.source()},
      details,
      hidden,
    )
    if not written:
      tf.logging.warning(
        '%s: the split "%s" has no sequences.', self.name, in_files
      )

  def _write_files(
    self,
    data_dir: str,
    tmp_dir: str,
    split: str,
    total: Optional[int],
    paths: list[str],
  ) -> list[shard_writer.Written]:
    sequences = progress.bar(
      self.generate_sequences(data_dir, tmp_dir, split),
      total=total,
      label=f"{self.name} {self.file_split(split)}",
      unit="sequences",
    )
    records = threads.map_in_order(self.serialize, sequences)
    return shard_writer.write(records, paths, total)

  def serialize(self, pair: tuple[str, Any]) -> shard_writer.Record:
    """The record of an (id, sequence). Runs on threads."""
    sequence_id, sequence = pair
    data = self.to_record(sequence_id, sequence)
    return shard_writer.Record(data, len(sequence))
