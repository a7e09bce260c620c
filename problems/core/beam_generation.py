"""Writing a split with Apache Beam: the files that are written without it.

    items -> parts (`beam_parts`), side by side -> counts of their records
    shards <- the stretches of the parts that belong to each, side by side

Records go through files, not through Beam, so that no worker and no runner
holds more than it is working on. What is the first record of a part follows
from the counts of those before it, and its shard from that, as without Beam.
All workers must see the data's folder and the source.
"""

from collections.abc import Iterator, Mapping, Sequence
import contextlib
import dataclasses
import functools
import hashlib
import importlib.util
import json
import os
from typing import Any, Callable, Optional

import PIL
import tensorflow.compat.v1 as tf

from problems.core import beam_parts
from problems.core import by_item
from problems.core import options
from problems.core import shard_files
from problems.core import shard_writer
from problems.core import threads
from t2t_af import version
from t2t_af.errors import UserError

# So many parts that no worker is idle for long, and folders can be listed.
_MAX_PARTS = 1000
_ERROR = "error"
# Beam's own first asks GitHub for a program to run the pipeline with, and falls
# back to this one.
_DIRECT = "apache_beam.runners.portability.fn_api_runner.FnApiRunner"


def check(problem: Any) -> None:
  """Raises a UserError if a problem cannot be written with Beam."""
  if importlib.util.find_spec("apache_beam") is None:
    raise UserError(
      "--beam needs Apache Beam: pip install 't2t_af[beam]', or leave the flag "
      "out"
    )
  if not by_item.has_items(problem):
    raise UserError(
      f"--beam is for data sets that are made item by item (video_bair, "
      f"video_folder, video_kth and those that are drawn), not for "
      f"{problem.name}: leave the flag out"
    )


def folder(
  problem: Any, split: str, details: Mapping[str, Any]
) -> Callable[[str], contextlib.AbstractContextManager]:
  """What makes the hidden folder of a split, by its name.

  What a generation that did not end has left there is kept, if it follows from
  the same as this one.
  """
  followed = (
    *(problem.name, problem.data_version, details, problem.source()),
    *(problem.items(split), version.__version__, PIL.__version__),
  )
  plan = hashlib.sha256(repr(followed).encode()).hexdigest()
  return functools.partial(beam_parts.kept_folder, plan=plan)


def write(
  problem: Any, split: str, total: Optional[int], paths: Sequence[str]
) -> list[shard_writer.Written]:
  """Writes the shards of a split, in the folder that `folder` makes.

  Args:
    problem: ready to generate; see `check`.
    split: a problem.DatasetSplit.
    total: how many sequences there will be, as far as that is known.
    paths: the files.

  Returns:
    What is in each file.

  Raises:
    UserError: the source is wrong, the disk is full, or the runner cannot run.
  """
  items = problem.items(split)
  runs = list(_runs(items, _MAX_PARTS))
  job = _Job(problem, split, tuple(paths), total, options.current())
  tf.logging.info(
    "%s: %d items in %d parts, on %s.",
    problem.name,
    len(items),
    len(runs),
    job.given.beam_runner,
  )
  if tf.gfile.Exists(job.error_path):
    tf.gfile.Remove(job.error_path)
  label = f"{problem.name} {problem.file_split(split)}"
  try:
    with beam_parts.progress_shown(job.folder, len(runs), label):
      _run(job, runs)
  except Exception as error:
    raise UserError(
      f"Apache Beam's {job.given.beam_runner} failed: {_last_line(error)}"
    ) from error
  told = beam_parts.content(job.error_path)
  if told:
    raise UserError(told.decode())
  return [_read_written(path) for path in paths]


def _run(job: "_Job", runs: Sequence[Sequence[Any]]) -> None:
  import apache_beam as beam
  from apache_beam.options import pipeline_options

  given = job.given
  runner = _DIRECT if given.beam_runner == "DirectRunner" else given.beam_runner
  flags = [f"--{option}" for option in given.beam_pipeline_options or ()]
  with beam.Pipeline(
    runner, options=pipeline_options.PipelineOptions(flags)
  ) as pipeline:
    counts = (
      pipeline
      | "Items" >> beam.Create(list(enumerate(runs)))
      | "Spread items" >> beam.Reshuffle()
      | "Write parts" >> beam.Map(job.write_part)
    )
    _ = (
      pipeline
      | "Shards" >> beam.Create(range(len(job.paths)))
      | "Spread shards" >> beam.Reshuffle()
      | "Write shards" >> beam.Map(job.write_shard, beam.pvalue.AsDict(counts))
    )


