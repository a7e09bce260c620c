"""Samples of several models from the same frames, as rows of pictures.

Each model's samples are the first ones of its samples.npz, not chosen.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from PIL import Image

from t2t_af import errors
from t2t_af.analysis.charts import pictures
from t2t_af.analysis.results import samples as samples_lib

MAX_FRAMES = 20


def read(
  paths: Mapping[str, str], num_contexts: int
) -> dict[str, samples_lib.Samples]:
  """{model: its first contexts}.

  Args:
    paths: {model: samples.npz}, at least one.
    num_contexts: how many of each; fewer where a file has fewer.

  Raises:
    UserError: if a file cannot be read, is of series, or was sampled from
      other frames or for another number of steps than the first.
  """
  by_model = {}
  for label, path in paths.items():
    samples = samples_lib.read(path, num_contexts)
    if samples is None:
      raise errors.UserError(f"{path} cannot be read")
    if samples.inputs.ndim != 5:
      raise errors.UserError(f"{path} has samples of a series and no frames")
    by_model[label] = samples
  first = next(iter(by_model))
  count = min(len(samples.inputs) for samples in by_model.values())
  by_model = {
    label: samples_lib.Samples(*(array[:count] for array in samples))
    for label, samples in by_model.items()
  }
  for label, samples in by_model.items():
    for name in ("inputs", "targets"):
      if not np.array_equal(
        getattr(samples, name), getattr(by_model[first], name)
      ):
        raise errors.UserError(
          f"{paths[label]} ({label}) and {paths[first]} ({first}) differ in "
          f"{name}, so their samples are no comparison: sample both from "
          "the same split, with as many frames given and predicted"
        )
  return by_model


def strip(
  by_model: Mapping[str, samples_lib.Samples],
  context: int,
  num_samples: int = 1,
) -> Image.Image:
  """The truth, then `num_samples` of every model, one row each."""
  return pictures.strip(
    [
      row._replace(frames=row.frames[:MAX_FRAMES])
      for row in rows(by_model, context, num_samples)
    ],
    _num_given(by_model),
  )


def animation(
  by_model: Mapping[str, samples_lib.Samples],
  context: int,
  num_samples: int = 1,
) -> bytes:
  """The same as a GIF, all in step."""
  return pictures.animation(
    rows(by_model, context, num_samples), _num_given(by_model)
  )


def rows(
  by_model: Mapping[str, samples_lib.Samples], context: int, num_samples: int
) -> list[pictures.FrameRow]:
  """Of one context: the truth, then samples of every model."""
  futures = []
  for label, samples in by_model.items():
    count = min(num_samples, samples.outputs.shape[1])
    futures += [
      (
        label if count == 1 else f"{label}, sample {i + 1}",
        samples.outputs[context, i],
      )
      for i in range(count)
    ]
  truth = next(iter(by_model.values()))
  return after_given(truth.inputs[context], truth.targets[context], futures)


def after_given(
  given: np.ndarray, truth: np.ndarray, futures: Sequence[tuple]
) -> list[pictures.FrameRow]:
  """The truth, then every future, each after the frames given.

  Args:
    given, truth: uint8 [time, height, width, channels].
    futures: [(label, frames as `truth`)].
  """
  return [
    pictures.FrameRow(label, np.concatenate([given, frames]))
    for label, frames in [("Truth", truth), *futures]
  ]


def _num_given(by_model: Mapping[str, samples_lib.Samples]) -> int:
  return next(iter(by_model.values())).inputs.shape[1]
