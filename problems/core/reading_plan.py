"""How the sequences of a data set are to be cut into windows."""

from typing import Callable, NamedTuple, Optional

from tensor2tensor.utils import hparam
import tensorflow.compat.v1 as tf

from t2t_af.errors import UserError

# The protocol of the paper: three steps conditioned on, ten scored.
_NUM_INPUTS = 3
_NUM_TARGETS = 10

Change = Callable[[tf.Tensor], tf.Tensor]


class Plan(NamedTuple):
  """How sequences are to be cut into windows.

  Attributes:
    num_inputs, num_targets: steps of a window.
    change: of the steps of a sequence, before anything is cut; None: none.
  """

  num_inputs: int
  num_targets: int
  change: Optional[Change] = None

  @property
  def length(self) -> int:
    """Steps of a window."""
    return self.num_inputs + self.num_targets


def window_lengths(
  mode: str, hparams: Optional[hparam.HParams], shortest: int, what: str
) -> tuple[int, int]:
  """Numbers of input and of target steps, checked against the data.

  Args:
    mode: a tf.estimator.ModeKeys.
    hparams: may have video_num_input_frames and video_num_target_frames.
    shortest: length of the shortest sequence.
    what: "<problem>'s <steps>", for the error.
  """
  num_inputs = getattr(hparams, "video_num_input_frames", _NUM_INPUTS)
  num_targets = getattr(hparams, "video_num_target_frames", _NUM_TARGETS)
  if num_inputs < 0 or num_targets < 1:
    raise UserError(
      f"video_num_input_frames={num_inputs} and video_num_target_frames="
      f"{num_targets}: at least 0 and 1 are needed"
    )
  if mode == tf.estimator.ModeKeys.PREDICT:
    # A model can go on beyond the steps that there are to compare with.
    num_targets = min(num_targets, max(1, shortest - num_inputs))
  if num_inputs + num_targets > shortest:
    raise UserError(
      f"{what}: {num_inputs} input and {num_targets} target steps were asked "
      "for (video_num_input_frames, video_num_target_frames), but the "
      f"shortest sequence has {shortest}"
    )
  return num_inputs, num_targets
