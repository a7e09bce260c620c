"""What `t2t-af data` knows of a data set: facts, and their lines."""

from collections.abc import Iterator
from typing import Any

from problems.core import sequence_storage
from problems.core import series_problem
from problems.core import shards
from t2t_af.analysis import formats

SPLITS = ("train", "dev", "test")


def facts(
  problem: sequence_storage.SequenceStorage, data_dir: str
) -> dict[str, Any]:
  """Of a data set that is there.

  Raises:
    UserError: it is damaged, incomplete, or of another version.
  """
  manifest = problem.store(data_dir).manifest()
  files = {split: problem.split_files(data_dir, split) for split in SPLITS}
  return dict(
    problem=problem.name,
    step_shape=list(problem.step_shape),
    unit="features" if is_series(problem) else "pixels",
    data_version=manifest["data_version"],
    num_bytes=sum(f.num_bytes for of in files.values() for f in of),
    splits={split: _extent(of) for split, of in files.items()},
    source=list(_sources(manifest)),
  )


def lines(known: dict[str, Any]) -> list[str]:
  """Of `facts` and its "picture"; or of what is "unread"."""
  if "unread" in known:
    return [known["problem"], line("unread", known["unread"])]
  shape = " x ".join(map(str, known["step_shape"]))
  return [
    known["problem"],
    line("step", f"{shape} {known['unit']}"),
    line("version", known["data_version"]),
    line("size", f"{known['num_bytes'] / 1e6:,.1f} MB"),
    *(line(split, _extent_words(of)) for split, of in known["splits"].items()),
    *(
      line("" if i else "source", words)
      for i, words in enumerate(known["source"])
    ),
    line("picture", known["picture"]),
  ]


def verified_lines(known: dict[str, Any]) -> list[str]:
  """Of "damaged" files, and how many of how many are whole."""
  told = [known["problem"], *(line("damaged", d) for d in known["damaged"])]
  if "num_files" in known:
    files = formats.plural(known["num_files"], "file")
    told.append(line("whole", f"{known['num_whole']} of {files}"))
    if known["by_record"]:
      told.append(
        line(
          "note",
          "made before checksums of files were kept: the checksum of each "
          "record was verified instead",
        )
      )
  return told


def line(what: str, value: object) -> str:
  """One of those below the name of a data set."""
  return f"  {what:<9}{value}"


def is_series(problem: Any) -> bool:
  """Whether it is of series, and not of video."""
  return isinstance(problem, series_problem.SeriesProblem)


def _extent(files: list[shards.Shard]) -> dict[str, int]:
  """How many sequences, of how many steps; 0 where there are none."""
  lengths: dict[int, int] = {}
  for f in files:
    for length, count in f.lengths.items():
      lengths[length] = lengths.get(length, 0) + count
  return dict(
    num_sequences=sum(lengths.values()),
    shortest=min(lengths, default=0),
    longest=max(lengths, default=0),
    num_steps=sum(length * count for length, count in lengths.items()),
  )


def _extent_words(of: dict[str, int]) -> str:
  """ "82 sequences of 479 to 480 steps, 39,359 steps in all"."""
  if not of["num_sequences"]:
    return "no sequences"
  count = formats.plural(of["num_sequences"], "sequence")
  low, high = of["shortest"], of["longest"]
  extent = f"{low}" if low == high else f"{low} to {high}"
  return f"{count} of {extent} steps, {of['num_steps']:,} steps in all"


def _sources(manifest: dict[str, Any]) -> Iterator[str]:
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


def _short(value: Any) -> str:
  if isinstance(value, list):
    return ", ".join(map(str, value))
  if isinstance(value, dict):
    return f"{len(value)} in the manifest"
  return str(value)
