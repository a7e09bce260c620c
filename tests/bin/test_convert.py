"""`t2t-af convert` renames a checkpoint's variables and keeps their values."""

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from t2t_af import errors
from t2t_af.bin import convert


def _write(folder, names):
  with tf.Graph().as_default(), tf.Session() as session:
    for i, name in enumerate(names):
      tf.get_variable(name, initializer=np.full([2, 3], i, np.float32))
    step = tf.train.create_global_step()
    session.run(tf.global_variables_initializer())
    session.run(step.assign(12))
    return tf.train.Saver().save(session, str(folder / "model.ckpt"), 12)


def test_a_checkpoint_goes_there_and_back(tmp_path):
  stock = _write(
    tmp_path,
    [
      "next_frame_glow/body/a/W",
      "next_frame_glow/body/a/logs",
      "next_frame_glow/body/a/W/Adam",
      "losses_avg/problem_0/training",
    ],
  )
  ours = convert.convert(stock, str(tmp_path / "ours"), "video_flow")
  shapes = dict(tf.train.list_variables(ours))
  assert set(shapes) == {
    "video_flow/body/a/W",
    "video_flow/body/a/logs",
    "global_step",
  }
  back = convert.convert(ours, str(tmp_path / "back"), "next_frame_glow")
  for name in ("next_frame_glow/body/a/W", "next_frame_glow/body/a/logs"):
    np.testing.assert_array_equal(
      tf.train.load_variable(back, name), tf.train.load_variable(stock, name)
    )
  assert tf.train.load_variable(back, "global_step") == 12


def test_nothing_is_overwritten_and_strangers_are_refused(tmp_path):
  stock = _write(tmp_path, ["next_frame_glow/body/a/W"])
  convert.convert(stock, str(tmp_path / "ours"), "video_flow")
  with pytest.raises(errors.UserError, match="already"):
    convert.convert(stock, str(tmp_path / "ours"), "video_flow")
  other = tmp_path / "other"
  other.mkdir()
  with pytest.raises(errors.UserError, match="no variables of"):
    convert.convert(
      _write(other, ["transformer/body/W"]), str(tmp_path / "new"), "video_flow"
    )


def test_the_verb_takes_a_folder_or_a_checkpoint(tmp_path, capsys):
  stock = _write(tmp_path, ["next_frame_glow/body/a/W"])
  for i, source in enumerate((tmp_path, stock)):
    target = tmp_path / str(i)
    assert not convert.main([f"--from_dir={source}", f"--to_dir={target}"])
    assert capsys.readouterr().out == f"wrote {target}/model.ckpt-12\n"
    assert tf.train.latest_checkpoint(str(target))


def test_an_empty_folder_is_refused(tmp_path):
  with pytest.raises(errors.UserError, match="holds no checkpoint"):
    convert.main([f"--from_dir={tmp_path}", f"--to_dir={tmp_path}/new"])
  assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
  "name, is_slot",
  [
    ("body/W/Adam", True),
    ("body/W/Adam_1", True),
    ("body/W/m", True),
    ("body/Adam/W", False),
    ("body/m", True),
    ("body/W", False),
  ],
)
def test_slots_of_the_optimizer_are_known_by_their_name(name, is_slot):
  assert convert._is_slot(name) == is_slot
