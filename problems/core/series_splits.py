"""Which parts of a folder's series are in which split.

By recordings: files, or ids in files; or by time: of each recording the first
80 % to training, the next tenth to dev, the last to test, with a gap before
each of the length of a window, so that no window sees two splits.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Optional

import tensorflow.compat.v1 as tf

from problems.core import series_tables
from problems.core import source_changes
from problems.core import source_folder
from problems.core import splitting
from t2t_af.errors import UserError

# Of every set of hparams for series but the longest: 3 + 10 steps.
WINDOW = 13

# {file: [(piece, steps)]}
Lengths = Mapping[str, Sequence[tuple[str, int]]]


class Part(NamedTuple):
  """The steps `start` to `stop` of a piece of a file, as one sequence."""

  file: str
  piece: str
  sequence_id: str
  start: int
  stop: int


Parts = dict[str, list[Part]]


def long_enough(lengths: Lengths, num_steps: Optional[int]) -> Lengths:
  """The pieces of so many steps; says which are left out.

  Args:
    lengths: of all.
    num_steps: how many; None: those of a window, or where none in a subfolder
      train, dev or test has so many, at least 2.

  Raises:
    UserError: none is left.
  """
  kept: dict[str, list[tuple[str, int]]] = {}
  short = []
  for folder in sorted({_folder(file) for file in lengths}):
    group = {file: p for file, p in lengths.items() if _folder(file) == folder}
    longest = max((n for p in group.values() for _, n in p), default=0)
    enough = num_steps or (WINDOW if longest >= WINDOW else 2)
    for file, pieces in group.items():
      kept[file] = [(name, n) for name, n in pieces if n >= enough]
      short += [f"{name} ({n})" for name, n in pieces if n < enough]
  total = sum(map(len, lengths.values()))
  if len(short) == total:
    raise UserError(
      f"all of the {total} series have fewer than {num_steps or 2} steps "
      f"(--min_steps): {source_changes.some(short)}"
    )
  if short:
    tf.logging.warning(
      "%d of %d series have fewer than %d steps (--min_steps) and are left "
      "out: %s.",
      len(short),
      total,
      num_steps or WINDOW,
      source_changes.some(short),
    )
  return {file: kept[file] for file in lengths if kept[file]}


def by_recordings(
  lengths: Lengths, root: str, all_files: Sequence[str], has_ids: bool
) -> Parts:
  """Whole recordings in each split.

  Args:
    lengths: of the pieces to deal out.
    root: the folder.
    all_files: of the folder, those without a piece too.
    has_ids: whether recordings are ids in files. Those of one id stay
      together, whatever file they are in.

  Raises:
    UserError: there are too few.
  """
  has_folders = any(_folder(name) for name in all_files)
  if has_folders or not has_ids:
    if not has_folders and len(lengths) < len(source_folder.SPLITS):
      raise UserError(
        f"{root}: {len(lengths)} files; at least {len(source_folder.SPLITS)} "
        "are needed, one for each of train, dev and test. --split=time splits "
        "each by time; --id_column=NAME tells recordings in one file apart"
      )
    files = source_folder.split(list(lengths), root)
    return {
      split: [
        Part(file, piece, piece, 0, steps)
        for file in names
        for piece, steps in lengths[file]
      ]
      for split, names in files.items()
    }
  units: dict[str, list[Part]] = {}
  for file, pieces in lengths.items():
    for piece, steps in pieces:
      key = series_tables.id_of(piece, file)
      units.setdefault(key, []).append(Part(file, piece, piece, 0, steps))
  if len(units) < len(source_folder.SPLITS):
    raise UserError(
      f"{root}: {len(units)} ids; at least {len(source_folder.SPLITS)} are "
      "needed, one for each of train, dev and test; --split=time splits each "
      "by time"
    )
  dealt = splitting.assign([[[key] for key in sorted(units)]], seed=0)
  return {
    split: [part for key in keys for part in units[key]]
    for split, keys in dealt.items()
  }


def by_time(lengths: Lengths, root: str, num_steps: int) -> Parts:
  """Each piece in three; parts of fewer than `num_steps` steps are left out.

  Raises:
    UserError: a split would be empty; the folder says splits itself.
  """
  if any(_folder(name) for name in lengths):
    raise UserError(
      f"{root} has subfolders train, dev and test, which say the splits: "
      "leave out --split=time"
    )
  parts: Parts = {split: [] for split in splitting.SPLITS}
  for file, pieces in lengths.items():
    for piece, steps in pieces:
      edges = (0, 8 * steps // 10, 9 * steps // 10, steps)
      for split, start, stop in zip(splitting.SPLITS, edges, edges[1:]):
        start += num_steps if start else 0
        if stop - start >= num_steps:
          name = series_tables.part_of(piece, start, stop)
          parts[split].append(Part(file, piece, name, start, stop))
  if not all(parts.values()):
    longest = max(steps for pieces in lengths.values() for _, steps in pieces)
    raise UserError(
      f"{root}: no series is long enough to be split by time: a tenth of it "
      f"must be two windows of {num_steps} steps (--min_steps), so "
      f"{20 * num_steps} steps; the longest has {longest}"
    )
  return parts


def _folder(name: str) -> str:
  """The subfolder of a split that a file is in; "" for none."""
  top, slash, _ = name.partition("/")
  return top if slash and top in source_folder.SPLITS else ""
