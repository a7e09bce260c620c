"""Writes the names of the flags of tensor2tensor's four commands.

    python -m scripts.write_known_flags

With them a command tells a misspelt flag without loading TensorFlow
(`t2t_af.bin.front`). A test compares the file with what the commands define.
"""

import importlib
import json
import multiprocessing

from absl import flags

import t2t_af
from t2t_af.bin import front
from t2t_af.compat import on_demand

_COMMANDS = ("t2t_datagen", "t2t_decoder", "t2t_eval", "t2t_trainer")


def text() -> str:
  """The file: which flags are boolean, and those of each command."""
  t2t_af.register()
  on_demand.load_stock()  # which defines flags too
  # A process each, because two commands define flags of the same name.
  with multiprocessing.get_context("fork").Pool(1, maxtasksperchild=1) as pool:
    defined = dict(zip(_COMMANDS, pool.map(_flags, _COMMANDS, chunksize=1)))
  boolean = {
    name
    for command in defined.values()
    for name, is_boolean in command.items()
    if is_boolean
  }
  known = {"boolean": sorted(boolean)}
  known |= {command: sorted(names) for command, names in defined.items()}
  return json.dumps(known, indent=1) + "\n"


def _flags(command: str) -> dict[str, bool]:
  """The names of a command's flags, and whether each is boolean."""
  importlib.import_module(f"tensor2tensor.bin.{command}")
  importlib.import_module(f"t2t_af.bin.{command}")
  return {name: flags.FLAGS[name].boolean for name in flags.FLAGS}


if __name__ == "__main__":
  front.KNOWN_FLAGS.write_text(text(), encoding="utf-8")
