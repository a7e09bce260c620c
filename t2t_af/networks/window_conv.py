"""A convolution of every window of three frames, with fewer products."""

import tensorflow.compat.v1 as tf

from t2t_af import time_axis
from t2t_af.networks import products


def window_conv(
  frames: tf.Tensor, kernel: tf.Tensor, by_pairs: bool = True
) -> tf.Tensor:
  """3x3 convolution of the k frames of a window, side by side in channels.

  Neighbouring windows share frames, and over time this is a filter of k taps.
  Where k is 3 and the number of frames is static, two windows at a time are
  made of four convolutions of one frame instead of six (Winograd's minimal
  filtering F(2, 3)). With frames d0 ... d3 and the taps' kernels g0, g1, g2:

    first = (d0 - d2) * g0       plus  = (d1 + d2) * (g0 + g1 + g2) / 2
    last  = (d3 - d1) * g2       minus = (d2 - d1) * (g0 - g1 + g2) / 2
    window 0: plus + minus + first      window 1: plus - minus + last

  which is exact but for rounding, and lets no window see a frame that is not
  in it, however the sums are rounded. Below float32 training, which sees many
  windows, and sampling, which sees one, would use two conditioners.

  Args:
    frames: [batch, time, height, width, channels], time at least k.
    kernel: [3, 3, k * channels, output_channels], the oldest frame first, of
      `products.factor`.
    by_pairs: False: window by window, in one product of all taps.

  Returns:
    [batch, time - k + 1, height, width, output_channels].
  """
  num_taps = int(kernel.shape[2]) // int(frames.shape[-1])
  num_frames = frames.shape.as_list()[1]
  by_pairs &= num_taps == 3 and num_frames not in (None, num_taps)
  if not by_pairs:
    return _conv(
      tf.concat(time_axis.shifted(frames, num_taps), axis=-1), kernel
    )
  return _by_pairs(frames, kernel, num_frames - 2)


def _conv(x: tf.Tensor, kernel: tf.Tensor) -> tf.Tensor:
  return time_axis.unfold(products.conv2d(time_axis.fold(x), kernel), x)


def _by_pairs(
  frames: tf.Tensor, kernel: tf.Tensor, num_windows: int
) -> tf.Tensor:
  """F(2, 3); an odd number of windows gets one more, which is cut off."""
  batch, num_frames, *shape = frames.shape.as_list()
  if num_windows % 2:
    frames = tf.pad(frames, [[0, 0], [0, 1]] + [[0, 0]] * 3)
    num_frames += 1
  batch = tf.shape(frames)[0] if batch is None else batch
  even, odd = tf.unstack(
    tf.reshape(frames, [batch, num_frames // 2, 2] + shape), axis=2
  )
  (d0, d2), (d1, d3) = time_axis.shifted(even, 2), time_axis.shifted(odd, 2)
  g0, g1, g2 = tf.split(kernel, 3, axis=2)
  outer, inner = 0.5 * (g0 + g2), 0.5 * g1
  plus = _conv(d1 + d2, outer + inner)
  minus = _conv(d2 - d1, outer - inner)
  windows = tf.stack(
    [plus + minus + _conv(d0 - d2, g0), plus - minus + _conv(d3 - d1, g2)],
    axis=2,
  )
  windows = tf.reshape(
    windows, [batch, num_frames - 2, *shape[:-1], int(kernel.shape[-1])]
  )
  return windows[:, :-1] if num_windows % 2 else windows
