"""TensorFlow's deleting of old checkpoints leaves a whole one."""

import os

import pytest
import tensorflow.compat.v1 as tf

from t2t_af.experiments import checkpoints
from t2t_af.experiments import kept_checkpoints


@pytest.mark.parametrize("protects", [True, False])
def test_the_last_whole_one_is_deleted_last(tmp_path, capsys, protects):
  """Without the listener it is lost: what is tested does happen."""
  folder = str(tmp_path)
  tf.get_variable("w", [3])
  saver = tf.train.Saver(max_to_keep=2)
  tf.add_to_collection(tf.GraphKeys.SAVERS, saver)
  listener = kept_checkpoints.LastWholeListener()
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    for step in (1, 2, 3):
      if protects:
        listener.before_save(session, step)
      saver.save(session, checkpoints.prefix(folder, step))
      if step == 2:
        os.truncate(checkpoints.prefix(folder, step) + ".index", 20)
  left = [s for s in (1, 2, 3) if checkpoints.is_whole(folder, s)]
  assert left == ([1, 3] if protects else [3])
  assert checkpoints.steps_in(folder) == ([3, 1] if protects else [3, 2])
  assert ("ckpt-2 is damaged" in capsys.readouterr().err) == protects
