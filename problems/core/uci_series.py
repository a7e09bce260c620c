"""What the paper's three UCI sets share: an archive, and committed splits."""

from collections.abc import Iterator
import os
from typing import Any, Optional

import numpy as np
import tensorflow.compat.v1 as tf

from problems.core import options
from problems.core import series_problem
from problems.core import splitting
from problems.files import archives
from problems.files import download
from t2t_af.errors import UserError

# Shorter stretches are left out, and so many steps are between splits in time:
# the longest windows of the paper's protocol have 16 steps, those of our small
# sets 19.
MIN_STEPS = 20

_MAX_FILE_BYTES = 2**26

# {name of a recording: its stretches without gaps, each [time, columns]}.
Recordings = dict[str, list[np.ndarray]]


class UciSeriesProblem(series_problem.SeriesProblem):
  """A subclass says where the archive is and how recordings are read from it.

  In --tmp_dir either the archive, under its old or its new name, or the folder
  that it unpacks to; only if none of them is there is anything downloaded.
  """

  steps_per_sequence = MIN_STEPS
  sequences_are_parts = True
  source_may_go = True
  archive: download.Source
  # What else the archive, or the folder out of it, may be called.
  other_names: tuple[str, ...] = ()
  # Which split (see `splitting`).
  split_rule = splitting.FOLDS
  split_seed = 0
  # The file in problems/splits.
  splits_name: str
  # In the complete archive, before anything is left out.
  num_rows: int

  def __init__(self, *args: Any, **kwargs: Any) -> None:
    super().__init__(*args, **kwargs)
    # Of each split.
    self._recordings: dict[str, Recordings] = {}
    self._facts: dict[str, Any] = {}
    self._source: dict[str, Any] = {}

  @property
  def split_protocol(self) -> str:
    """How recordings came to their split, as records and tables say it."""
    return splitting.WORDS[self.split_rule]

  @classmethod
  def strata(cls) -> list[list[splitting.Unit]]:
    """What the committed splits were made of; see `splitting.assign`."""
    raise NotImplementedError

  def read_recordings(
    self, archive: archives.Archive
  ) -> tuple[Recordings, dict[str, Any]]:
    """All recordings that the splits may name, and what the archive had.

    The facts are logged and kept in the manifest; they have "rows" and
    "missing_files". Recordings that repeat another one are left out.
    """
    raise NotImplementedError

  def prepare_to_generate(self, data_dir: str, tmp_dir: str) -> None:
    """Reads all recordings and checks that none is missing or cut."""
    path = self._find_archive(os.path.expanduser(tmp_dir))
    self._source = self._describe(path)
    with archives.Archive(path) as archive:
      recordings, self._facts = self.read_recordings(archive)
    if not self._facts["missing_files"]:
      self._check_complete(recordings, path)
    dealt = self._deal(recordings)
    self._recordings = {s: _without_short(r) for s, r in dealt.items()}
    self._facts["short_stretches_left_out"] = sum(
      _num_stretches(dealt[s]) - _num_stretches(r)
      for s, r in self._recordings.items()
    )
    for split in splitting.SPLITS:
      if not self.num_sequences(split):
        raise UserError(f"{path}: nothing is left for the {split} split")
    tf.logging.info(
      "%s: %s",
      path,
      "; ".join(
        f"{key.replace('_', ' ')}: {_listed(value)}"
        for key, value in self._facts.items()
      ),
    )

  def num_sequences(self, split: str) -> int:
    """Stretches of all recordings of the split."""
    return _num_stretches(self._recordings[split])

  def generate_sequences(
    self, data_dir: str, tmp_dir: str, split: str
  ) -> Iterator[tuple[str, np.ndarray]]:
    """Yields ("recording/number", a stretch of it [time, columns]).

    Numbers go on from split to split, where a recording is in several.
    """
    earlier = splitting.SPLITS[: splitting.SPLITS.index(split)]
    for name, stretches in self._recordings[split].items():
      first = sum(len(self._recordings[s].get(name, ())) for s in earlier)
      for number, stretch in enumerate(stretches, first):
        yield f"{name}/{number}", stretch

  def source(self) -> dict[str, Any]:
    """The archive, which split this is, and what the archive had."""
    return {
      **self._source,
      "split_protocol": self.split_protocol,
      "split_seed": self.split_seed,
      **self._facts,
    }

  def requested_details(self) -> dict[str, Any]:
    """That no file is missing, unless `--allow_missing` is set."""
    # Data that was made without some files will not do for who wants all.
    return {} if options.current().allow_missing else {"missing_files": []}

  def details(self, data_dir: str, tmp_dir: str) -> dict[str, Any]:
    """Statistics, and the files that the archive lacked."""
    return {
      **super().details(data_dir, tmp_dir),
      "missing_files": self._facts["missing_files"],
    }

  def _deal(self, recordings: Recordings) -> dict[str, Recordings]:
    """Which recordings, or parts of them, are in which split."""
    if self.split_rule == splitting.TIME:
      parts = {
        name: splitting.time_parts(stretches, MIN_STEPS)
        for name, stretches in sorted(recordings.items())
      }
      return {
        split: {name: of_one[split] for name, of_one in parts.items()}
        for split in splitting.SPLITS
      }
    names = splitting.load(self.splits_name, self.split_seed, self.split_rule)
    return {
      split: {n: recordings[n] for n in names[split] if n in recordings}
      for split in splitting.SPLITS
    }

  def _check_complete(self, recordings: Recordings, path: str) -> None:
    """An archive has no checksum here that all copies share: its counts."""
    rows = self._facts["rows"]
    if rows != self.num_rows:
      raise UserError(
        f"{path}: its files have {rows} rows instead of "
        f"{self.num_rows}: they are cut, or another version"
      )
    known = splitting.load(self.splits_name, 0)  # whatever the protocol
    unknown = set(recordings).difference(*known.values())
    if unknown:
      raise UserError(
        f"{path}: {', '.join(sorted(unknown))} should repeat another "
        "recording, but does not: this is another version of the archive"
      )

  def source_files(self, tmp_dir: Optional[str]) -> Optional[dict[str, str]]:
    """What is in the archive or folder that is there."""
    path = tmp_dir and self._local_archive(os.path.expanduser(tmp_dir))
    return archives.digests(path) if path else None

  def _local_archive(self, tmp_dir: str) -> Optional[str]:
    """An archive or folder that is there."""
    for name in (self.archive.filename,) + self.other_names:
      path = os.path.join(tmp_dir, name)
      if os.path.exists(path):
        return path
    return None

  def _find_archive(self, tmp_dir: str) -> str:
    """An archive or folder that is there, or else one downloaded."""
    return self._local_archive(tmp_dir) or download.fetch(self.archive, tmp_dir)

  def _describe(self, path: str) -> dict[str, Any]:
    """For the manifest: where the archive is from, and what it is.

    Many copies were packed anew, so another checksum than the published one is
    no error: what is in it gets checked.
    """
    if os.path.isdir(path):
      return {"folder": os.path.abspath(path)}
    described = download.describe(self.archive._replace(sha256=None), path)
    if self.archive.sha256 not in (None, described["sha256"]):
      tf.logging.warning(
        "%s is not the archive as published (sha256 %s, not %s); its content "
        "will be checked.",
        path,
        described["sha256"],
        self.archive.sha256,
      )
    return described


