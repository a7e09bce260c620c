"""What TensorBoard shows of a run, beside what the training's graph sums up.

Written to event files from numbers that there are anyway: nothing is added to
a graph.
"""

from collections.abc import Mapping
import os

from tensor2tensor.layers import common_hparams
import tensorflow.compat.v1 as tf

from t2t_af.annotations import HParams

_FOLDERS = ("model_dir", "data_dir", "warm_start_from")  # no settings


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
  """The hparams, for the tab HPARAMS; the trial is named as model_dir is.

  Without the hundred that are as tensor2tensor has them for every model.
  """
  # Here, not above: a third of a second that only a training waits for.
  from tensorboard.plugins.hparams import summary_v2

  stock = common_hparams.basic_params1().values()
  kept = {
    name: value
    for name, value in hparams.values().items()
    if isinstance(value, (bool, int, float, str))
    and name not in _FOLDERS
    and (name not in stock or value != stock[name])
  }
  trial = os.path.basename(os.path.abspath(hparams.model_dir))
  pb = summary_v2.hparams_pb(kept, trial_id=trial)
  return tf.Summary.FromString(pb.SerializeToString())
