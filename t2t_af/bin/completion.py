"""`completion`: what makes a shell complete verbs, flags, runs and files.

    eval "$(t2t-af completion bash)"     # in ~/.bashrc
    eval "$(t2t-af completion zsh)"      # in ~/.zshrc, after compinit

Of t2t-af and of tensor2tensor's four commands. Where a run, a folder or a file
is to be given, folders or files are offered.
"""

import argparse
from collections.abc import Iterator
import importlib

from t2t_af.bin import arguments
from t2t_af.bin import bench
from t2t_af.bin import front
from t2t_af.bin import main as t2t_af_command
from t2t_af.errors import UserError

_SHELLS = ("bash", "zsh")
_STOCK = ("t2t-datagen", "t2t-trainer", "t2t-eval", "t2t-decoder")
# By the names of arguments, in every command.
_FOLDERS = {"run", "runs", "results", "data_dir", "tmp_dir", "source_dir"}
_FOLDERS |= {"output_dir", "out", "from_dir", "to_dir", "weights_dir"}
_FILES = {"files", "record", "output", "json", "decode_from_file"}
_FILES |= {"checkpoint_path", "decode_to_file"}


def main(argv: list[str]) -> int:
  """Prints the script of a shell."""
  parser = arguments.parser("completion", __doc__)
  parser.add_argument("shell", choices=_SHELLS)
  args = parser.parse_args(argv)
  try:
    import shtab
  except ImportError as error:
    raise UserError(
      "completion needs the package shtab: pip install --no-deps shtab==1.13.0"
    ) from error
  for one in parsers():
    _say_what_is_a_path(one, shtab)
    print(shtab.complete(one, args.shell), flush=True)
  return 0


def parsers() -> Iterator[argparse.ArgumentParser]:
  """Of every command, with all flags."""
  yield _of_verbs()
  for command in _STOCK:
    yield _of_stock(command)


def _of_verbs() -> argparse.ArgumentParser:
  parser = argparse.ArgumentParser("t2t-af")
  parser.add_argument("--version", action="store_true", help="of t2t_af")
  verbs = parser.add_subparsers(metavar="VERB")
  for verb, told in t2t_af_command.verbs().items():
    module = importlib.import_module(f"t2t_af.bin.{verb}")
    if module is bench:  # the benches' own flags would load TensorFlow
      verbs.add_parser(verb, help=told).add_argument(
        "bench", choices=bench.NAMES
      )
      continue
    of_verb = arguments.parser_of(module.main)
    verbs.add_parser(verb, help=told, parents=[of_verb], add_help=False)
  return parser


def _of_stock(command: str) -> argparse.ArgumentParser:
  parser = argparse.ArgumentParser(command)
  for name, takes_value in front.flags_of(command.replace("-", "_")).items():
    if name == "help":
      continue
    action = "store" if takes_value else "store_true"
    parser.add_argument(f"--{name}", action=action, help=name)
  return parser


def _say_what_is_a_path(parser: argparse.ArgumentParser, shtab) -> None:
  for action in parser._actions:
    if isinstance(action, argparse._SubParsersAction):
      for one in action.choices.values():
        _say_what_is_a_path(one, shtab)
    elif action.dest in _FOLDERS:
      action.complete = shtab.DIRECTORY
    elif action.dest in _FILES:
      action.complete = shtab.FILE
