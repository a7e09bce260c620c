"""Making a data set of sequences and finding it again: video and series."""

import os
from typing import Any, Iterator, List, Optional, Tuple

from tensor2tensor.data_generators import problem
import tensorflow.compat.v1 as tf

from problems import png
from problems import shards
from t2t_af import progress

_FILE_SPLITS = {
    problem.DatasetSplit.TRAIN: "train",
    problem.DatasetSplit.EVAL: "dev",
    problem.DatasetSplit.TEST: "test",
    tf.estimator.ModeKeys.PREDICT: "dev",
    "dev": "dev",
}


class SequenceStorage:
  """The part of a Problem that writes its sequences, each split as a whole.

  A subclass (which is a `problem.Problem` too) says `generate_sequences` and
  `to_record`; the rest has defaults.
  """

  # Raise it when generation changes: data made before is then refused.
  data_version = 1

  @property
  def dataset_splits(self) -> List[dict]:
    return [
        {"split": problem.DatasetSplit.TRAIN, "shards": 10},
        {"split": problem.DatasetSplit.EVAL, "shards": 1},
        {"split": problem.DatasetSplit.TEST, "shards": 1},
    ]

  def generate_sequences(self, data_dir: str, tmp_dir: str,
                         split: str) -> Iterator[Tuple[str, Any]]:
    """Yields (id, sequence): ids unique over all splits."""
    raise NotImplementedError

  def to_record(self, sequence_id: str, sequence: Any) -> bytes:
    """Checks a sequence and serializes it. Runs on threads."""
    raise NotImplementedError

  def num_sequences(self, split: str) -> Optional[int]:
    """How many `generate_sequences` will yield, if known beforehand.

    Called after `prepare_to_generate`.
    """
    del split
    return None

  def prepare_to_generate(self, data_dir, tmp_dir):
    """Downloads and checks what generation needs; once for all splits."""

  def source(self) -> dict:
    """Where the data is from; kept in the manifest."""
    return {}

  def generate_data(self, data_dir, tmp_dir, task_id=-1, force=False):
    """Writes each split that is not complete yet (`force`: every split)."""
    store = self._store(data_dir)
    todo = [
        split for split in self.dataset_splits
        if force or not store.is_complete(_FILE_SPLITS[split["split"]])
    ]
    if not todo:
      tf.logging.warning(
          "Nothing to do: %s is complete in %s. (Delete %s to make it anew.)",
          self.name, data_dir, store.manifest_path)
      return
    self.prepare_to_generate(data_dir, tmp_dir)
    for split in todo:
      self._generate_split(store, data_dir, tmp_dir, split["split"],
                           split["shards"])

  def split_files(self, data_dir: str, split: str,
                  shard: Optional[int] = None) -> List[shards.Shard]:
    """The files of a split: all of them, or the one numbered `shard`.

    Raises:
      UserError: they are missing or incomplete; says how to make them.
    """
    files = self._store(data_dir).shards(_FILE_SPLITS[split])
    return files if shard is None else files[shard:shard + 1]

  def _store(self, data_dir: str) -> shards.Store:
    return shards.Store(data_dir, self.dataset_filename(), self.data_version)

  def _generate_split(self, store: shards.Store, data_dir: str, tmp_dir: str,
                      split: str, num_shards: int) -> None:
    total = self.num_sequences(split)
    if total:
      num_shards = min(num_shards, total)  # no empty files
    file_split = _FILE_SPLITS[split]
    sequences = progress.bar(
        self.generate_sequences(data_dir, tmp_dir, split), total=total,
        label=f"{self.name} {file_split}", unit="sequences")
    store.write(
        file_split,
        png.map_in_order(lambda pair: self.to_record(*pair), sequences),
        self.data_filepaths(split, os.path.expanduser(data_dir), num_shards,
                            shuffled=True),
        total, {"source": self.source()})
