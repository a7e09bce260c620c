"""Every hparam that we add is read, and every one that we read exists."""

import ast
from collections.abc import Iterator
import pathlib

from tensor2tensor.layers import common_hparams
from tensor2tensor.models.video import next_frame_glow

from hparams import data_space
from hparams import slvm
from hparams import video_flow

_ROOT = pathlib.Path(__file__).parents[2]
# What tensor2tensor adds to a set when it makes an experiment.
_ADDED_LATER = {
  "problem",
  "problem_hparams",
  "model_dir",
  "data_dir",
  "warm_start_from",
}


def _reads(source: str) -> Iterator[str]:
  """The X of every `hparams.X`, `self.hparams.X` and `self._hparams.X`."""
  for node in ast.walk(ast.parse(source)):
    if isinstance(node, ast.Attribute):
      owner = getattr(node.value, "id", getattr(node.value, "attr", None))
      if owner in ("hparams", "_hparams"):
        yield node.attr


def _read_in_the_library():
  read = set()
  for room in ("models", "networks"):
    for path in (_ROOT / "t2t_af" / room).glob("*.py"):
      read |= set(_reads(path.read_text(encoding="utf-8")))
  return read


def test_reads_are_found():
  source = (
    "hparams.depth + self.hparams.width\n"
    "self._hparams.n_levels, other.thing, hparams.problem.name"
  )
  assert set(_reads(source)) == {"depth", "width", "n_levels", "problem"}


_BASES = (  # Ours, and what it adds to.
  (video_flow.video_flow_base, next_frame_glow.next_frame_glow_bair_quant),
  (data_space.data_space_base, common_hparams.basic_params1),
  (slvm.slvm_base, common_hparams.basic_params1),
)


def test_every_hparam_we_add_is_read():
  for ours, parent in _BASES:
    added = set(ours().values()) - set(parent().values())
    assert len(added) > 4
    assert added <= _read_in_the_library()


def test_every_hparam_we_read_exists():
  known = set(_ADDED_LATER)
  for ours, _ in _BASES:
    known |= set(ours().values())
  assert _read_in_the_library() <= known
