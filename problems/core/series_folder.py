"""The tables of a folder, read by one format, each as seldom as memory lets."""

from collections import Counter
from collections.abc import Sequence
import os

import numpy as np
import tensorflow.compat.v1 as tf

from problems.core import series_tables
from problems.files import table_format
from problems.files import table_search
from problems.files import table_times
from t2t_af import progress
from t2t_af.errors import UserError

# Of files that were read: small folders are read once, and so is one big file.
_KEPT_BYTES = 2**28


class SeriesFolder:
  """Attributes:
  format: of all files.
  lines: what to tell about it.
  lengths: {file: [(piece, steps)]}, once `measure` was called.
  counts: what was done to the files, {what: how often}; then too.
  """

  def __init__(
    self,
    root: str,
    names: Sequence[str],
    wanted: table_format.Wanted,
    handling: series_tables.Handling,
  ) -> None:
    self._root = root
    self._names = list(names)
    found = table_search.find([self._path(name) for name in names], wanted)
    self.format = found.format
    self.lines = found.lines
    self.lengths: dict[str, list[tuple[str, int]]] = {}
    self.counts: Counter[str] = Counter()
    self._files = found.files
    self._handling = handling
    self._kept: dict[str, list[series_tables.Piece]] = {}
    self._kept_bytes = 0
    if handling.resample and not self.format.time:
      raise UserError(
        f"--resample={handling.resample} needs a column of times: say which "
        "with --time_column"
      )

  def measure(self) -> None:
    """Reads every file once, so that a bad one leaves nothing half-made.

    Raises:
      UserError: a file is bad, or the steps of two files differ.
    """
    first = None
    for name in progress.bar(self._names, label="reading", unit="files"):
      pieces = self._read(name, self.counts)
      self.lengths[name] = [(p.name, len(p.values)) for p in pieces]
      for piece in pieces:
        if piece.step and len(piece.values) > 1:
          first = first or piece
          _check_same_step(first, piece)

  def pieces(self, name: str) -> dict[str, np.ndarray]:
    """The recordings of a file, in pieces: float64 [steps, features]."""
    return {p.name: p.values for p in self._read(name, Counter())}

  def tell(self) -> None:
    """Logs the format, and what was done to the files."""
    for line in self.lines:
      tf.logging.info("%s", line)
    for what, count in self.counts.items():
      if count:
        tf.logging.info("%s: %d", what, count)

  def _read(self, name: str, counts: Counter[str]) -> list[series_tables.Piece]:
    if name not in self._kept:
      table = series_tables.Table(
        self._path(name),
        series_tables.printable(name),
        self.format,
        self._files[self._path(name)],
        self._handling,
      )
      pieces = table.pieces()
      counts.update(table.counts)
      self._keep(name, pieces)
      return pieces
    return self._kept[name]

  def _keep(self, name: str, pieces: list[series_tables.Piece]) -> None:
    """Keeps what was read last, and of the others what memory lets."""
    self._kept[name] = pieces
    self._kept_bytes += _num_bytes(pieces)
    while self._kept_bytes > _KEPT_BYTES and len(self._kept) > 1:
      oldest = next(iter(self._kept))
      self._kept_bytes -= _num_bytes(self._kept.pop(oldest))

  def _path(self, name: str) -> str:
    return os.path.join(self._root, name)


def _num_bytes(pieces: Sequence[series_tables.Piece]) -> int:
  return sum(piece.values.nbytes for piece in pieces)


def _check_same_step(
  one: series_tables.Piece, other: series_tables.Piece
) -> None:
  assert one.step is not None and other.step is not None
  if abs(other.step - one.step) > table_times.JITTER * one.step:
    raise UserError(
      f"{other.name}: a step of time is {other.step:.6g}, but {one.step:.6g} "
      f"in {one.name}: --resample=STEP brings both to one step"
    )
