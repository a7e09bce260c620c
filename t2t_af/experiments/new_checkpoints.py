"""The checkpoints of a training, as they come, for who works beside it."""

from collections.abc import Iterator
import sys
from typing import Any

from tensor2tensor.utils import trainer_lib

from t2t_af.experiments import checkpoints


def pass_over_damaged() -> None:
  """Has tensor2tensor wait for the next one where a new one is damaged.

  Which is said: what is evaluated or sampled from is always whole.
  """
  stock = trainer_lib.next_checkpoint

  def next_checkpoint(*args: Any, **kwargs: Any) -> Iterator[str]:
    for path in stock(*args, **kwargs):
      fault = checkpoints.fault(path)
      if fault:
        sys.stderr.write(
          f"the checkpoint {path} is damaged: {fault}. Waiting for the next\n"
        )
      else:
        yield path

  trainer_lib.next_checkpoint = next_checkpoint
