"""Readers of files, and what is right of what they read.

Each has a file that it reads, whole; that is changed, and read again.
"""

import io
import os
from typing import Any, Callable, NamedTuple
import zipfile

import numpy as np

from problems.core import shards
from problems.files import archives
from problems.files import array_files
from problems.files import frame_format
from problems.files import idx_file
from problems.files import npy_file
from problems.files import picture_folder
from problems.files import tfrecord
from problems.files import video_inputs
from t2t_af.analysis.results import flow_arrays
from t2t_af.analysis.results import samples
from tests.faults import mutations
from tests.fixtures import av_videos
from tests.fixtures import user_videos
from tests.fixtures import walks

Change = Callable[[bytes, np.random.Generator], bytes]
_FORMAT = frame_format.Format(16, 16)


class Reader(NamedTuple):
  """A reader of one file.

  Attributes:
    path: the file, which is whole.
    read: reads it; may raise UserError.
    change: of its content.
    wrong: of what was read, of what was read when it was whole, and of the
      content now: what is wrong, "" for nothing.
  """

  path: str
  read: Callable[[], Any]
  change: Change = mutations.changed_bytes
  wrong: Callable[[Any, Any, bytes], str] = lambda found, whole, content: ""


def _only_whole(found: Any, whole: Any, content: bytes) -> str:
  """Of files with checksums: what is read is what was there."""
  same = found == whole
  return "" if same else "other content than was written, without a word"


def _part_of_whole(found: dict, whole: dict, content: bytes) -> str:
  """Of an archive: the files of the same name."""
  bad = [k for k in found if k in whole and found[k] != whole[k]]
  return f"other content of {bad[0]}" if bad else ""


def _as_numpy(found: np.ndarray, whole: Any, content: bytes) -> str:
  same = np.array_equal(np.load(io.BytesIO(content)), found, equal_nan=True)
  return "" if same else "not what NumPy reads"


def _as_bytes(found: np.ndarray, whole: Any, content: bytes) -> str:
  """Of a plain idx file: what follows its header of 16 bytes."""
  return "" if found.tobytes() == content[16:] else "other bytes"


def _put(path: str, content: bytes) -> str:
  os.makedirs(os.path.dirname(path), exist_ok=True)
  with open(path, "wb") as stream:
    stream.write(content)
  return path


def _saved(function: Callable, *args: Any, **kwargs: Any) -> bytes:
  stream = io.BytesIO()
  function(stream, *args, **kwargs)
  return stream.getvalue()


def _tfrecord(folder: str) -> Reader:
  datas = [bytes([k]) * (20 * k) for k in range(1, 6)]
  framed = b"".join(a + d + b for d in datas for a, b in [tfrecord.framing(d)])
  path = _put(os.path.join(folder, "records"), framed)

  def read() -> list:
    with open(path, "rb") as stream:
      return list(tfrecord.read(stream, path, size=len(framed)))

  return Reader(path, read, wrong=_only_whole)


def _zip(folder: str) -> Reader:
  stream = io.BytesIO()
  with zipfile.ZipFile(stream, "w") as made:
    for k in range(4):
      packing = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)[k % 2]
      made.writestr(f"top/{k}.txt", f"number {k}\n" * 30, packing)
  path = _put(os.path.join(folder, "a.zip"), stream.getvalue())

  def read() -> dict:
    with archives.Archive(path) as archive:
      return {name: archive.read(name) for name in archive.names()}

  return Reader(path, read, wrong=_part_of_whole)


def _idx(folder: str) -> Reader:
  header = np.array([0x803, 5, 4, 4], ">i4").tobytes()
  path = _put(os.path.join(folder, "idx"), header + bytes(range(80)))
  return Reader(path, lambda: idx_file.read(path, [4, 4]), wrong=_as_bytes)


def _npy(folder: str) -> Reader:
  array = np.arange(60, dtype=np.float32).reshape(3, 4, 5)
  path = _put(os.path.join(folder, "a.npy"), _saved(np.save, array))
  return Reader(
    path,
    lambda: np.array(npy_file.open_array(path, np.float32, [None, 4, 5])),
    wrong=_as_numpy,
  )


def _video_npy(folder: str) -> Reader:
  array = np.arange(5 * 8 * 8, dtype=np.uint8).reshape(5, 8, 8)
  path = _put(os.path.join(folder, "video.npy"), _saved(np.save, array))
  return Reader(path, lambda: _frames(path))


