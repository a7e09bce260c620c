"""Flags of tensor2tensor's commands, parsed so that a misspelt one is told.

Light: what flags there are is the caller's to say (`flags.FlagValues`).
"""

from collections.abc import Sequence

from absl import flags

from t2t_af.errors import suggest
from t2t_af.errors import UserError

_HPARAM_FLAG = "--hp_"
FULL_HELP = "--helpfull"


def asks_for_help(argv: Sequence[str]) -> bool:
  """Whether a command line asks for the help, short or full."""
  return any(a in ("--help", "-h", "-help", FULL_HELP) for a in argv[1:])


def parse(values: flags.FlagValues, argv: Sequence[str]) -> None:
  """Parses argv; tensor2tensor would ignore a misspelt flag with a warning.

  `--hp_NAME VALUE` and `--hp_NAME=VALUE` set hparams, in every command that
  has --hparams (tensor2tensor: the trainer alone, and the first form alone).

  Args:
    values: the flags that there are; set.
    argv: the command line, the command's name first.

  Raises:
    UserError: an argument that is no flag nor the value of one.
    flags.Error: a value that its flag cannot have.
  """
  rest = values(argv, known_only=True)[1:]
  overrides, unknown = _split_hparam_flags(rest)
  if overrides and "hparams" not in values:
    unknown = [f"{_HPARAM_FLAG}{overrides[0].split('=')[0]}"] + unknown
  if unknown:
    name = unknown[0].split("=")[0].lstrip("-")
    if not unknown[0].startswith("-"):
      raise UserError(
        f'"{unknown[0]}" is neither a flag nor the value of one. Values '
        "that hold spaces or commas need quotes."
      )
    raise UserError(
      suggest(name, list(values), "flag") + f" {FULL_HELP} lists all flags."
    )
  if overrides:
    values.hparams = ",".join(filter(None, [values.hparams] + overrides))


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
