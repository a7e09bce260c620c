"""Mends of what tensor2tensor imports: what few need, on demand alone."""

import sys
from typing import Any

from t2t_af.compat import deferred
from t2t_af.compat.mend import mend

_UNTIL = "tensor2tensor is gone"
# Each imports all models, or all problems, that tensor2tensor comes with.
_STOCK = ("tensor2tensor.models", "tensor2tensor.problems")
_COMPLETE = "optimizers"  # none of the models registers one


def load_stock() -> bool:
  """Registers all that tensor2tensor comes with; whether any was missing.

  Everything is then as if tensor2tensor had been imported the stock way.
  """
  put_off = [name for name in _STOCK if deferred.is_deferred(name)]
  for name in put_off:
    deferred.run(name)
  return bool(put_off)


@mend(
  breaks="every command imports all models and problems of tensor2tensor, and "
  "with them sympy, tensorflow_datasets and gym: more than a second",
  until=_UNTIL,
)
def stock_registrations() -> None:
  """Imports them when a registry is asked for all, or for what it lacks."""
  from tensor2tensor.utils import registry

  registering: list[Any] = []

  class OnDemand(registry.Registry):
    """A registry that looks among what is put off too."""

    def __setitem__(self, key, value):
      registering.append(key)  # asks whether it is there already
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

  for name in _STOCK:
    deferred.defer(name)
  for name, one in vars(registry.Registries).items():
    if isinstance(one, registry.Registry) and name != _COMPLETE:
      one.__class__ = OnDemand


@mend(
  breaks="importing any problem lists the letters and signs of all of "
  "Unicode, thrice: a second",
  until=_UNTIL,
)
def unicode_tables() -> None:
  """Lists them when a text is first split into words."""
  deferred.defer("tensor2tensor.data_generators.tokenizer")
  deferred.defer("tensor2tensor.utils.bleu_hook", functions=("bleu_score",))


@mend(
  breaks="importing any problem imports scipy.signal: tenths of a second",
  until=_UNTIL,
)
def audio() -> None:
  """Imports it when a spectrogram is first asked for."""
  deferred.defer("tensor2tensor.layers.common_audio")


@mend(
  breaks="importing tf_slim imports scikit-learn, for the score of a "
  "clustering, which nothing here takes: tenths of a second",
  until=_UNTIL,
)
def slim_without_sklearn() -> None:
  """Lets tf_slim think that scikit-learn is not there."""
  if "tf_slim" in sys.modules or "sklearn" in sys.modules:
    return
  sys.modules["sklearn"] = None  # importing it raises ImportError
  try:
    import tf_slim  # noqa: F401
  finally:
    del sys.modules["sklearn"]
