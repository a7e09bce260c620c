"""`bench generation`: writing BAIR, ours against tensor2tensor's.

    t2t-af bench generation [--videos_per_file=8] [--rounds=3] [--json[=FILE]]

Both read the same archive, made here in the true layout and format, and write
complete data sets; alternating, in one process. Counted is the time of a
generation from unpacking to writing, divided by the frames.
"""

import contextlib
import hashlib
import os
import shutil
import tarfile
import tempfile
import time

import numpy as np
from tensor2tensor.data_generators import bair_robot_pushing
import tensorflow.compat.v1 as tf

from benchmarks import result
from problems import video_bair
from problems.files import download
from t2t_af import progress
from t2t_af.bin import arguments

WANTED = 3.0  # times as fast, per frame
_ROOT = "softmotion30_44k"
_NUM_FRAMES, _SIZE = 30, 64
_FILES = [
  "train/traj_%d_to_%d" % (256 * i, 256 * i + 255) for i in range(1, 6)
] + ["test/traj_0_to_255"]


def main(argv: list[str]) -> int:
  """Measures both generators and prints the ratio."""
  parser = arguments.parser("bench generation", __doc__)
  parser.add_argument(
    "--videos_per_file",
    type=int,
    default=8,
    help=f"in each of {len(_FILES)} files; 30 frames each",
  )
  result.add_arguments(parser)
  args = parser.parse_known_args(argv)[0]
  result.report([measure(args.videos_per_file, args.rounds)], args.json)
  return 0


def measure(videos_per_file: int, rounds: int) -> result.Result:
  """Milliseconds per frame of both generators, alternating."""
  num_frames = len(_FILES) * videos_per_file * _NUM_FRAMES
  milliseconds = {"ours": [], "stock": []}
  with tempfile.TemporaryDirectory(prefix="t2t_af_bench_") as folder:
    archive = write_archive(folder, videos_per_file)
    problems = {
      "stock": bair_robot_pushing.VideoBairRobotPushing(),
      "ours": _ours(archive),
    }
    for _ in progress.bar(range(rounds), label="generating", unit="round"):
      for name, problem in problems.items():
        seconds = _generate(problem, archive, os.path.join(folder, name))
        milliseconds[name].append(1000.0 * seconds / num_frames)
  return result.Result(
    "generation",
    f"writing BAIR, {num_frames} frames of 64x64x3",
    "ms per frame",
    "video_bair",
    "tensor2tensor's video_bair_robot_pushing",
    milliseconds["ours"],
    milliseconds["stock"],
    True,
    WANTED,
  )


def write_archive(folder: str, videos_per_file: int) -> str:
  """A small archive with BAIR's layout, names and records; its path.

  Pictures are smooth with a camera's noise, as PNG compresses noise slowly
  and an even surface fast.
  """
  rng = np.random.default_rng(0)
  root = os.path.join(folder, _ROOT)
  for stem in _FILES:
    path = os.path.join(root, stem + ".tfrecords")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with tf.python_io.TFRecordWriter(path) as writer:
      for _ in range(videos_per_file):
        writer.write(_example(_video(rng), _video(rng)))
  archive = os.path.join(folder, os.path.basename(bair_robot_pushing.DATA_URL))
  with tarfile.open(archive, "w") as tar:
    tar.add(root, arcname=_ROOT)
  shutil.rmtree(root)
  return archive


def _video(rng: np.random.Generator) -> np.ndarray:
  """uint8 [30, 64, 64, 3]: a smooth scene that drifts, with noise."""
  coarse = rng.uniform(40, 215, (8, 8, 3))
  scene = np.kron(coarse, np.ones((8, 8, 1)))
  for axis in (0, 1):  # from blocks to slopes
    scene = sum(np.roll(scene, i, axis) for i in range(-4, 5)) / 9.0
  frames = np.stack([np.roll(scene, t, 1) for t in range(_NUM_FRAMES)])
  frames += rng.normal(0.0, 2.0, frames.shape)
  return np.clip(np.rint(frames), 0, 255).astype(np.uint8)


def _example(main: np.ndarray, aux1: np.ndarray) -> bytes:
  """The four features of every frame, raw RGB: 741,610 bytes with framing."""
  feature = {}
  for i in range(_NUM_FRAMES):
    for camera, frames in (("main", main), ("aux1", aux1)):
      feature[f"{i}/image_{camera}/encoded"] = tf.train.Feature(
        bytes_list=tf.train.BytesList(value=[frames[i].tobytes()])
      )
    for name, size in (("action", 4), ("endeffector_pos", 3)):
      feature[f"{i}/{name}"] = tf.train.Feature(
        float_list=tf.train.FloatList(value=[0.1 * i] * size)
      )
  return tf.train.Example(
    features=tf.train.Features(feature=feature)
  ).SerializeToString()


def _ours(archive: str) -> video_bair.VideoBair:
  """Our problem, with this archive's size and checksum for the real one's."""
  problem = video_bair.VideoBair()
  with open(archive, "rb") as stream:
    digest = hashlib.sha256(stream.read()).hexdigest()
  problem.archive = download.Source(
    os.path.basename(archive), (), os.path.getsize(archive), digest
  )
  return problem


def _generate(problem, archive: str, folder: str) -> float:
  """Seconds of one complete generation in a new folder, as for a user."""
  shutil.rmtree(folder, ignore_errors=True)
  data_dir, tmp_dir = (os.path.join(folder, n) for n in ("data", "tmp"))
  os.makedirs(data_dir)
  os.makedirs(tmp_dir)
  os.link(archive, os.path.join(tmp_dir, os.path.basename(archive)))
  with tf.Graph().as_default(), open(os.devnull, "w") as nowhere:
    with (
      contextlib.redirect_stdout(nowhere),
      contextlib.redirect_stderr(nowhere),
    ):
      start = time.perf_counter()
      problem.generate_data(data_dir, tmp_dir)
      return time.perf_counter() - start
