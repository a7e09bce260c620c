"""What `t2t-af data` says and draws of data sets, and what it verifies."""

from collections.abc import Iterator
import itertools
import os
import re
from typing import Optional

from tensor2tensor.utils import registry
import tensorflow.compat.v1 as tf

from problems.core import sequence_storage
from problems.core import series_problem
from problems.core import shards
from t2t_af import whole_file
from t2t_af.analysis import formats
from t2t_af.analysis.charts import contact_sheet
from t2t_af.bin import checks
from t2t_af.bin import outcome
from t2t_af.errors import UserError

_SPLITS = ("train", "dev", "test")
_MANIFEST = ".manifest.json"
# These differ only in which split holds whom: named with the first.
_OTHER_SPLIT = re.compile(r"(_random|_time|_split\d+)$")
_NUM_SEQUENCES = {"video": 5, "series": 3}  # in a picture
_MNIST = "--tmp_dir=<folder of mnist_test_seq.npy and MNIST's files>"
_REMARKS = {  # what more a command needs
  "video_kth": "--tmp_dir=<folder of the six zips and 00sequences.txt>",
  "video_mmnist": _MNIST,
  "video_mmnist_npy": _MNIST,
  "video_folder": "--source_dir=<your folder of videos>",
  "series_csv": "--source_dir=<your folder of tables>",
}


def show(
  data_dir: str, names: Optional[str], output_dir: Optional[str], verify: bool
) -> int:
  """Describes and draws, or verifies, each data set; returns the exit code.

  Args:
    data_dir: where they are looked for.
    names: of problems, comma-separated; None for all of ours.
    output_dir: of the pictures; None for a folder in data_dir.
    verify: whether every file is compared with its checksum instead.

  Raises:
    UserError: an unknown problem; nothing to verify.
  """
  given, data_dir = data_dir, os.path.expanduser(data_dir)
  named = [name for name in (names or "").split(",") if name]
  for name in named:
    checks.problem(name)
  known = {name: registry.problem(name) for name in named or our_problems()}
  there = {
    name: problem
    for name, problem in known.items()
    if tf.gfile.Exists(problem.store(data_dir).manifest_path)
  }
  if verify:
    absent = ", ".join(name for name in named if name not in there)
    if absent or not there:
      raise UserError(f"no data{' of ' * bool(absent)}{absent} in {data_dir}")
    return _verify_all(there, data_dir)
  damaged = _show_all(there, data_dir, output_dir)
  if not named:
    _print_unknown(data_dir, known)
  _print_missing([p for name, p in known.items() if name not in there], given)
  return outcome.EXIT_ERROR if damaged else outcome.EXIT_OK


def _show_all(problems: dict, data_dir: str, output_dir: Optional[str]) -> int:
  """Describes and draws each data set; returns how many are damaged."""
  output_dir = os.path.expanduser(
    output_dir or os.path.join(data_dir, "overview")
  )
  damaged = 0
  for name, problem in problems.items():
    try:
      lines = describe(problem, data_dir)
      path = _draw(problem, data_dir, output_dir)
      lines.append(_line("picture", path))
    except UserError as error:
      damaged += 1
      lines = [_line("unread", str(error))]
    print("\n".join([name] + lines) + "\n")
  return damaged


def _verify_all(problems: dict, data_dir: str) -> int:
  whole = True
  for name, problem in problems.items():
    try:
      problem.learn_details(data_dir)
      found = list(problem.store(data_dir).verify())
    except UserError as error:  # the manifest itself
      print(f"{name}\n" + _line("damaged", str(error)) + "\n")
      whole = False
      continue
    lines = [_line("damaged", damage) for _, damage in found if damage]
    whole = whole and not lines
    num_whole = sum(damage is None for _, damage in found)
    files = f"{num_whole} of {formats.plural(len(found), 'file')}"
    lines.append(_line("whole", files))
    if any(shard.sha256 is None for shard, _ in found):
      lines.append(
        _line(
          "note",
          "made before checksums of files were kept: the checksum of each "
          "record was verified instead",
        )
      )
    print("\n".join([name] + lines) + "\n")
  return outcome.EXIT_OK if whole else outcome.EXIT_USER_ERROR


def our_problems() -> list[str]:
  """Registered problems that are stored as sequences, whoever wrote them."""
  names = []
  for name in sorted(registry.list_base_problems()):
    made = registry.Registries.problems[name]
    if isinstance(made, type) and issubclass(
      made, sequence_storage.SequenceStorage
    ):
      names.append(name)
  return names