@dataclasses.dataclass(frozen=True)
class _Job:
  """What a worker is sent.

  Attributes:
    problem: whose split is written.
    split: which.
    paths: of the shards.
    total: how many sequences there will be, as far as that is known.
    given: the options of generation.
  """

  problem: Any
  split: str
  paths: tuple[str, ...]
  total: Optional[int]
  given: options.Options

  @property
  def folder(self) -> str:
    """The hidden one."""
    return os.path.dirname(self.paths[0])

  @property
  def error_path(self) -> str:
    """Where a worker leaves what a person is to be told."""
    return os.path.join(self.folder, _ERROR)

  def write_part(self, part: Any) -> Any:
    """Writes one part of (number, items); returns (number, records in it)."""
    number, items = part
    write_it = functools.partial(self._write_part, number, items)
    return number, self._unless_failed(write_it) or 0

  def write_shard(self, shard: Any, counts: Any) -> None:
    """Writes one shard, given {part: records in it}; and what is in it."""
    self._unless_failed(functools.partial(self._write_shard, shard, counts))

  def _write_part(self, number: int, items: Sequence[Any]) -> int:
    path = beam_parts.path_of(self.folder, number)
    count = beam_parts.count(path)
    if count is not None:
      return count
    options.set(**self.given._asdict())
    sequences = self.problem.sequences_of(self.split, items)
    records = threads.map_in_order(self.problem.serialize, sequences)
    return beam_parts.write(path, records)

  def _write_shard(self, shard: int, counts: Mapping[int, int]) -> None:
    path = self.paths[shard]
    with beam_parts.settled(path) as writer:
      for record in self._records(shard, counts):
        writer.write(record)
    written = json.dumps(writer.written()).encode()
    with shard_writer.errors_of_writing(self.folder):
      shard_files.write(_written_path(path), written)

  def _records(
    self, shard: int, counts: Mapping[int, int]
  ) -> Iterator[shard_writer.Record]:
    first = 0
    for number in range(len(counts)):
      end = first + counts[number]
      mine = [
        shard_writer.shard_of(position, len(self.paths), self.total) == shard
        for position in range(first, end)
      ]
      if any(mine):
        path = beam_parts.path_of(self.folder, number)
        for record, is_mine in zip(beam_parts.read(path), mine):
          if is_mine:
            yield record
      first = end

  def _unless_failed(self, action: Callable[[], Any]) -> Any:
    """Leaves a UserError where `write` finds it; does nothing after one.

    Of an error that reaches them runners show tracebacks, and some try again.
    """
    if tf.gfile.Exists(self.error_path):
      return None
    try:
      return action()
    except UserError as error:
      try:
        shard_files.write(self.error_path, str(error).encode())
      except (OSError, tf.errors.OpError, UserError):
        raise error from None  # a full disk has no place for this either
      return None


def _runs(items: Sequence[Any], most: int) -> Iterator[list[Any]]:
  """Neighbouring items together, in at most so many runs of about one size."""
  num_runs = min(most, len(items))
  for k in range(num_runs):
    first, end = (len(items) * i // num_runs for i in (k, k + 1))
    yield list(items[first:end])


def _written_path(path: str) -> str:
  return f"{path}.json"


def _read_written(path: str) -> shard_writer.Written:
  content: Optional[bytes] = beam_parts.content(_written_path(path))
  lengths, sha256, last_record = json.loads(content or b"")
  counts = {int(steps): count for steps, count in lengths.items()}
  return shard_writer.Written(counts, sha256, last_record)


def _last_line(error: Exception) -> str:
  lines = str(error).strip().splitlines() or [type(error).__name__]
  return lines[-1]