def find(
  files: list[list[str]], archive: archives.Archive
) -> tuple[list[Optional[str]], list[str]]:
  """Looks up files that go by several names.

  Args:
    files: of each file, its names.
    archive: where they should be.

  Returns:
    Of each file, the name that is there or None; and the missing ones.

  Raises:
    UserError: names the missing ones, unless `--allow_missing` is set.
  """
  present = [next((n for n in names if n in archive), None) for names in files]
  missing = [names[0] for names, name in zip(files, present) if name is None]
  if len(missing) == len(files):
    raise UserError(
      f"{archive.path}: none of its {len(files)} files is in it, "
      f"such as {files[0][0]}: is this the right archive?"
    )
  if missing and not options.current().allow_missing:
    raise UserError(
      f"{archive.path}: no {', '.join(missing)} in it; with "
      "--allow_missing the data set is made without"
    )
  return present, missing


def read(archive: archives.Archive, name: str) -> bytes:
  """The content of a file of text; the real ones have up to 4 MB."""
  return archive.read(name, _MAX_FILE_BYTES)


def duplicates(recordings: dict[str, np.ndarray]) -> list[str]:
  """The names of those that repeat an earlier one, value by value."""
  seen, repeated = set(), []
  for name, values in recordings.items():
    content = values.shape, values.tobytes()
    if content in seen:
      repeated.append(name)
    seen.add(content)
  return repeated


def _listed(value: Any) -> str:
  if isinstance(value, list):
    return ", ".join(value) or "none"
  return str(value)


def _without_short(recordings: Recordings) -> Recordings:
  return {
    name: [s for s in stretches if len(s) >= MIN_STEPS]
    for name, stretches in recordings.items()
  }


def _num_stretches(recordings: Recordings) -> int:
  return sum(map(len, recordings.values()))
