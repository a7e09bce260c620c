"""Which windows of a split are sampled from, or drawn, for all of it.

Of video the first sequences. Of series windows evenly apart, because one long
series has very many.
"""

from typing import Callable

from tensor2tensor.utils.hparam import HParams
import tensorflow.compat.v1 as tf


def stride(hparams: HParams, split: str, count: int) -> int:
  """How far apart `count` windows of a series are, at least 1.

  Args:
    hparams: with data_dir, problem and numbers of steps.
    split: "train", "dev" or "test", all of it.
    count: how many; below 0 for all.
  """
  problem = hparams.problem
  total = problem.num_windows(
    problem.split_files(hparams.data_dir, split),
    hparams.video_num_input_frames,
    hparams.video_num_target_frames,
  )
  return 1 if count < 0 else max(1, total // max(1, count))


def input_fn(
  hparams: HParams,
  split: str,
  count: int,
  all_windows: Callable[..., tf.data.Dataset],
) -> Callable:
  """An input_fn of `count` (below 0: all) of the windows of another, a series'.

  Args:
    hparams, split, count: as `stride`.
    all_windows: an input_fn of all windows of the split, in batches.
  """
  apart = stride(hparams, split, count)

  def spread_fn(params, config):
    windows = all_windows(params, config).unbatch().shard(apart, 0)
    return windows.take(count).batch(hparams.batch_size)

  return all_windows if count < 0 else spread_fn
