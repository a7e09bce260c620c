"""Runs one of tensor2tensor's mains: flags, checks, then the stock `main`.

What the four commands share. All of tensor2tensor's flags are there; what is
added is that mistakes are reported in a line, before anything is built or
written.
"""

from collections.abc import Sequence
import importlib
import os
import sys
from typing import Any, Callable, Optional

from absl import flags
import tensorflow.compat.v1 as tf

import t2t_af
from t2t_af.bin import cluster
from t2t_af.bin import flag_parsing
from t2t_af.bin import flag_ranges
from t2t_af.bin import front
from t2t_af.bin import outcome
from t2t_af.compat import on_demand
from t2t_af.errors import UserError

FLAGS = flags.FLAGS

flags.DEFINE_bool("debug", False, "Show errors with their traceback.")


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
    t2t_af.register()
    stock = importlib.import_module(stock_module)
    if flag_parsing.FULL_HELP in argv:
      on_demand.load_stock()  # which defines flags as well
      return _print_full_help(doc)
    if flag_parsing.asks_for_help(argv):
      return front.print_help(doc)
    _parse_flags(argv)
    flag_ranges.check()
    cluster.check(trains=stock_module.endswith(".t2t_trainer"))
    _import_usr_dir()
    prepare(stock)
    # As tensor2tensor's scripts do; compat.quiet leaves out most of it.
    tf.logging.set_verbosity(tf.logging.INFO)
    stock.main(argv[:1])

  return outcome.exit_code_of(action, interrupted, user_errors=(flags.Error,))


def _print_full_help(doc: str) -> None:
  front.print_help(doc)
  print(f"\n{FLAGS.get_help()}", flush=True)


def _parse_flags(argv: Sequence[str]) -> None:
  try:
    flag_parsing.parse(FLAGS, argv)
  except UserError:
    if not on_demand.load_stock():
      raise
    FLAGS.unparse_flags()
    flag_parsing.parse(FLAGS, argv)


def _import_usr_dir() -> None:
  """Imports --t2t_usr_dir early, so that checks know what it registers.

  `t2t_af` itself, whatever directory it is looked for in, is loaded already.
  """
  from tensor2tensor.utils import usr_dir

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
  on_demand.load_stock()  # a name that is taken is told where it is taken twice
  usr_dir.import_usr_dir(path)
