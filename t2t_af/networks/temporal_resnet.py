"""The 5-block gated ResNet over a window of latents (Appendix B).

VideoFlow's prior and the conditioner of the affine autoregressive flow are
this one network with different inputs and heads.
"""

import tensorflow.compat.v1 as tf

from t2t_af.annotations import HParams
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
      latent_apply_dilations, latent_dilation_rates.

  Returns:
    Two tensors [batch, height, width, output_channels], zero at
    initialisation because the head starts at zero.
  """
  height, channels = int(window.shape[2]), int(window.shape[-1])
  rates = dilations(hparams, height)
  h = window
  for block in range(hparams.latent_encoder_depth):
    prefix = (
      "dil_latent_3d_res_"
      if hparams.latent_apply_dilations
      else ("latent_3d_res_")
    )
    residuals = []
    for i, dilation in enumerate(rates):
      scope = prefix + str(block)
      if hparams.latent_apply_dilations:
        scope += "/dil_%d" % i
      with tf.variable_scope(scope):
        residuals.append(
          layers.conv_stack(
            h,
            hparams.latent_encoder_width,
            channels,
            hparams.latent_activation,
            dilation,
          )
        )
    h = tf.add_n([h] + residuals)
  head = layers.conv(
    "res_final", h[:, -1], 2 * output_channels, spatial_size=1, zero_init=True
  )
  return tuple(layers.interleaved(head))
