"""The 5-block gated ResNet over a window of latents (Appendix B).

VideoFlow's prior and the conditioner of the affine autoregressive flow are
this one network with different inputs and heads.
"""

from collections.abc import Sequence
from typing import Any, Callable

import tensorflow.compat.v1 as tf

from t2t_af.annotations import HParams
from t2t_af.networks import conv_stack
from t2t_af.networks import ddi
from t2t_af.networks import graph_function
from t2t_af.networks import layers


def dilations(hparams: HParams, height: int) -> list[int]:
  """Distances between taps that fit a map of this height: [1] or [1, 2, 4].

  tensor2tensor's rule: rate r is a kernel with r holes between its taps,
  3 + 2 * r rows high, allowed where the map is as high.
  """
  rates = (
    hparams.latent_dilation_rates if hparams.latent_apply_dilations else []
  )
  return [1] + [rate + 1 for rate in rates if 3 + 2 * rate <= height]


def temporal_resnet(
  window: tf.Tensor, output_channels: int, hparams: HParams
) -> tuple[tf.Tensor, tf.Tensor]:
  """Maps a window of latents to two maps, e.g. loc and log_scale.

  h <- h + sum over dilations of conv_stack(h), `latent_encoder_depth` times;
  the last step of h, which has seen the whole window, goes through a 1x1 head.

  Args:
    window: [batch, time, height, width, channels].
    output_channels: channels of each of the two results.
    hparams: latent_encoder_depth, latent_encoder_width, latent_activation,
      latent_apply_dilations, latent_dilation_rates, recompute, precision,
      jit_compile.

  Returns:
    Two tensors [batch, height, width, output_channels], zero at
    initialisation because the head starts at zero.
  """
  height, channels = int(window.shape[2]), int(window.shape[-1])
  stacks = tuple(
    conv_stack.ConvStack(
      channels,
      hparams.latent_encoder_width,
      channels,
      hparams.latent_activation,
      dilation,
      int(window.shape[1]),
      hparams.precision,
    )
    for dilation in dilations(hparams, height)
  )
  h = tuple(tf.unstack(window, axis=1))
  for block in range(hparams.latent_encoder_depth):
    scopes = _scopes(block, len(stacks), hparams)
    weights = tuple(_under(s, k.weights) for s, k in zip(scopes, stacks))
    if ddi.active():
      h = ddi.call(_initialized_block, h, weights, stacks=stacks)
      continue
    is_last = block == hparams.latent_encoder_depth - 1
    h = graph_function.call(
      _block,
      h,
      weights,
      stacks=stacks,
      num_outputs=1 if is_last else len(h),
      recompute=hparams.recompute,
      jit_compile=hparams.jit_compile,
    )
  head = layers.conv(
    "res_final",
    h[-1],
    2 * output_channels,
    spatial_size=1,
    zero_init=True,
    precision=hparams.precision,
  )
  return tuple(layers.interleaved(head))


def _block(
  h: layers.Window,
  weights: tuple[tuple[layers.Weights, ...], ...],
  *,
  stacks: tuple[conv_stack.ConvStack, ...],
  num_outputs: int,
) -> layers.Window:
  """h + sum over dilations of conv_stack(h), the last steps of it."""
  residuals = [
    stack.apply(h, w, num_outputs) for stack, w in zip(stacks, weights)
  ]
  return _sums(h[-num_outputs:], residuals)


def _initialized_block(
  h: layers.Window,
  weights: tuple[tuple[layers.Weights, ...], ...],
  batch_number: tf.Tensor,
  *,
  stacks: tuple[conv_stack.ConvStack, ...],
) -> tuple[layers.Window, tuple[tuple[layers.Weights, ...], ...]]:
  """As `_block` of all steps, and the weights that h set (`ddi`)."""
  residuals, new = zip(
    *[s.initialize(h, w, batch_number) for s, w in zip(stacks, weights)]
  )
  return _sums(h, residuals), new


def _sums(
  h: layers.Window, residuals: Sequence[layers.Window]
) -> layers.Window:
  """Of every step."""
  return tuple(tf.add_n(list(of_step)) for of_step in zip(h, *residuals))


def _scopes(block: int, number: int, hparams: HParams) -> list[str]:
  """tensor2tensor's, of the stacks of a block."""
  if not hparams.latent_apply_dilations:
    return ["latent_3d_res_%d" % block]
  return ["dil_latent_3d_res_%d/dil_%d" % (block, i) for i in range(number)]


def _under(scope: str, fn: Callable) -> Any:
  with tf.variable_scope(scope):
    return fn()
