"""What models with a flow in data space ask of hparams and of the data.

Checked before any graph is built.
"""

from collections.abc import Sequence

from t2t_af import errors
from t2t_af.annotations import HParams
from t2t_af.models import base_distribution
from t2t_af.models import data_flow
from t2t_af.models import observation
from t2t_af.models import requirements
from t2t_af.networks import conditioning
from t2t_af.networks import normalization

_CHOICES = {
  "base_distribution": base_distribution.BASES,
  "data_flow": data_flow.DATA_FLOWS,
  "first_steps": data_flow.FIRST_STEPS,
  "flow_transform": data_flow.TRANSFORMS,
  "flow_conditioner": data_flow.CONDITIONERS,
  "flow_mask": conditioning.MASKS,
  "normalization": normalization.KINDS,
  "dequantization": observation.DEQUANTIZATIONS,
}


def check(
  hparams: HParams, step_shape: Sequence[int], num_warmup_steps: int = 0
) -> None:
  """Raises UserError where the hparams or the data do not fit a model.

  Args:
    hparams: of a data-space model.
    step_shape: (height, width, channels) or (features,).
    num_warmup_steps: as `data_flow.window`.
  """
  requirements.one_of(hparams, _CHOICES)
  requirements.at_least(
    hparams,
    dict(
      num_cond_steps=1,
      video_num_target_frames=1,
      video_num_input_frames=0,
      series_noise=0,
    ),
  )
  requirements.positive(
    hparams, "flow_log_scale_bound", "flow_width", "temperature"
  )
  floor = hparams.scale_floor
  if not (floor >= 0 or floor == -1):  # NaN too
    raise errors.UserError(
      "scale_floor must be at least 0, or -1 for series_noise, got %g" % floor
    )
  if hparams.num_transforms < 1:
    raise errors.UserError(
      "num_transforms must be at least 1, got %d. A model without a flow is "
      "slvm with data_flow=none." % hparams.num_transforms
    )
  if len(step_shape) not in (1, 3) or None in step_shape:
    raise errors.UserError(
      "a step must be a frame [height, width, channels] or [features], got "
      "%s" % list(step_shape)
    )
  _check_steps(hparams, num_warmup_steps)


def check_autoregressive_flow(hparams: HParams) -> None:
  """Raises UserError on what `autoregressive_flow` alone refuses."""
  if hparams.data_flow != "affine_af":
    raise errors.UserError(
      "autoregressive_flow is built for data_flow=affine_af, got %s. The "
      "model slvm has the others." % hparams.data_flow
    )


def _check_steps(hparams: HParams, num_warmup_steps: int) -> None:
  """Whether inputs and targets are enough for the windows of the flow."""
  num_unscored = data_flow.num_unscored(hparams)
  num_inputs = hparams.video_num_input_frames
  if num_warmup_steps < -1:
    raise errors.UserError(
      "num_warmup_steps must be -1 (all there are) or a number of steps, got "
      "%d" % num_warmup_steps
    )
  if hparams.first_steps == "initial":
    if num_warmup_steps > 0:
      raise errors.UserError(
        "first_steps=initial scores every step, so num_warmup_steps must be "
        "0 or -1, got %d" % num_warmup_steps
      )
    if num_inputs + hparams.video_num_target_frames > num_unscored:
      return
  needed = num_unscored + max(0, num_warmup_steps)
  if num_inputs < needed:
    raise errors.UserError(
      "video_num_input_frames=%d, but %d are needed: %d that the flow "
      "(data_flow=%s, num_transforms=%d, num_cond_steps=%d) conditions on "
      "and %d to warm up on"
      % (
        num_inputs,
        needed,
        num_unscored,
        hparams.data_flow,
        hparams.num_transforms,
        hparams.num_cond_steps,
        max(0, num_warmup_steps),
      )
    )
