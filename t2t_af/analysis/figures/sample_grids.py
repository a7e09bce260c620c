"""Samples of several models from the same frames (Fig. 7, 13, 14).

Each model's samples are the first ones of its samples.npz, not chosen.
"""

from collections.abc import Mapping

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
  found = {}
  for label, path in paths.items():
    samples = samples_lib.read(path, num_contexts)
    if samples is None:
      raise errors.UserError(f"{path} cannot be read")
    if samples.inputs.ndim != 5:
      raise errors.UserError(f"{path} has samples of a series and no frames")
    found[label] = samples
  first = next(iter(found))
  count = min(len(samples.inputs) for samples in found.values())
  found = {
    label: samples_lib.Samples(*(array[:count] for array in samples))
    for label, samples in found.items()
  }
  for label, samples in found.items():
    for name in ("inputs", "targets"):
      if not np.array_equal(
        getattr(samples, name), getattr(found[first], name)
      ):
        raise errors.UserError(
          f"{paths[label]} ({label}) and {paths[first]} ({first}) differ in "
          f"{name}, so their samples are no comparison: sample both from "
          "the same split, with as many frames given and predicted"
        )
  return found


def strip(
  found: Mapping[str, samples_lib.Samples], context: int, num_samples: int = 1
) -> Image.Image:
  """The truth, then `num_samples` of every model, one row each."""
  truth = next(iter(found.values()))
  return pictures.strip(
    [
      row._replace(frames=row.frames[:MAX_FRAMES])
      for row in rows(found, context, num_samples)
    ],
    truth.inputs.shape[1],
  )


def animation(
  found: Mapping[str, samples_lib.Samples], context: int, num_samples: int = 1
) -> bytes:
  """The same as a GIF, all in step."""
  truth = next(iter(found.values()))
  return pictures.animation(
    rows(found, context, num_samples), truth.inputs.shape[1]
  )


def rows(
  found: Mapping[str, samples_lib.Samples], context: int, num_samples: int
) -> list[pictures.Row]:
  """Of one context; frames uint8 [time, height, width, channels]."""
  truth = next(iter(found.values()))
  given = truth.inputs[context]
  shown = [
    pictures.Row("Truth", np.concatenate([given, truth.targets[context]]))
  ]
  for label, samples in found.items():
    count = min(num_samples, samples.outputs.shape[1])
    shown += [
      pictures.Row(
        label if count == 1 else f"{label}, sample {i + 1}",
        np.concatenate([given, samples.outputs[context, i]]),
      )
      for i in range(count)
    ]
  return shown
