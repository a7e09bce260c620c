"""Runs one of tensor2tensor's mains: flags, checks, then the stock `main`.

What the four commands share. All of tensor2tensor's flags are there; what is
added is that mistakes are reported in a line, before anything is built or
written.
"""

from collections.abc import Sequence
import importlib
import os
import sys
import textwrap
from typing import Any, Callable, Optional

from absl import flags
import tensorflow.compat.v1 as tf

from t2t_af.bin import outcome
from t2t_af.errors import suggest
from t2t_af.errors import UserError

FLAGS = flags.FLAGS

_HPARAM_FLAG = "--hp_"


def run(
  stock_module: str,
  doc: str,
  prepare: Callable[[Any], None],
  interrupted: Callable[[], str],
  argv: Optional[Sequence[str]] = None,
) -> int:
  """Runs `stock_module.main`. Returns the exit code.

  Args:
    stock_module: e.g. "tensor2tensor.bin.t2t_trainer"; its import defines the
      flags.
    doc: the command's help text.
    prepare: called with the stock module once the flags are parsed; checks
      them (raises UserError) and replaces names in the module where needed.
    interrupted: what is said on Ctrl-C; called only then.
    argv: the command line; sys.argv if None.
  """
  argv = list(sys.argv if argv is None else argv)

  def action() -> None:
    stock = importlib.import_module(stock_module)
    if _asks_for_help(argv):
      return _print_help(doc, "--helpfull" in argv)
    _parse_flags(argv)
    _import_usr_dir()
    prepare(stock)
    # As tensor2tensor's scripts do; compat.quiet leaves out most of it.
    tf.logging.set_verbosity(tf.logging.INFO)
    stock.main(argv[:1])

  return outcome.exit_code_of(action, interrupted, user_errors=(flags.Error,))


def _asks_for_help(argv: list[str]) -> bool:
  return any(a in ("--help", "-h", "-help", "--helpfull") for a in argv[1:])


def _print_help(doc: str, full: bool) -> None:
  print(textwrap.dedent(doc).strip())
  print(
    "\nEvery flag of tensor2tensor works; --helpfull lists them all, "
    "--verbosity=0 shows\ntensor2tensor's own log.",
    flush=True,
  )
  if full:
    print(f"\n{FLAGS.get_help()}", flush=True)


def _parse_flags(argv: list[str]) -> None:
  """Parses argv; tensor2tensor would ignore a misspelt flag with a warning.

  `--hp_NAME VALUE` and `--hp_NAME=VALUE` set hparams, in every command that
  has --hparams (tensor2tensor: the trainer alone, and the first form alone).
  """
  rest = FLAGS(argv, known_only=True)[1:]
  overrides, unknown = _split_hparam_flags(rest)
  if overrides and "hparams" in FLAGS:
    FLAGS.hparams = ",".join(filter(None, [FLAGS.hparams] + overrides))
  elif overrides:
    unknown = [f"{_HPARAM_FLAG}{overrides[0].split('=')[0]}"] + unknown
  if unknown:
    name = unknown[0].split("=")[0].lstrip("-")
    if not unknown[0].startswith("-"):
      raise UserError(
        f'"{unknown[0]}" is neither a flag nor the value of one. Values '
        "that hold spaces or commas need quotes."
      )
    raise UserError(
      suggest(name, list(FLAGS), "flag") + " --helpfull lists all flags."
    )


def _split_hparam_flags(arguments: list[str]) -> tuple[list[str], list[str]]:
  """Returns (["name=value", ...] of the --hp_ flags, everything else)."""
  overrides, unknown = [], []
  arguments = list(arguments)
  while arguments:
    argument = arguments.pop(0)
    if not argument.startswith(_HPARAM_FLAG):
      unknown.append(argument)
      continue
    name = argument[len(_HPARAM_FLAG) :]
    if "=" in name:
      overrides.append(name)
    elif arguments:
      overrides.append(f"{name}={arguments.pop(0)}")
    else:
      raise UserError(f"{argument} needs a value.")
  return overrides, unknown


def _import_usr_dir() -> None:
  """Imports --t2t_usr_dir early, so that checks know what it registers.

  `t2t_af` itself, whatever directory it is looked for in, is loaded already.
  """
  from tensor2tensor.utils import usr_dir

  import t2t_af

  path = FLAGS.t2t_usr_dir
  if not path:
    return
  absolute = os.path.abspath(os.path.expanduser(path).rstrip("/"))
  ours = os.path.dirname(os.path.abspath(t2t_af.__file__))
  if os.path.basename(absolute) == "t2t_af":
    other = os.path.isdir(absolute) and os.path.realpath(
      absolute
    ) != os.path.realpath(ours)
    if other:
      raise UserError(
        f"--t2t_usr_dir={path} is not the t2t_af that this command belongs "
        f"to ({ours}). Leave the flag out, or use that copy's command."
      )
    FLAGS.t2t_usr_dir = ""
    return
  if not os.path.isdir(absolute):
    raise UserError(f"--t2t_usr_dir={path}: there is no directory {absolute}.")
  usr_dir.import_usr_dir(path)
