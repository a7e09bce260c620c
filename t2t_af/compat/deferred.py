"""Modules that are run when something of them is first asked for."""

import importlib
import importlib.util
import sys
from types import ModuleType
from typing import Any


def defer(name: str, functions: tuple[str, ...] = ()) -> None:
  """Puts off running a module until something of it is asked for.

  Submodules of a package can be imported meanwhile. A module that has been
  imported already is left as it is.

  Args:
    name: of the module.
    functions: of it, which another module takes at its own import; what is
      taken runs the module when it is called.
  """
  if name in sys.modules:
    return
  parent, _, child = name.rpartition(".")
  spec = importlib.util.find_spec(name)
  module = importlib.util.module_from_spec(spec)

  def on_demand(attribute: str) -> Any:
    if attribute.startswith("__"):  # asked by who looks through all modules
      raise AttributeError(attribute)
    return getattr(run(name), attribute)

  def on_call(function: str) -> Any:
    return lambda *args, **kwargs: getattr(run(name), function)(*args, **kwargs)

  module.__getattr__ = on_demand
  for function in functions:
    setattr(module, function, on_call(function))
  sys.modules[name] = module
  setattr(importlib.import_module(parent), child, module)


def is_deferred(name: str) -> bool:
  """Whether a module has been put off and not been run since."""
  return "__getattr__" in vars(sys.modules[name])


def run(name: str) -> ModuleType:
  """Runs a module that was put off, once, and returns it."""
  module = sys.modules[name]
  if vars(module).pop("__getattr__", None):
    module.__spec__.loader.exec_module(module)
  return module
