"""KTH: ten of the published clips, where the machine has them."""

import os

import cv2
import numpy as np
from PIL import Image
import pytest

from problems import video_kth
from problems.core import options
from problems.files import frame_format
from problems.files import kth_sequences
from t2t_af.errors import UserError
from tests.fixtures import real_data

SPLITS = ("train", "eval", "test")


def test_levels_and_shape_are_those_of_the_papers_code_before_it_stretches():
  """Luma, then bilinear to 64x64; against OpenCV and Pillow used directly."""
  path = real_data.path("kth/walking/person14_walking_d2_uncomp.avi")
  with open(path, "rb") as stream:
    video_format = frame_format.Format(64, 64, 1, "stretch")
    video = video_kth.video_files.decode_bytes(
      stream.read(), video_format, path
    )
  capture = cv2.VideoCapture(path)
  for t in range(3):
    _, bgr = capture.read()
    image = (
      Image.fromarray(bgr[..., ::-1])
      .convert("L")
      .resize((64, 64), Image.BILINEAR)
    )
    np.testing.assert_array_equal(video[t, ..., 0], np.asarray(image))
  capture.release()


def test_real_clips_have_the_frames_that_the_list_says():
  root = real_data.path("kth")
  with open(os.path.join(root, "00sequences.txt"), encoding="ascii") as text:
    clips = kth_sequences.parse(text.read(), "00sequences.txt")
  found = 0
  for clip in clips:
    path = os.path.join(root, clip.action, clip.filename)
    if not os.path.exists(path):
      continue
    found += 1
    video_format = frame_format.Format(8, 8, 1, "stretch")
    scan = video_kth.video_files.scan(path, video_format)
    frames = list(video_kth.video_files.decode(path, video_format))
    assert scan == (len(frames), ())
    assert len(frames) == max(last for _, last in clip.ranges)
  assert found == 10


def test_real_clips_make_a_sample_of_the_data_set(tmp_path):
  root, data_dir = real_data.path("kth"), str(tmp_path / "data")
  problem = video_kth.VideoKth()
  with pytest.raises(UserError, match="589 of 599 clips are missing"):
    problem.generate_data(data_dir, root)
  with options.using(allow_missing=True):
    problem.generate_data(data_dir, root)
  clips = {
    name: frames
    for split in SPLITS
    for name, frames in problem.each_sequence(data_dir, split)
  }
  counts = [len(problem.read_sequences(data_dir, s, 20)[1]) for s in SPLITS]
  assert counts == [16, 16, 8]
  for name, frames in clips.items():
    first, last = map(int, name.split("/")[-1].split("-"))
    assert frames.shape == (last - first + 1, 64, 64, 1)
    # Contrast is as filmed: no frame is stretched to all of 0..255.
    assert (frames.min((1, 2, 3)) > 0).all() or (
      frames.max((1, 2, 3)) < 255
    ).all()
