"""While a run is trained, a whole checkpoint is always left."""

import os
import sys

import tensorflow.compat.v1 as tf

from t2t_af.experiments import checkpoints


class LastWholeListener(tf.train.CheckpointSaverListener):
  """Before a checkpoint is saved, sees to it that the last whole one stays.

  TensorFlow deletes the oldest of those it keeps when it has saved another. So
  it keeps two at least, and where the newest was damaged since, by a disk, the
  newest that is whole is made the last to be deleted.
  """

  def before_save(self, session: tf.Session, global_step_value: int) -> None:
    """Looks at the checkpoints that are there, the newest first."""
    del global_step_value
    (saver,) = session.graph.get_collection(tf.GraphKeys.SAVERS)
    kept = saver.last_checkpoints
    if not kept:
      return
    fault = checkpoints.fault(kept[-1])
    if not fault:
      return
    sys.stderr.write(f"the checkpoint {kept[-1]} is damaged: {fault}\n")
    whole = [path for path in kept if not checkpoints.fault(path)]
    # With times, by which some stay for good; 0: none of these.
    saver.set_last_checkpoints_with_time(
      [(path, 0.0) for path in kept if path not in whole]
      + [(path, os.path.getmtime(path + ".index")) for path in whole]
    )
