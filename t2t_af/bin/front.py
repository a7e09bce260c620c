"""What tensor2tensor's four commands answer before TensorFlow is loaded.

Loading TensorFlow and tensor2tensor takes seconds; help and a misspelt flag
need neither. The names of the flags are in known_flags.json, which
`python -m scripts.write_known_flags` makes of the commands themselves.
"""

import ast
from collections.abc import Sequence
import importlib
import json
import pathlib
import sys
import textwrap
from typing import Optional

from absl import flags

import t2t_af
from t2t_af.bin import flag_parsing
from t2t_af.bin import outcome

_HERE = pathlib.Path(__file__).parent
KNOWN_FLAGS = _HERE / "known_flags.json"


def datagen() -> int:
  """`t2t-datagen`."""
  return run("t2t_datagen", sys.argv)


def trainer() -> int:
  """`t2t-trainer`."""
  return run("t2t_trainer", sys.argv)


def evaluate() -> int:
  """`t2t-eval`."""
  return run("t2t_eval", sys.argv)


def decoder() -> int:
  """`t2t-decoder`."""
  return run("t2t_decoder", sys.argv)


def run(command: str, argv: Sequence[str]) -> int:
  """Runs a command. Returns its exit code.

  Args:
    command: a module of this room, e.g. "t2t_trainer".
    argv: the command line.
  """
  code = answer(command, argv)
  if code is not None:
    return code
  code = outcome.exit_code_of(lambda: _load(command))
  # The command handles signals itself, and leaves with its own exit code.
  return code or importlib.import_module(f"t2t_af.bin.{command}").main()


def answer(command: str, argv: Sequence[str]) -> Optional[int]:
  """Helps or tells a misspelt flag. Returns the exit code; None: go on."""
  if flag_parsing.FULL_HELP in argv:
    return None  # says what every flag does
  if flag_parsing.asks_for_help(argv):
    return outcome.exit_code_of(lambda: print_help(_docstring(command)))
  if any("t2t_usr_dir" in argument for argument in argv):
    return None  # what is imported from there may define flags
  wrong = outcome.exit_code_of(
    lambda: flag_parsing.parse(_known_flags(command), argv),
    user_errors=(flags.Error,),
  )
  return wrong or None


def print_help(doc: str) -> None:
  """Prints a command's help.

  Args:
    doc: docstring of its module.
  """
  print(textwrap.dedent(doc).strip())
  print(
    "\nEvery flag of tensor2tensor works; --helpfull lists them all, "
    "--verbosity=0 shows\ntensor2tensor's own log.",
    flush=True,
  )


def _load(command: str) -> None:
  """Imports everything, so that Ctrl-C meanwhile ends in a line."""
  t2t_af.register()
  importlib.import_module(f"t2t_af.bin.{command}")


def _docstring(command: str) -> str:
  """Read without importing the module, which loads TensorFlow."""
  tree = ast.parse((_HERE / f"{command}.py").read_text(encoding="utf-8"))
  return ast.get_docstring(tree, clean=False) or ""


def flags_of(command: str) -> dict[str, bool]:
  """A command's flags: whether each takes a value."""
  known = json.loads(KNOWN_FLAGS.read_text(encoding="utf-8"))
  return {name: name not in known["boolean"] for name in known[command]}


def _known_flags(command: str) -> flags.FlagValues:
  """The command's flags by name; values are taken as they are written."""
  values = flags.FlagValues()
  for name, takes_value in flags_of(command).items():
    define = flags.DEFINE_string if takes_value else flags.DEFINE_bool
    define(name, None, "", flag_values=values)
  return values
