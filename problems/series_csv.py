"""Your series: a folder of CSV files."""

from collections.abc import Iterator
import os
from typing import Any, NamedTuple, Optional

import numpy as np
from tensor2tensor.utils import registry
import tensorflow.compat.v1 as tf

from problems.core import options
from problems.core import series_problem
from problems.core import source_folder
from problems.core import splitting
from problems.files import text_table
from t2t_af import progress
from t2t_af.errors import UserError

_EXTENSIONS = (".csv",)
_DELIMITERS = (",", ";", "\t")


class Table(NamedTuple):
  """A file: its columns' names (made up if it has none), and its numbers.

  `values` is float64 [time, columns].
  """

  names: tuple[str, ...]
  values: np.ndarray


@registry.register_problem
class SeriesCsv(series_problem.SeriesProblem):
  """One series for each file `*.csv` of a folder (`--source_dir`).

  A row is a step, and every column a feature: leave out a column of times or
  labels. All files have the same columns; cells are numbers, separated by
  comma, semicolon or tab (whichever the first line has). A first line without
  any number names the columns. Blank lines and lines that begin with # are
  skipped.

  Files in the subfolders train, dev and test are in these splits. Without such
  subfolders the files are dealt out, shuffled by a fixed seed: a fifth to the
  test split, a tenth to the dev split, the rest to training. Files with the
  same content count once (see `source_folder`).
  """

  source_flag = "--source_dir=<your folder>"

  def __init__(self, *args: Any, **kwargs: Any) -> None:
    super().__init__(*args, **kwargs)
    self._root = ""
    self._names: dict[str, list[str]] = {}
    self._source: dict[str, Any] = {}

  def prepare_to_generate(self, data_dir: str, tmp_dir: str) -> None:
    """Looks at every file, so that a bad one leaves nothing half-made."""
    self._root = _source_dir()
    if not self._root:
      raise UserError(
        f"{self.name}: say where your CSV files are with --source_dir"
      )
    names = source_folder.find(self._root, _EXTENSIONS)
    digests = source_folder.digests(self._root, names)
    names = source_folder.without_copies(names, digests, self._root)
    self._names = source_folder.split(names, self._root)
    self._source = {
      "source_dir": self._root,
      "files": len(names),
      "sha256": source_folder.sha256_of_all({n: digests[n] for n in names}),
    }
    self.feature_names = read_table(
      self._path(self._names[splitting.TRAIN][0])
    ).names
    self._check_unmeasured(data_dir, tmp_dir)

  def _check_unmeasured(self, data_dir: str, tmp_dir: str) -> None:
    """So that a bad file leaves nothing half-made.

    Those of the training split are read for their statistics anyway, before
    anything is written.
    """
    for split in (splitting.EVAL, splitting.TEST):
      for pair in progress.bar(
        self.generate_sequences(data_dir, tmp_dir, split),
        total=self.num_sequences(split),
        label=f"{self.name} checking {split}",
        unit="sequences",
      ):
        self._check(*pair)

  def num_sequences(self, split: str) -> int:
    """One for each file."""
    return len(self._names[split])

  def generate_sequences(
    self, data_dir: str, tmp_dir: str, split: str
  ) -> Iterator[tuple[str, np.ndarray]]:
    """Yields (file name, float64 [time, columns])."""
    for name in self._names[split]:
      table = read_table(self._path(name))
      if table.names != self.feature_names:
        raise UserError(
          f"{self._path(name)}: its columns ({', '.join(table.names)}) are "
          f"not those of {self._path(self._names[splitting.TRAIN][0])} "
          f"({', '.join(self.feature_names)})"
        )
      yield name, table.values

  def source(self) -> dict[str, Any]:
    """The folder, how many files, and a digest of them all."""
    return self._source

  def source_files(self, tmp_dir: Optional[str]) -> Optional[dict[str, str]]:
    """The CSV files of the folder, if one is given and there."""
    del tmp_dir
    return source_folder.held(_source_dir(), _EXTENSIONS)

  def requested_details(self) -> dict[str, Any]:
    """The folder, if one is given."""
    return {"source_dir": _source_dir()} if _source_dir() else {}

  def _path(self, name: str) -> str:
    return os.path.join(self._root, name)


def _source_dir() -> str:
  """The folder of `--source_dir`, with its full path; "" for none."""
  folder = options.current().source_dir
  return os.path.abspath(os.path.expanduser(folder)) if folder else ""


def read_table(path: str) -> Table:
  """Reads a CSV file, with or without a line of names."""
  try:
    with tf.gfile.Open(path, "rb") as stream:
      data = stream.read()
  except (OSError, tf.errors.OpError) as error:
    raise UserError(f"{path}: cannot be read ({error})") from error
  rows = text_table.rows(data, path, _Splitter(), comment="#")
  first = next(rows, None)
  if first is None:
    raise UserError(f"{path}: no rows in it")
  width = len(first.cells)
  names = tuple(f"column{i}" for i in range(1, width + 1))
  values = []
  if any(map(text_table.is_number, first.cells)):
    values.append(text_table.numbers(first, path))
  else:
    names = tuple(cell.strip('"') for cell in first.cells)
  for row in rows:
    text_table.check_width(row, path, width)
    values.append(text_table.numbers(row, path))
  if not values:
    raise UserError(f"{path}: no rows of numbers in it")
  return Table(names, np.stack(values))


class _Splitter:
  """Splits lines by the delimiter that the first of them has."""

  def __init__(self) -> None:
    self._delimiter: Optional[str] = None

  def __call__(self, line: str) -> list[str]:
    if self._delimiter is None:
      self._delimiter = next(
        (d for d in _DELIMITERS if d in line), _DELIMITERS[0]
      )
    return [cell.strip() for cell in line.split(self._delimiter)]
