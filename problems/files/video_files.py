"""Frames out of video files, decoded by PyAV.

A container's count of frames and its length are hints. What decodes up to the
end of the file is whole; a file that ends before its container says, or that
the decoder complains of, is damaged, and named.
"""

from collections.abc import Iterator, Sequence
import os
import tempfile
from typing import NamedTuple, Optional, Union

import av
import numpy as np

from problems.files import frame_format
from problems.files import video_container
from problems.files import video_frames
from problems.files import video_times

EXTENSIONS = video_container.EXTENSIONS
# What a container announces may be an estimate; that of an AVI is off by one.
_MAX_LOST = 0.1


class Scan(NamedTuple):
  """What is known of a video before it is decoded.

  Attributes:
    num_frames: how many `decode` gives; some containers only estimate.
    notes: what becomes of it that its owner may not expect, in a few words.
  """

  num_frames: int
  notes: tuple[str, ...] = ()


def scan(
  path: str, video_format: frame_format.Format, where: Optional[str] = None
) -> Scan:
  """Goes through a file, and decodes its first frame alone.

  Args: as those of `decode`.

  Raises:
    UserError: as in `decode`, as far as it shows without decoding.
  """
  where = where or path
  with video_container.Container(path, where) as container:
    timed, first = _look_through(container)
    notes = _notes(container, first, len(timed), video_format)
    found = at_times(timed, container.tick, video_format.frame_rate, where)
    return Scan(found.num_frames, (*notes, *found.notes))


def at_times(
  timed: Sequence[video_times.Timed],
  tick: float,
  rate: Optional[float],
  where: str,
) -> Scan:
  """What becomes of frames that are shown at these times.

  Args: as those of `video_times.at_rate`; the `frame` of each is its number.
  """
  if rate is None:
    if not _times(timed) or video_times.is_even(_times(timed), tick):
      return Scan(len(timed))
    note = (
      "frames come at uneven times, and are taken as if they came evenly; "
      "--frame_rate takes them by their times"
    )
    return Scan(len(timed), (note,))
  if video_times.is_just_below(_times(timed), tick, rate):
    return Scan(len(timed))
  shown = list(video_times.at_rate(timed, rate, tick, where))
  if len(set(shown)) == len(shown):
    return Scan(len(shown))
  note = (
    f"there are fewer than the {rate:g} frames a second asked for, if only "
    "for a while: frames are repeated"
  )
  return Scan(len(shown), (note,))


def decode(
  path: str, video_format: frame_format.Format, where: Optional[str] = None
) -> Iterator[np.ndarray]:
  """The frames of a video file, one after the other.

  Levels are as decoded: no frame's contrast is touched.

  Args:
    path: the file.
    video_format: see there.
    where: what to call it in an error; None: `path`.

  Yields:
    uint8 [height, width, num_channels], RGB.

  Raises:
    UserError: the file is no video, has no frame, is damaged or ends too early;
      or its frames have no times, and `video_format` asks for a rate.
  """
  where = where or path
  times = _times_needed(path, video_format.frame_rate, where)
  with video_container.Container(path, where) as container:
    pictures = video_frames.Frames(container.stream, where, video_format.levels)
    frames = container.frames()
    if times is not None:
      frames = video_times.at_rate(
        _timed_frames(container, frames, times),
        video_format.frame_rate,
        container.tick,
        where,
      )
    last = converted = None
    for frame in frames:
      if frame is not last:  # repeated
        last, picture = frame, pictures.picture(frame)
        converted = frame_format.convert(
          picture.pixels, video_format, picture.pixel_aspect
        )
      yield converted
    pictures.check()


def decode_bytes(
  data: bytes, video_format: frame_format.Format, where: str
) -> np.ndarray:
  """As `decode`, all frames of a file's content: uint8 [time, ...]."""
  # A file's name decides nothing, but a container may have to be searched.
  with tempfile.NamedTemporaryFile(suffix=os.path.splitext(where)[1]) as copy:
    copy.write(data)
    copy.flush()
    return np.stack(list(decode(copy.name, video_format, where)))


def _look_through(
  container: video_container.Container,
) -> tuple[list[video_times.Timed], Optional[av.VideoFrame]]:
  """When each frame is shown, the `frame` of which is its number; the first."""
  stamps, first = [], None
  for packet in container.packets():
    if first is None:
      first = next(iter(container.decode(packet, tolerant=True)), None)
    if packet.size and not packet.is_discard:
      stamps.append(_timed(packet, container, None))
  if all(stamp.time is not None for stamp in stamps):
    stamps.sort(key=lambda stamp: stamp.time)
  return [s._replace(frame=k) for k, s in enumerate(stamps)], first


def _times_needed(
  path: str, rate: Optional[float], where: str
) -> Optional[list[video_times.Timed]]:
  """When frames are shown, if some are left out or repeated; else None."""
  if rate is None:
    return None
  with video_container.Container(path, where) as container:
    timed, _ = _look_through(container)
    keeps_all = video_times.is_just_below(_times(timed), container.tick, rate)
  return None if keeps_all else timed


def _timed_frames(
  container: video_container.Container,
  frames: Iterator[av.VideoFrame],
  times: list[video_times.Timed],
) -> Iterator[video_times.Timed]:
  """Frames with their times; of an AVI, which has none, by their number."""
  for k, frame in enumerate(frames):
    if container.has_times:
      yield _timed(frame, container, frame)
    else:
      yield times[min(k, len(times) - 1)]._replace(frame=frame)


def _times(timed: Sequence[video_times.Timed]) -> list[float]:
  """All of them; none if one is unknown."""
  times = [t.time for t in timed if t.time is not None]
  return times if len(times) == len(timed) else []


def _timed(
  stamped: Union[av.Packet, av.VideoFrame],
  container: video_container.Container,
  frame: Optional[av.VideoFrame],
) -> video_times.Timed:
  """When a packet or a frame is shown."""
  tick = container.tick
  stamp = stamped.pts
  if stamp is None or not container.has_times:
    stamp = stamped.dts
  return video_times.Timed(
    frame,
    None if stamp is None else stamp * tick,
    stamped.duration * tick if stamped.duration else None,
  )


def _notes(
  container: video_container.Container,
  first: Optional[av.VideoFrame],
  num_frames: int,
  video_format: frame_format.Format,
) -> list[str]:
  notes = []
  if container.num_streams > 1:
    notes.append("there are several videos in the file; one is read")
  announced = container.stream.frames
  allowed = _MAX_LOST * announced if container.has_times else 1
  if num_frames < announced - allowed:
    notes.append("the container announces more frames than there are")
  if first is not None:
    notes += video_frames.notes(container.stream, first, container.where)
  return notes