def _video_npz(folder: str) -> Reader:
  array = np.arange(5 * 8 * 8, dtype=np.uint8).reshape(5, 8, 8)
  content = _saved(np.savez_compressed, video=array)
  return Reader(
    path := _put(os.path.join(folder, "video.npz"), content),
    lambda: _frames(path),
    wrong=_only_whole,
  )


def _frames(path: str) -> list[bytes]:
  """Of all videos in an array file."""
  return [
    frame.tobytes()
    for member in array_files.members(path, _FORMAT)
    for frame in video_inputs.decode(path + member, _FORMAT)
  ]


def _flow(folder: str) -> Reader:
  x = np.random.default_rng(0).standard_normal([2, 5, 3]).astype(np.float32)
  content = _saved(
    np.savez_compressed, x=x, num_cond=3, shift_1=x, scale_1=x, y_1=x
  )
  path = _put(os.path.join(folder, "flow.npz"), content)
  return Reader(
    path,
    lambda: [a.tobytes() for a in flow_arrays.read(path).transforms[0][1:]],
    wrong=_only_whole,
  )


def _samples(folder: str) -> Reader:
  x = np.random.default_rng(0).standard_normal([2, 3, 4]).astype(np.float32)
  content = _saved(
    np.savez_compressed,
    inputs=x,
    targets=x,
    outputs=np.stack([x] * 2, axis=1),
    mean=np.zeros(4),
    std=np.ones(4),
    names=np.array(list("abcd")),
  )
  path = _put(os.path.join(folder, "samples.npz"), content)

  def read() -> list:
    found, scale = samples.read(path, 2), samples.read_scale(path)
    return [
      [a.tobytes() for a in found or ()],
      scale and (scale.mean.tobytes(), scale.std.tobytes(), scale.names),
    ]

  def wrong(found: list, whole: list, content: bytes) -> str:
    bad = [f for f, w in zip(found, whole) if f and f != w]
    return "other arrays than were written" if bad else ""

  return Reader(path, read, wrong=wrong)


def _manifest(folder: str) -> Reader:
  """Of a series: its shards, statistics, fingerprint and numbers."""
  walks.Walks().generate_data(folder, folder)
  path = os.path.join(folder, "series_walks.manifest.json")

  def read() -> list:
    problem = walks.Walks()
    store = problem.store(folder)
    store.fingerprint()
    for split in ("train", "dev", "test"):
      store.is_complete(split)
    shards._found.clear()
    problem.statistics(folder)
    return [
      (name, values.tobytes())
      for name, values in problem.each_sequence(folder, "dev")
    ]

  def change(content: bytes, rng: np.random.Generator) -> bytes:
    return mutations.any_of(mutations.changed_json, content, rng)

  return Reader(path, read, change)


def _video(folder: str) -> Reader:
  user_videos.write_folder(folder, {"clip": 12})
  (name,) = os.listdir(folder)
  return _of_videos(os.path.join(folder, name))


def _mp4(folder: str) -> Reader:
  path = av_videos.write(
    os.path.join(folder, "clip.mp4"), av_videos.numbered(12)
  )
  return _of_videos(str(path))


def _of_videos(path: str) -> Reader:
  def read() -> int:
    video_inputs.scan(path, _FORMAT)
    return sum(1 for _ in video_inputs.decode(path, _FORMAT))

  return Reader(path, read)


def _picture(folder: str) -> Reader:
  from problems.core import png

  pictures = os.path.join(folder, "clip")
  frames = np.random.default_rng(0).integers(256, size=[3, 8, 8, 3])
  for k, content in enumerate(png.encode(frames.astype(np.uint8))):
    path = _put(os.path.join(pictures, f"{k}.png"), content)

  def read() -> list:
    picture_folder.check(pictures, pictures)
    return [
      f.tobytes() for f in picture_folder.decode(pictures, _FORMAT, pictures)
    ]

  return Reader(path, read)


ALL = {
  "TFRecord": _tfrecord,
  "zip": _zip,
  "idx": _idx,
  "npy": _npy,
  "video npy": _video_npy,
  "video npz": _video_npz,
  "flow.npz": _flow,
  "samples.npz": _samples,
  "manifest": _manifest,
  "picture": _picture,
  "AVI": _video,
  "MP4": _mp4,
}
