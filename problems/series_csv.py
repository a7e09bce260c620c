"""Your series: a folder of tables."""

from collections.abc import Iterator, Sequence
import os
from typing import Any, Optional

import numpy as np
from tensor2tensor.utils import registry
import tensorflow.compat.v1 as tf

from problems.core import options
from problems.core import series_folder
from problems.core import series_problem
from problems.core import series_splits
from problems.core import series_tables
from problems.core import source_changes
from problems.core import source_folder
from problems.files import table_format
from problems.files import table_text
from t2t_af.errors import UserError

# The options that say how tables are read; of these the manifest keeps.
_OPTIONS = (
  *table_format.Wanted._fields,
  *series_tables.Handling._fields,
  *("split", "min_steps"),
)


@registry.register_problem
class SeriesCsv(series_problem.SeriesProblem):
  """The tables of a folder (`--source_dir`): CSV, TSV, text, parquet.

  A row is a step, and a column of numbers a feature. How the tables are
  written is found once, the same for all files, and told: see
  docs/your_own_series.md and `table_format`. Where it is not certain, an error
  names the flag that settles it. Text, counters and times are no features;
  times are checked, and a recording is cut where they jump.

  A recording is a file, or with --id_column the rows of one id. Files in the
  subfolders train, dev and test are in these splits. Without such subfolders
  recordings are dealt out, shuffled by a fixed seed: a fifth to the test split,
  a tenth to the dev split, the rest to training. With --split=time each is cut
  in three. Files with the same content count once (see `source_folder`).
  """

  source_flag = "--source_dir=<your folder>"

  def __init__(self, *args: Any, **kwargs: Any) -> None:
    super().__init__(*args, **kwargs)
    self._folder: Optional[series_folder.SeriesFolder] = None
    self._parts: series_splits.Parts = {}
    self._source: dict[str, Any] = {}

  def prepare_to_generate(self, data_dir: str, tmp_dir: str) -> None:
    """Reads every file, so that a bad one leaves nothing half-made."""
    given, root = options.current(), _source_dir()
    if not root:
      raise UserError(
        f"{self.name}: say where your tables are with --source_dir"
      )
    names = _tables(source_folder.find(root, table_text.EXTENSIONS), root)
    digests = source_folder.digests(root, names)
    names = source_folder.without_copies(names, digests, root)
    self._folder = series_folder.SeriesFolder(
      root, names, _wanted(given), _handling(given)
    )
    self._folder.measure()
    self._folder.tell()
    self.feature_names = self._folder.format.features
    self._parts = _parts(self._folder, root, names, given)
    self._source = {
      "source_dir": root,
      "files": len(names),
      "sha256": source_folder.sha256_of_all(
        {series_tables.printable(name): digests[name] for name in names}
      ),
      "tables": self._folder.lines,
      **self._folder.counts,
    }

  def num_sequences(self, split: str) -> int:
    """Recordings, and parts of those that were cut."""
    return len(self._parts[split])

  def generate_sequences(
    self, data_dir: str, tmp_dir: str, split: str
  ) -> Iterator[tuple[str, np.ndarray]]:
    """Yields (name, float64 [time, columns])."""
    assert self._folder is not None  # prepare_to_generate came before
    for part in self._parts[split]:
      values = self._folder.pieces(part.file)[part.piece]
      yield part.sequence_id, values[part.start : part.stop]

  def recording(self, sequence_id: str) -> str:
    """The recording that a sequence is a part of."""
    return series_tables.recording(sequence_id)

  def source(self) -> dict[str, Any]:
    """The folder, a digest of its files, how they are read."""
    return self._source

  def source_files(self, tmp_dir: Optional[str]) -> Optional[dict[str, str]]:
    """The tables of the folder, if one is given and there."""
    del tmp_dir
    held = source_folder.held(_source_dir(), table_text.EXTENSIONS)
    if held is None:
      return None
    return {name: held[name] for name in table_text.chosen(list(held))}

  def requested_details(self) -> dict[str, Any]:
    """The folder and how its tables are to be read, if one is given."""
    given = options.current()
    if not given.source_dir:
      return {}
    return {
      "source_dir": _source_dir(),
      "table_options": {name: getattr(given, name) for name in _OPTIONS},
    }

  def details(self, data_dir: str, tmp_dir: str) -> dict[str, Any]:
    """The format of the tables, beside the statistics and what was asked."""
    assert self._folder is not None  # prepare_to_generate came before
    return {
      **super().details(data_dir, tmp_dir),
      "table_format": self._folder.format._asdict(),
    }


def _source_dir() -> str:
  """The folder of `--source_dir`, with its full path; "" for none."""
  folder = options.current().source_dir
  return os.path.abspath(os.path.expanduser(folder)) if folder else ""


def _tables(names: Sequence[str], root: str) -> list[str]:
  """The tables among the files of a folder."""
  tables = table_text.chosen(names)
  if not tables:
    raise UserError(
      f"{root}: none of its files is a table by its name, e.g. {names[0]}"
    )
  others = sorted(set(names) - set(tables))
  if others:
    tf.logging.warning(
      "%s: %d files that may be notes are passed over: %s.",
      root,
      len(others),
      source_changes.some(others),
    )
  return tables


def _wanted(given: options.Options) -> table_format.Wanted:
  fields = {n: getattr(given, n) for n in table_format.Wanted._fields}
  lists = {name: tuple(fields[name] or ()) for name in ("columns", "drop")}
  return table_format.Wanted(**{**fields, **lists})


def _handling(given: options.Options) -> series_tables.Handling:
  return series_tables.Handling(given.missing, given.resample)


def _parts(
  folder: series_folder.SeriesFolder,
  root: str,
  names: Sequence[str],
  given: options.Options,
) -> series_splits.Parts:
  """Which part of the folder is in which split."""
  lengths = series_splits.long_enough(folder.lengths, given.min_steps)
  if given.split == "time":
    num_steps = given.min_steps or series_splits.WINDOW
    return series_splits.by_time(lengths, root, num_steps)
  has_ids = folder.format.id is not None
  return series_splits.by_recordings(lengths, root, names, has_ids)
