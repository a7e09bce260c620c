"""What the verbs share that ask a run about files: score, transform ..."""

import argparse
from collections.abc import Iterator
import contextlib
import os
import sys
from typing import Any, Callable

import t2t_af
from t2t_af import errors
from t2t_af import progress
from t2t_af.bin import arguments
from t2t_af.bin import table_flags
from t2t_af.records import named_models


def parser(
  verb: str, doc: str, may_be_left_out: bool = False
) -> argparse.ArgumentParser:
  """With a run, files, and where things are.

  Args:
    verb, doc: as of `arguments.parser`.
    may_be_left_out: whether the run and the files may.
  """
  made = arguments.parser(verb, doc)
  add = made.add_argument
  add(
    "run",
    metavar="RUN",
    nargs="?" if may_be_left_out else None,
    help="--output_dir of t2t-trainer, <set>/seed_<n> of t2t-af compare, or "
    "the name of a model that comes along (t2t-af sample lists them)",
  )
  add(
    "files",
    metavar="FILES",
    nargs="*" if may_be_left_out else "+",
    help="files, or folders of them",
  )
  add(
    "--out",
    help=f"folder of what is written; default: RUN/{verb}, "
    f"of a named model {verb}/NAME",
  )
  add(
    "--data_dir",
    help="of the data that the run was trained on; default: where it was then",
  )
  add(
    "--hparams",
    default="",
    help="other than the run's: temperature=0.7 of samples, "
    "num_importance_samples=100 of an SLVM's bound",
  )
  return made


def check_at_least(args: argparse.Namespace, **smallest: float) -> None:
  """Raises UserError where a flag is below its smallest value."""
  for name, number in smallest.items():
    if not getattr(args, name) >= number:
      raise errors.UserError(f"--{name} must be at least {number}")


def _out(verb: str, run: str) -> str:
  """Folder of what is written; what came with the package stays as it is."""
  return os.path.join(
    *((verb, run) if named_models.is_name(run) else (run, verb))
  )


@contextlib.contextmanager
def loaded(
  verb: str, args: argparse.Namespace, **options: Any
) -> Iterator[Any]:
  """The run, which says a line of itself; and `args.out` is set.

  Args:
    verb: names the folder in the run's.
    args: of `parser`.
    **options: of `LoadedRun`.
  """
  args.run = os.path.expanduser(args.run)
  named_models.folder_of(args.run)
  args.out = os.path.expanduser(args.out or _out(verb, args.run))
  t2t_af.register()
  from t2t_af.experiments.asking import loaded_run

  data_dir = args.data_dir and os.path.expanduser(args.data_dir)
  with loaded_run.LoadedRun(args.run, data_dir, args.hparams, **options) as run:
    sys.stderr.write(f"{run.describe()}\n")
    yield run


def each_file(
  run: Any, args: argparse.Namespace, label: str, answer: Callable[[Any], None]
) -> None:
  """Answers for every file; what does not fit is told and passed over.

  Args:
    run: `LoadedRun`.
    args: their `files` are files and folders; and how tables are read
      (`table_flags`), where the verb has that.
    label: of the progress bar.
    answer: of an `own_files.Recording`.

  Raises:
    UserError: nothing fits.
  """
  from t2t_af.experiments.asking import own_files

  given = table_flags.given(args)
  each(
    own_files.find(run.run, args.files),
    label,
    answer,
    lambda file: own_files.read(run.run, file, given),
  )


def each(
  files: list[Any],
  label: str,
  answer: Callable[[Any], None],
  parts: Callable[[Any], list[Any]] = lambda file: [file],
) -> int:
  """As `each_file`, of files that the problem of a run does not read.

  Args:
    files: `given_files.GivenFile`.
    label: of the progress bar.
    answer: of a part of a file.
    parts: of a file; default: itself.

  Returns:
    How many files and parts are passed over.

  Raises:
    UserError: nothing fits.
  """
  refused, answered = [], 0
  for file in progress.bar(files, label=label, unit="files"):
    try:
      found = parts(file)
    except errors.UserError as error:
      refused.append(str(error))
      continue
    # Of a file that was cut, a piece that is too short says nothing of others.
    for part in found:
      try:
        answer(part)
        answered += 1
      except errors.UserError as error:
        refused.append(str(error))
  if not answered:
    more = len(refused) - 1
    raise errors.UserError(refused[0] + (f" (and {more} more)" if more else ""))
  for line in refused:
    sys.stderr.write(f"left out: {line}\n")
  return len(refused)


def print_folder(args: argparse.Namespace) -> None:
  """Where everything was written: the last line."""
  print(os.path.abspath(args.out), flush=True)


def print_answer(
  args: argparse.Namespace, lines: list[str], **fields: Any
) -> None:
  """A line of each file and the folder, or the same numbers as --json.

  Args:
    args: of `parser` and `arguments.add_json`.
    lines: of files.
    **fields: of the JSON object, beside the folder.
  """
  if args.json:
    arguments.print_json(**fields, folder=os.path.abspath(args.out))
  else:
    print("".join(f"{line}\n" for line in lines), end="")
    print_folder(args)