def describe(
  problem: sequence_storage.SequenceStorage, data_dir: str
) -> list[str]:
  """Lines about a data set that is there.

  Raises:
    UserError: it is damaged, incomplete, or of another version.
  """
  manifest = problem.store(data_dir).manifest()
  files = {split: problem.split_files(data_dir, split) for split in _SPLITS}
  size = sum(f.num_bytes for of_split in files.values() for f in of_split)
  shape = " x ".join(map(str, problem.step_shape))
  is_series = _is_series(problem)
  lines = [
    _line("step", f"{shape} {'features' if is_series else 'pixels'}"),
    _line("version", manifest["data_version"]),
    _line("size", f"{size / 1e6:,.1f} MB"),
  ]
  lines += [
    _line(split, _counts(of_split)) for split, of_split in files.items()
  ]
  return lines + [
    _line("" if i else "source", words)
    for i, words in enumerate(_sources(manifest))
  ]


def _counts(files: list[shards.Shard]) -> str:
  """ "82 sequences of 479 to 480 steps, 39,359 in all"."""
  lengths = {}
  for f in files:
    for length, count in f.lengths.items():
      lengths[length] = lengths.get(length, 0) + count
  if not lengths:
    return "no sequences"
  count = formats.plural(sum(lengths.values()), "sequence")
  steps = sum(length * number for length, number in lengths.items())
  low, high = min(lengths), max(lengths)
  extent = f"{low}" if low == high else f"{low} to {high}"
  return f"{count} of {extent} steps, {steps:,} steps in all"


def _sources(manifest: dict) -> Iterator[str]:
  """What the splits were made from; once, where it is the same."""
  said = set()
  for entry in manifest["splits"].values():
    for key, value in entry.get("source", {}).items():
      words = f"{key.replace('_', ' ')}: {_short(value)}"
      if (
        value not in (None, "", [], {}) and key != "urls" and words not in said
      ):
        said.add(words)
        yield words


def _short(value) -> str:
  if isinstance(value, list):
    return ", ".join(map(str, value))
  if isinstance(value, dict):
    return f"{len(value)} in the manifest"
  return str(value)


def _draw(problem, data_dir: str, output_dir: str) -> Optional[str]:
  """Writes the picture of a data set; returns its path."""
  totals = {
    split: sum(f.num_sequences for f in problem.split_files(data_dir, split))
    for split in _SPLITS
  }
  split = next((split for split, total in totals.items() if total), None)
  if split is None:
    return None
  is_series = _is_series(problem)
  count = _NUM_SEQUENCES["series" if is_series else "video"]
  # Of video the first ones, as all up to the last would have to be decoded.
  stride = max(1, totals[split] // count) if is_series else 1
  chosen = list(
    itertools.islice(
      problem.each_sequence(data_dir, split), 0, count * stride, stride
    )
  )
  ids, values = zip(*chosen)
  if is_series:
    statistics = problem.statistics(data_dir)
    image = contact_sheet.series(
      ids, [statistics.to_raw(v) for v in values], statistics.names
    )
  else:
    image = contact_sheet.video(ids, values)
  return whole_file.write(
    os.path.join(output_dir, problem.name + ".png"), image
  )


def _print_unknown(data_dir: str, known) -> None:
  for path in sorted(tf.gfile.Glob(os.path.join(data_dir, "*" + _MANIFEST))):
    name = os.path.basename(path)[: -len(_MANIFEST)]
    if name not in {p.dataset_filename() for p in known.values()}:
      print(
        f"{name}\n"
        + _line("unknown", f"{path}, but no problem of this name is registered")
        + "\n"
      )


def _print_missing(problems: list, data_dir: str) -> None:
  """The commands that make what is not there."""
  first = [p for p in problems if not _OTHER_SPLIT.search(p.name)]
  others = len(problems) - len(first)
  if not problems:
    return
  print(f"not in {data_dir}; made by")
  for problem in first or problems:
    print(
      f"  t2t-datagen --problem={problem.name} --data_dir={data_dir}"
      + _what_it_needs(problem)
    )
  if first and others:
    print(
      "  and by the same with _split1 ..., _random, _random_split1 ..., _time "
      "at the end of the name: other splits"
    )


def _what_it_needs(problem) -> str:
  if problem.name in _REMARKS:
    return f" {_REMARKS[problem.name]}"
  archive = getattr(problem, "archive", None)
  if archive is None:
    return ""
  size = f", {archive.num_bytes / 1e6:,.0f} MB" if archive.num_bytes else ""
  return f" --tmp_dir=<folder of {archive.filename}{size}>"


def _is_series(problem) -> bool:
  return isinstance(problem, series_problem.SeriesProblem)


def _line(what: str, value: object) -> str:
  return f"  {what:<9}{value}"
