"""Mends of what tensor2tensor does at import: parts of it, on demand alone."""

import importlib
import importlib.util
import sys
from types import ModuleType
from typing import Any

from t2t_af.compat.mend import mend

_UNTIL = "tensor2tensor is gone"
# Each imports all models, or all problems, that tensor2tensor comes with.
_STOCK = ("tensor2tensor.models", "tensor2tensor.problems")


def defer(name: str, functions: tuple[str, ...] = ()) -> None:
  """Puts off running a module until something of it is asked for.

  Submodules of a package can be imported meanwhile. A module that has been
  imported already is left as it is.

  Args:
    name: of the module.
    functions: of it, which a module that imports it takes at its own import;
      what is taken runs the module when it is called.
  """
  if name in sys.modules:
    return
  parent, _, child = name.rpartition(".")
  spec = importlib.util.find_spec(name)
  module = importlib.util.module_from_spec(spec)

  def of_it(attribute: str) -> Any:
    if attribute.startswith("__"):  # asked by who looks through all modules
      raise AttributeError(attribute)
    run(name)
    return getattr(module, attribute)

  def on_call(function: str) -> Any:
    return lambda *args, **kwargs: vars(run(name))[function](*args, **kwargs)

  module.__getattr__ = of_it
  for function in functions:
    setattr(module, function, on_call(function))
  sys.modules[name] = module
  setattr(importlib.import_module(parent), child, module)


def run(name: str) -> ModuleType:
  """Runs a module that was put off, once, and returns it."""
  module = importlib.import_module(name)
  if vars(module).pop("__getattr__", None):
    module.__spec__.loader.exec_module(module)
  return module


def load_stock() -> bool:
  """Registers all that tensor2tensor comes with; whether any was missing.

  After it everything is as if tensor2tensor had been imported as it is.
  """
  put_off = [
    name for name in _STOCK if "__getattr__" in vars(sys.modules[name])
  ]
  for name in put_off:
    run(name)
  return bool(put_off)


@mend(
  breaks="every command imports all models and problems of tensor2tensor, and "
  "with them sympy, tensorflow_datasets, gym: seconds",
  until=_UNTIL,
)
def stock_registrations() -> None:
  """Imports them when a registry is asked for a name it lacks, or for all."""
  from tensor2tensor.utils import registry

  class OnDemand(registry.Registry):
    """A registry that looks among what is put off too."""

    def __setitem__(self, key, value):
      # The stock way asks whether the key is there: that imports all.
      registering.append(key)
      try:
        super().__setitem__(key, value)
      finally:
        registering.pop()

    def __contains__(self, key):
      return key in self._registry or (
        not registering and load_stock() and key in self._registry
      )

    def __iter__(self):
      load_stock()
      return super().__iter__()

    def __len__(self):
      load_stock()
      return super().__len__()

    def keys(self):
      load_stock()
      return super().keys()

  registering: list[Any] = []
  for name in _STOCK:
    defer(name)
  for one in vars(registry.Registries).values():
    if isinstance(one, registry.Registry):
      one.__class__ = OnDemand


@mend(
  breaks="importing any problem lists the letters and signs of all of "
  "Unicode, thrice: a second",
  until=_UNTIL,
)
def unicode_tables() -> None:
  """Lists them when a text is first split into words."""
  defer("tensor2tensor.data_generators.tokenizer")
  defer("tensor2tensor.utils.bleu_hook", functions=("bleu_score",))
