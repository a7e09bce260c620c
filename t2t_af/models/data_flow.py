"""The flow in the space of the data, from hparams; and what it leaves over.

Hparams:
  data_flow         none | difference (Delta x) | affine_af (the paper)
  num_transforms    M of Eq. 9: so many transforms on top of each other
  num_cond_steps    steps a transform conditions on (the paper: 3)
  first_steps       skip: steps without a full window are conditioned on and
                    never scored (the paper); initial: they have a learned
                    shift and scale, and the whole sequence is scored, inputs
                    too
  flow_transform    affine | spline: what is done to a step
  flow_conditioner  window: Fig. 4b's of video, the highway network of series;
                    dilated: causal dilated convolutions over time
  flow_mask         none | learned: which of the past to condition on
  flow_width        of the conditioners' layers (the paper: 64, series 256)
  flow_log_scale_bound  in nats
  log_scale_clip    smooth | tanh (version 0.2): `bounds.bounded`
  normalization     batch (the paper) | group | none, of video's conditioners
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from t2t_af import effect
from t2t_af.annotations import HParams
from t2t_af.bijectors import affine_autoregressive
from t2t_af.bijectors import autoregressive
from t2t_af.bijectors import splines
from t2t_af.bijectors import stack as stack_lib
from t2t_af.bijectors import temporal_difference
from t2t_af.models import observation
from t2t_af.networks import conditioning
from t2t_af.networks import conv_conditioner
from t2t_af.networks import dilated_conditioner
from t2t_af.networks import series_conditioner

DATA_FLOWS = ("none", "difference", "affine_af")
FIRST_STEPS = ("skip", "initial")
TRANSFORMS = ("affine", "spline")
CONDITIONERS = ("window", "dilated")

_AFFINE_AF = effect.equals("data_flow", "affine_af")
READS = (
  effect.Rule(("data_flow", "first_steps"), of_weights=True),
  effect.Rule(
    ("num_transforms",),
    (effect.equals("data_flow", "difference", "affine_af"),),
    of_weights=True,
  ),
  effect.Rule(
    (
      "num_cond_steps",
      "flow_transform",
      "flow_conditioner",
      "flow_mask",
      "flow_width",
      "flow_log_scale_bound",
      "log_scale_clip",
    ),
    (_AFFINE_AF,),
    of_weights=True,
  ),
  effect.Rule(
    ("normalization",),
    (_AFFINE_AF, effect.data_is(effect.VIDEO)),
    of_weights=True,
  ),
  effect.Rule(
    ("normalization",),
    (_AFFINE_AF, effect.equals("flow_conditioner", "dilated")),
    of_weights=True,
  ),
)


class Window(NamedTuple):
  """Which steps of an example are used for what."""

  start: int  # steps before it are not looked at
  num_warmup: int  # steps with a y before the first scored one


def num_unscored(hparams: HParams) -> int:
  """First steps that have no y, of `stack(..., hparams)`."""
  if hparams.data_flow == "none":
    return 0
  if hparams.data_flow == "difference":
    return hparams.num_transforms
  if hparams.first_steps == "initial":
    return 0
  return hparams.num_cond_steps * hparams.num_transforms


def window(hparams: HParams, num_warmup_steps: int = 0) -> Window:
  """Which of the video_num_input_frames and targets are used for what.

  skip: the targets are scored; of the inputs the last ones are used, as many
  as the flow conditions on and, before the first scored step, the model of y
  warms up on. initial: every step that has a density is scored.

  Args:
    hparams: of a data-space model.
    num_warmup_steps: -1 for as many as the inputs hold.
  """
  if hparams.first_steps == "initial":
    return Window(0, 0)
  available = hparams.video_num_input_frames - num_unscored(hparams)
  num_warmup = available if num_warmup_steps == -1 else num_warmup_steps
  return Window(available - num_warmup, num_warmup)


def stack(
  step_shape: Sequence[int], hparams: HParams, training: bool
) -> stack_lib.Stack:
  """The flow from x to y (Eq. 9), the transform nearest x first.

  Args:
    step_shape: [height, width, channels] or [features].
    hparams: see the module.
    training: whether batch norm uses the batch.
  """
  event_rank = len(step_shape) + 1
  transforms, start = [], 0
  if hparams.data_flow != "none":
    for m in range(hparams.num_transforms):
      transforms.append(
        temporal_difference.TemporalDifference(event_rank, start)
        if hparams.data_flow == "difference"
        else _autoregressive(m, start, step_shape, hparams, training)
      )
      start = transforms[-1].num_unscored
  return stack_lib.Stack(transforms, event_rank)


def _autoregressive(
  m: int,
  start: int,
  step_shape: Sequence[int],
  hparams: HParams,
  training: bool,
) -> autoregressive.AutoregressiveFlow:
  """The m-th transform, its variables under flow/transform_<m>."""
  is_affine = hparams.flow_transform == "affine"
  cls = (
    affine_autoregressive.AffineAutoregressive
    if is_affine
    else splines.SplineAutoregressive
  )
  shared = dict(
    log_scale_bound=hparams.flow_log_scale_bound,
    log_scale_clip=hparams.log_scale_clip,
    num_extra=0 if is_affine else splines.num_extra(),
  )
  scope = "flow/transform_%d" % m
  initial = None
  if hparams.first_steps == "initial":
    initial = conditioning.initial(
      step_shape, name=scope + "/initial", **shared
    )
  return cls(
    _conditioner(
      step_shape, hparams, training, name=scope + "/conditioner", **shared
    ),
    hparams.num_cond_steps,
    len(step_shape) + 1,
    start,
    initial,
  )


def _conditioner(
  step_shape: Sequence[int], hparams: HParams, training: bool, **kwargs: Any
) -> conditioning.Conditioner:
  kwargs.update(
    num_cond_steps=hparams.num_cond_steps,
    width=hparams.flow_width,
    mask=hparams.flow_mask,
    precision=hparams.precision,
    jit_compile=hparams.jit_compile,
  )
  if hparams.flow_conditioner == "window" and not observation.is_video(
    step_shape
  ):
    return series_conditioner.SeriesConditioner(**kwargs)
  kwargs.update(normalization=hparams.normalization, training=training)
  if hparams.flow_conditioner == "window":
    return conv_conditioner.ConvConditioner(**kwargs)
  return dilated_conditioner.DilatedConditioner(**kwargs)
