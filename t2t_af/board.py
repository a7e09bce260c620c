"""What TensorBoard shows of a run, beside what the training's graph sums up.

Written to event files from numbers that there are anyway: nothing is added to
a graph.
"""

from collections.abc import Mapping
import os
from typing import Any

import tensorflow.compat.v1 as tf

from t2t_af.annotations import HParams


def summary(
  scalars: Mapping[str, float], images: Mapping[str, bytes] = {}
) -> tf.Summary:
  """Numbers and pictures by tag; a picture is a PNG, or a GIF, which moves."""
  return tf.Summary(
    value=[
      *(tf.Summary.Value(tag=t, simple_value=n) for t, n in scalars.items()),
      *(
        tf.Summary.Value(
          tag=tag, image=tf.Summary.Image(encoded_image_string=picture)
        )
        for tag, picture in images.items()
      ),
    ]
  )


def write(
  folder: str,
  step: int,
  scalars: Mapping[str, float],
  images: Mapping[str, bytes] = {},
) -> None:
  """Writes a `summary` of a training step into a file of its own."""
  writer = tf.summary.FileWriter(folder)
  writer.add_summary(summary(scalars, images), step)
  writer.close()


def run_summary(hparams: HParams) -> tf.Summary:
  """The hparams, for the tab HPARAMS; that they are of the run in model_dir."""
  # Here, not above: a third of a second that only a training waits for.
  from tensorboard.plugins.hparams import summary_v2

  kept: dict[str, Any] = {
    name: value
    for name, value in hparams.values().items()
    if isinstance(value, (bool, int, float, str)) and name not in _OF_RUN
  }
  return tf.Summary.FromString(
    summary_v2.hparams_pb(
      kept, trial_id=os.path.basename(os.path.abspath(hparams.model_dir))
    ).SerializeToString()
  )


# Where a run is, which is no setting.
_OF_RUN = ("model_dir", "data_dir", "warm_start_from")
