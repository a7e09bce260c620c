"""What values an hparam may have, wherever it is given.

Named once for all models, tensor2tensor's too: a network of depth 0, a rate
that is no number, end in tracebacks or in weights that are not finite.
"""

from collections.abc import Mapping
import math
from typing import Any

from tensor2tensor.utils import hparam

from t2t_af.errors import suggest
from t2t_af.errors import UserError
from t2t_af.models import optimization_reads
from t2t_af.models import step_report

# Smallest values. What is not listed is only to be finite.
_AT_LEAST = {
  1: (
    "batch_size",
    "coupling_width",
    "depth",
    "encoder_width",
    "eval_noise_draws",
    "flow_width",
    "hidden_size",
    "init_batch_size",
    "latent_encoder_depth",
    "latent_encoder_width",
    "latent_size",
    "n_levels",
    "num_cond_latents",
    "num_decodes",
    "optimizer_multistep_accumulate_steps",
    "video_num_input_frames",
    "video_num_target_frames",
  ),
  0: (
    "clip_grad_norm",
    "dropout",
    "grad_noise_scale",
    "learning_rate",
    "learning_rate_constant",
    "learning_rate_cosine_cycle_steps",
    "learning_rate_decay_rate",
    "learning_rate_decay_steps",
    "learning_rate_warmup_steps",
    "num_warmup_steps",
    "optimizer_adam_beta1",
    "optimizer_adam_beta2",
    "optimizer_momentum_momentum",
    "series_noise",
    "temperature",
    "weight_decay",
  ),
}
_BELOW_ONE = (
  "optimizer_adam_beta1",
  "optimizer_adam_beta2",
  "optimizer_momentum_momentum",
)
_ABOVE_ZERO = ("optimizer_adam_epsilon",)
_ALL_OR_AT_LEAST_ONE = ("num_samples",)  # -1: all
# What tensor2tensor.utils.optimize knows.
_INITIALIZERS = (
  "orthogonal",
  "uniform",
  "normal_unit_scaling",
  "uniform_unit_scaling",
  "xavier",
)


def check(hparams: hparam.HParams, before: Mapping[str, Any]) -> None:
  """Raises UserError on the first value that no model can work with.

  Args:
    hparams: as they are now.
    before: values that are not looked at; a set may hold others for options
      that it does not use.
  """
  values = {
    name: value
    for name, value in hparams.values().items()
    if name not in before or value != before[name]
  }
  for name, value in values.items():
    _check_finite(name, value)
  for smallest, names in _AT_LEAST.items():
    for name in names:
      if _number(values, name, smallest) < smallest:
        raise _refusal(name, f"at least {smallest}", values)
  for name in _BELOW_ONE:
    if _number(values, name, 0) >= 1:
      raise _refusal(name, "below 1", values)
  for name in _ABOVE_ZERO:
    if _number(values, name, 1) <= 0:
      raise _refusal(name, "above 0", values)
  for name in _ALL_OR_AT_LEAST_ONE:
    number = _number(values, name, 1)
    if number < 1 and number != -1:
      raise _refusal(name, "at least 1, or -1 for all", values)
  _check_names(values)


def _check_finite(name: str, value: Any) -> None:
  for number in value if isinstance(value, (list, tuple)) else [value]:
    if isinstance(number, float) and not math.isfinite(number):
      raise UserError(f"{name} must be a finite number, got {number}")


def _number(values: dict[str, Any], name: str, default: float) -> float:
  """The value; the default where there is none, or it is no number."""
  value = values.get(name)
  is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
  return value if is_number else default


def _refusal(name: str, wanted: str, values: dict[str, Any]) -> UserError:
  return UserError(f"{name} must be {wanted}, got {values[name]}")


def _check_names(values: dict[str, Any]) -> None:
  mode = values.get("nonfinite_updates", step_report.STOP)
  if mode not in step_report.MODES:
    raise UserError(suggest(mode, step_report.MODES, "nonfinite_updates"))
  initializer = values.get("initializer")
  if initializer and initializer not in _INITIALIZERS:
    raise UserError(suggest(initializer, _INITIALIZERS, "initializer"))
  schedule = values.get("learning_rate_schedule") or ""
  for factor in filter(None, map(str.strip, schedule.split("*"))):
    if factor not in optimization_reads.FACTORS:
      raise UserError(
        suggest(factor, optimization_reads.FACTORS, "learning_rate_schedule")
      )
