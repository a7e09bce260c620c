"""Finding a data set of sequences again, whole: video and series."""

from collections.abc import Iterator
import itertools
from typing import Any, Optional

import numpy as np
import tensorflow.compat.v1 as tf

from problems.core import sequence_generation
from problems.core import sequence_records
from problems.core import shards
from t2t_af.errors import UserError


class SequenceStorage(sequence_generation.SequenceGeneration):
  """The part of a Problem that writes its sequences and finds them again.

  A subclass (which is a `problem.Problem` too) says `step_shape`, `step_dtype`,
  `generate_sequences`, `to_record` and `decode_record`; the rest has defaults.
  """

  # Of what is stored.
  step_dtype: type
  # What a step is called in messages.
  step_name = "steps"

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

  def split_files(
    self, data_dir: str, split: str, shard: Optional[int] = None
  ) -> list[shards.Shard]:
    """The files of a split: all of them, or the one numbered `shard`.

    Raises:
      UserError: they are missing or incomplete; says how to make them.
    """
    store = self.store(data_dir)
    files = store.shards(self.file_split(split))
    self._learn(store)
    return files if shard is None else files[shard : shard + 1]

  def data_fingerprint(self, data_dir: str) -> str:
    """A digest of what the data in data_dir is: problem, details, content.

    Raises:
      UserError: there is none, or its manifest is damaged.
    """
    return self.store(data_dir).fingerprint()

  def each_sequence(
    self, data_dir: str, split: str, num_steps: Optional[int] = None
  ) -> Iterator[tuple[str, np.ndarray]]:
    """Yields (id, its first steps; None: all of them), in order.

    The arrays are step_dtype [steps, ...step_shape].
    """
    store = self.store(data_dir)
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

  def is_training_split(self, split: str) -> bool:
    """Whether this is the name of the split that models are trained on."""
    return self.file_split(split) == "train"

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
    store = self.store(data_dir) if data_dir else None
    if store and store.details():
      self._learn(store)
