"""`t2t-af VERB`: what tensor2tensor has no command for."""

import ast
import importlib
import pathlib
import sys
from typing import Optional

from t2t_af import version
from t2t_af.bin import outcome
from t2t_af.errors import suggest
from t2t_af.errors import UserError

_HERE = pathlib.Path(__file__).parent

# A verb is the module t2t_af.bin.<verb>; its docstring's first line is its
# help, and `main(argv) -> exit code` does it. Its import loads no TensorFlow:
# a verb that needs it calls t2t_af.register() once its flags are right.
_VERBS = (
  "data",
  "compare",
  "score",
  "transform",
  "forecast",
  "sample",
  "compress",
  "decompress",
  "rerun",
  "analyse",
  "check",
  "params",
  "references",
  "convert",
  "bench",
  "perceptual",
  "report",
  "table",
  "figure",
  "doctor",
  "install",
  "completion",
)


def main(argv: Optional[list[str]] = None) -> int:
  """Runs a verb and returns the exit code."""
  argv = list(sys.argv[1:] if argv is None else argv)
  if "--debug" in argv:  # `outcome` shows tracebacks then.
    argv.remove("--debug")
  if not argv or argv[0] in ("-h", "--help", "help"):
    return outcome.exit_code_of(lambda: print(_help(), flush=True))
  if argv[0] == "--version":
    return outcome.exit_code_of(
      lambda: print(f"t2t_af {version.__version__}", flush=True)
    )
  return outcome.exit_code_of(lambda: _run(argv[0], argv[1:]))


def _run(verb: str, argv: list[str]) -> int:
  if verb not in _VERBS:
    raise UserError(suggest(verb, _VERBS, "verb") + " See: t2t-af --help")
  module = importlib.import_module(f"t2t_af.bin.{verb}")
  return module.main(argv)


def verbs() -> dict[str, str]:
  """What each verb does, in a line, read without importing it."""
  told = {}
  for verb in _VERBS:
    tree = ast.parse((_HERE / f"{verb}.py").read_text(encoding="utf-8"))
    first = (ast.get_docstring(tree) or "").split("\n")[0]
    told[verb] = first.split("`: ")[-1]
  return told


def _help() -> str:
  lines = ["t2t-af VERB [--help]", ""]
  lines += [f"  {verb:<12}{told}" for verb, told in verbs().items()]
  lines += [
    "",
    "Data, training, evaluation and sampling are tensor2tensor's:",
    "t2t-datagen, t2t-trainer, t2t-eval, t2t-decoder (--help).",
    "--debug: errors with their traceback. --version: of t2t_af.",
  ]
  return "\n".join(lines)


if __name__ == "__main__":
  sys.exit(main())
