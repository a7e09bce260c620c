"""Numbers that tensor2tensor's flags may have; it takes any."""

from typing import Optional

from absl import flags

from t2t_af.errors import UserError

FLAGS = flags.FLAGS

_AT_LEAST = {
  "eval_steps": 1,
  "eval_throttle_seconds": 0,
  "iterations_per_loop": 1,
  "keep_checkpoint_max": 0,  # all
  "local_eval_frequency": 1,
  "num_concurrent": 1,
  "train_steps": 1,
  "worker_gpu": 0,
}
LARGEST_SEED = 2**31 - 1  # of TensorFlow and numpy


def check() -> None:
  """Raises UserError on the first flag whose number no command works with."""
  for name, smallest in _AT_LEAST.items():
    value = getattr(FLAGS, name, None)
    if value is not None and value < smallest:
      raise UserError(f"--{name} must be at least {smallest}, got {value}")
  check_seed(getattr(FLAGS, "random_seed", None), "random_seed")


def check_seed(seed: Optional[int], flag: str) -> None:
  """Raises UserError where TensorFlow has no such seed."""
  if seed is not None and not 0 <= seed <= LARGEST_SEED:
    raise UserError(f"--{flag} must be in 0 to {LARGEST_SEED}, got {seed}")
