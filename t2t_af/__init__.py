"""Autoregressive flows for sequential latent variable models.

Importing the package changes nothing in the process and loads nothing: the
flows (`bijectors`) work beside anybody's TensorFlow 2, and the rooms that read
records and arrays (`records`, `analysis`) without TensorFlow.

`register()` mends tensor2tensor (`t2t_af.compat`), for which TensorFlow is set
to graphs, and registers our models, problems and hparams sets. tensor2tensor
asks for that itself where it loads the package with `--t2t_usr_dir=t2t_af`, as
it loads any extension.
"""

from collections.abc import Iterator
import contextlib
import functools
import gc
import importlib
import os
import sys
from typing import Any, Optional

from t2t_af.version import __version__ as __version__

_ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


@functools.cache
def register() -> None:
  """Mends tensor2tensor, then registers everything of ours, once."""
  from t2t_af import compat

  with _nothing_collected():
    compat.apply()
    _import_ours("problems")
    importlib.import_module("t2t_af.models")
    _import_ours("hparams")


def load(
  output_dir: str, data_dir: Optional[str] = None, **options: Any
) -> Any:
  """A trained run, to be asked about arrays, frames and files.

  Args:
    output_dir: of t2t-trainer, or `<set>/seed_<n>` of t2t-af compare; or the
      name of a model that comes along (`t2t-af sample` lists them).
    data_dir, **options: of `t2t_af.experiments.asking.loaded_run.LoadedRun`.

  Returns:
    The LoadedRun.
  """
  from t2t_af.compat import onednn
  from t2t_af.compat import quiet

  quiet.before_tensorflow()
  onednn.before_tensorflow()
  graphs = importlib.import_module("t2t_af.compat.graphs")
  with graphs.graph_mode():
    register()
    asking = importlib.import_module("t2t_af.experiments.asking.loaded_run")
    return asking.LoadedRun(output_dir, data_dir, **options)


@contextlib.contextmanager
def _nothing_collected() -> Iterator[None]:
  """What is imported stays: to look for garbage in it takes a second."""
  was_enabled = gc.isenabled()
  gc.disable()
  try:
    yield
    gc.freeze()
  finally:
    if was_enabled:
      gc.enable()


def _import_ours(name: str) -> None:
  """Imports a package that must lie beside t2t_af, and nobody else's."""
  module = importlib.import_module(name)
  folder = os.path.dirname(os.path.abspath(module.__file__ or "?"))
  ours = os.path.join(_ROOT, name)
  if os.path.realpath(folder) != os.path.realpath(ours):
    raise ImportError(
      f'the package "{name}" was found at {folder}, but t2t_af needs the one '
      f"at {ours}. Take the other one off PYTHONPATH, or start the "
      "command from another directory."
    )


def _is_loaded_as_extension() -> bool:
  """Whether tensor2tensor's --t2t_usr_dir is what imports this package."""
  frame = sys._getframe()
  while frame is not None:
    if frame.f_globals.get("__name__") == "tensor2tensor.utils.usr_dir":
      return True
    frame = frame.f_back
  return False


if _is_loaded_as_extension():
  register()
