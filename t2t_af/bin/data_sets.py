"""What `t2t-af data` says and draws of data sets, and what it verifies."""

import itertools
import os
import re
from typing import Any, Optional

from tensor2tensor.utils import registry
import tensorflow.compat.v1 as tf

from problems.core import sequence_storage
from t2t_af import whole_file
from t2t_af.analysis.charts import contact_sheet
from t2t_af.bin import arguments
from t2t_af.bin import checks
from t2t_af.bin import data_facts
from t2t_af.bin import outcome
from t2t_af.errors import UserError

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
  data_dir: str,
  names: Optional[str],
  output_dir: Optional[str],
  verify: bool,
  as_json: bool = False,
) -> int:
  """Describes and draws, or verifies, each data set; returns the exit code.

  Args:
    data_dir: where they are looked for.
    names: of problems, comma-separated; None for all of ours.
    output_dir: of the pictures; None for a folder in data_dir.
    verify: whether every file is compared with its checksum instead.
    as_json: whether the same is printed as one JSON object.

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
    return _verify_all(there, data_dir, as_json)
  found = [_facts(p, data_dir, output_dir) for p in there.values()]
  missing = [p for name, p in known.items() if name not in there]
  if as_json:
    names = [problem.name for problem in missing]
    arguments.print_json(data_sets=found, missing=names)
  else:
    for facts in found:
      print("\n".join(data_facts.lines(facts)) + "\n")
    if not named:
      _print_unknown(data_dir, known)
    _print_missing(missing, given)
  is_damaged = any("unread" in facts for facts in found)
  return outcome.EXIT_ERROR if is_damaged else outcome.EXIT_OK


def _facts(problem: Any, data_dir: str, output_dir: Optional[str]) -> dict:
  """What is known of a data set, which is drawn; or why nothing is."""
  folder = output_dir or os.path.join(data_dir, "overview")
  try:
    return dict(
      data_facts.facts(problem, data_dir),
      picture=_draw(problem, data_dir, os.path.expanduser(folder)),
    )
  except UserError as error:
    return dict(problem=problem.name, unread=str(error))


def _verify_all(problems: dict, data_dir: str, as_json: bool) -> int:
  found = [_verified(problem, data_dir) for problem in problems.values()]
  if as_json:
    arguments.print_json(data_sets=found)
  else:
    for one in found:
      print("\n".join(data_facts.verified_lines(one)) + "\n")
  is_whole = not any(one["damaged"] for one in found)
  return outcome.EXIT_OK if is_whole else outcome.EXIT_USER_ERROR


def _verified(problem: Any, data_dir: str) -> dict:
  """What became of its files."""
  try:
    problem.learn_details(data_dir)
    found = list(problem.store(data_dir).verify())
  except UserError as error:  # the manifest itself
    return dict(problem=problem.name, damaged=[str(error)])
  return dict(
    problem=problem.name,
    damaged=[damage for _, damage in found if damage],
    num_files=len(found),
    num_whole=sum(damage is None for _, damage in found),
    by_record=any(shard.sha256 is None for shard, _ in found),
  )


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


def _draw(problem, data_dir: str, output_dir: str) -> Optional[str]:
  """Writes the picture of a data set; returns its path."""
  totals = {
    split: sum(f.num_sequences for f in problem.split_files(data_dir, split))
    for split in data_facts.SPLITS
  }
  split = next((split for split, total in totals.items() if total), None)
  if split is None:
    return None
  is_series = data_facts.is_series(problem)
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
        + data_facts.line(
          "unknown", f"{path}, but no problem of this name is registered"
        )
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
