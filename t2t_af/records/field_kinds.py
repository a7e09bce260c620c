"""What kinds of values the fields of records have, as far as readers count on.

A record that a person or a fault has changed is told by the line it is in,
before a table or a figure fails over it.
"""

from collections.abc import Mapping
import re
from typing import Any, Optional

_NUMBER, _TEXT, _LIST = (int, float), (str,), (list,)
# The first that matches a name counts.
_KINDS = (
  (r"nll_nats_per_dim_per_(step|sequence)|num_windows_per_sequence", _LIST),
  (r"(psnr|ssim|lpips|rmse).*_per_(step|context)(_stderr)?", _LIST),
  (r"sequence_ids|recordings", _LIST),
  (r"pit_counts|coverage|coverage_levels|coverage_stderr", _LIST),
  (
    r"nll_.*|(corr|psnr|ssim|crps|lpips).*_stderr|num_.*|dims_.*|step|seed|"
    r"correlation|crps|fvd",
    _NUMBER,
  ),
  (r"seconds_per_step|train_fraction.*|chosen_of_steps|lpips_.*", _NUMBER),
  (r"(psnr|ssim)_best_of_n|scale_floor|noise_std|temperature", _NUMBER),
  (r"kind|model|hparams|hparams_set|problem|split|checkpoint|time", _TEXT),
  (r"name|signal|dequantization|method|.*_fingerprint", _TEXT),
  (r"precision|sample_mode|sample_conditioning|split_protocol", _TEXT),
)
# What no record of a kind is without.
_PLACE = ("problem", "split", "step")
_NEEDED = {
  "likelihood": _PLACE,
  "correlation": (*_PLACE, "signal"),
  "samples": _PLACE,
  "calibration": (
    *_PLACE,
    *("coverage", "coverage_levels", "pit_counts"),
    *("num_values", "num_sequences"),
  ),
  "reference": ("problem", "split", "name"),
  "training": ("step",),
}
_LISTS_OF_NUMBERS = r"nll_.*|(psnr|ssim|lpips)_per_step|num_.*|pit_counts"


def fault(record: Mapping[str, Any]) -> Optional[str]:
  """Which field is missing or of another kind, in words; None where none is.

  None is a value of every other field: what is not known, or not finite.
  """
  for name in _NEEDED.get(str(record.get("kind")), ()):
    if record.get(name) is None:
      return f"{name} is missing"
  for name, value in record.items():
    kinds = next(
      (k for pattern, k in _KINDS if re.fullmatch(pattern, name)), ()
    )
    if kinds and value is not None and not _is(value, kinds):
      return f"{name} is {_shown(value)}"
    if isinstance(value, list) and re.fullmatch(_LISTS_OF_NUMBERS, name):
      odd = [v for v in value if v is not None and not _is(v, _NUMBER)]
      if odd:
        return f"{name} has {_shown(odd[0])} in it"
  return None


def _is(value: Any, kinds: tuple) -> bool:
  return isinstance(value, kinds) and not isinstance(value, bool)


def _shown(value: Any) -> str:
  text = repr(value)
  return text if len(text) <= 40 else f"{text[:40]}..."
