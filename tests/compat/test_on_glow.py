"""Each mend of the stock Glow and VideoFlow does what it says."""

import numpy as np
import pytest
from tensor2tensor.layers import common_hparams
from tensor2tensor.models.video import next_frame_glow
from tensor2tensor.utils import registry
from tensor2tensor.utils import trainer_lib
import tensorflow.compat.v1 as tf


class _Video:
  """As much of a problem as the stock VideoFlow asks for."""

  frame_shape = [8, 8, 3]
  data_dir_seen = None

  def dataset(self, mode, data_dir=None, hparams=None):
    """Two videos: fewer than init_batch_size."""
    assert mode == tf.estimator.ModeKeys.TRAIN
    self.data_dir_seen = data_dir
    frames = (
      np.random.RandomState(0)
      .randint(0, 256, [2, 6] + self.frame_shape)
      .astype(np.int32)
    )
    return tf.data.Dataset.from_tensor_slices(
      {"inputs": frames[:, :3], "targets": frames[:, 3:]}
    )


def _tiny_video_flow(mode):
  hparams = next_frame_glow.next_frame_glow_bair_quant()
  hparams.override_from_dict(
    dict(
      depth=1,
      n_levels=2,
      coupling_width=4,
      latent_encoder_width=4,
      latent_encoder_depth=1,
      latent_apply_dilations=False,
      batch_size=4,
      init_batch_size=5,
      video_num_target_frames=3,
    )
  )
  hparams.add_hparam("data_dir", "some/where")
  hparams.problem = _Video()
  return next_frame_glow.NextFrameGlow(hparams, mode)


def test_stock_video_flow_is_registered():
  assert registry.model("next_frame_glow") is next_frame_glow.NextFrameGlow


def test_initialisation_batch_is_read_from_data_dir_and_full():
  model = _tiny_video_flow(tf.estimator.ModeKeys.TRAIN)
  batch = model.create_init_batch({})
  assert model.hparams.problem.data_dir_seen == "some/where"
  assert batch["inputs"].shape.as_list() == [5, 3, 8, 8, 3]
  with tf.Session() as session:
    assert session.run(batch["targets"]).max() <= 1.0  # scaled to [0, 1]


@pytest.mark.parametrize("static", [True, False])
def test_stock_video_flow_takes_a_smaller_last_batch(static):
  # 3 videos where hparams.batch_size is 4.
  model = _tiny_video_flow(tf.estimator.ModeKeys.EVAL)
  videos = np.random.RandomState(0).rand(3, 6, 8, 8, 3).astype(np.float32)
  x = (
    tf.constant(videos)
    if static
    else tf.placeholder_with_default(videos, [None, 6, 8, 8, 3])
  )
  with tf.variable_scope("model", reuse=tf.AUTO_REUSE):
    together = model.objective_tower(
      {"inputs": x[:, :3], "targets": x[:, 3:]}, init=False
    )
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    # A bit per dimension and video; 8 bits at weights that do nothing yet.
    assert session.run(together).shape == (3,)


def test_warm_started_glow_is_not_initialised_from_data():
  def hooks(start):
    hparams = common_hparams.basic_params1()
    hparams.add_hparam("warm_start_from", start)
    context = trainer_lib.HookContext(None, None, hparams)
    return next_frame_glow.NextFrameGlow.train_hooks(context)

  assert len(hooks(None)) == 1 and not hooks("some/checkpoint")
