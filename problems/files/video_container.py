"""Containers opened by PyAV, and what of them is damaged.

PyAV (FFmpeg) hands over time stamps, the shape of pixels, rotations and edit
lists, and reads files of any name. FFmpeg conceals damage: it goes on, with
frames that are partly made up, and says so in its log alone. So here the log
of every step is read, and a line of an error in it is damage of the file.
"""

from collections.abc import Iterator
import logging
import os
from typing import Callable, Optional, TypeVar

import av

from problems.files import video_bytes
from t2t_af.errors import UserError

_Result = TypeVar("_Result")

EXTENSIONS = tuple(
  "." + name
  for name in (
    "3g2 3gp amv apng asf avi divx dv f4v flv gif gxf h264 h265 hevc ivf m1v "
    "m2t m2ts m2v m4v mjpeg mjpg mkv mod mov mp4 mpe mpeg mpg mpv mts mxf nut "
    "ogm ogv ogx qt rm rmvb tod tp trp ts vob webm wmv wtv y4m 264 265"
  ).split()
)
# FFmpeg's readers of these. Playlists, which would have it open other files
# and hosts, are none of them.
_FORMATS = (
  "apng,asf,avi,dv,flv,gif,gxf,h264,hevc,ivf,live_flv,m4v,matroska,mjpeg,mov,"
  "mp4,mpeg,mpegts,mpegvideo,mxf,nut,ogg,rm,vc1,webm,wtv,yuv4mpegpipe"
)
# Of these the beginning may be missing: whoever records a broadcast starts in
# the middle of it.
_STREAMED = {"mpegts", "mpeg", "mpegvideo", "h264", "hevc"}
# Errors of FFmpeg's log that leave pictures as they are: of metadata, and of
# what cameras and cuts write in another way than the standard says.
_HARMLESS = (
  "co located POCs unavailable",
  "mmco: ",
  "referenced in buffering period",
  "SEI type ",
  "unable to decode APP fields",
)
# What a damaged header may ask for: no more than 8192x8192 pixels.
_MAX_PIXELS = str(2**26)
# A read that does not come back: a share that is gone.
_TIMEOUT_SECONDS = 60.0

# FFmpeg's log goes to whoever captures it. The same line of another file is no
# repetition.
av.logging.set_level(av.logging.ERROR)
av.logging.set_skip_repeated(False)
logging.getLogger("libav").setLevel(logging.CRITICAL + 1)


class Container:
  """An open file and its video stream.

  Attributes:
    where: what an error calls the file.
    stream: PyAV's.
    num_streams: how many videos there are in it; pictures of a cover are none.
    tick: what its times are multiples of, seconds.
    has_times: whether it says of each frame when it is shown; else it does so
      of what is decoded first, second ...: frames may be stored in another
      order, but are as many.
  """

  def __init__(self, path: str, where: Optional[str] = None) -> None:
    """Opens a file.

    Raises:
      UserError: it cannot be read, is no video, or has none in it.
    """
    self.where = where or path
    video_bytes.check(path, self.where)
    self._container = self._open(path)
    try:
      self.stream, self.num_streams = self._choose()
    except BaseException:
      self._container.close()
      raise
    self.tick = float(self.stream.time_base)
    self.has_times = self._container.format.name != "avi"
    self._is_streamed = self._container.format.name in _STREAMED
    context = self.stream.codec_context
    # A thread for each file: the log of a thread is that of its file.
    context.thread_count = 1
    context.options = {
      "max_pixels": _MAX_PIXELS,
      "err_detect": "crccheck+bitstream+buffer",
    }

  def __enter__(self) -> "Container":
    return self

  def __exit__(self, *unused) -> None:
    self._container.close()

  def packets(self) -> Iterator[av.Packet]:
    """What is stored of the stream, in its order; an empty one at its end.

    Raises:
      UserError: the file is damaged, or ends where more should come.
    """
    demuxed = self._container.demux(self.stream)
    last = None
    while True:
      packet = self._step(lambda: next(demuxed, None), self._is_streamed)
      if packet is None:
        break
      # Where two broadcasts are joined, one seems to have lost something.
      if packet.is_corrupt and not self._is_streamed:
        raise self._damage("a part of it is missing")
      if packet.size:
        yield packet
      else:  # nothing is shown anew; the last one says that there is no more
        last = packet
    if last is not None:
      yield last

  def frames(self) -> Iterator[av.VideoFrame]:
    """Frames, in the order in which they are shown.

    Raises:
      UserError: the file is damaged, or ends where more should come.
    """
    count = 0
    for packet in self.packets():
      for frame in self.decode(
        packet, tolerant=self._is_streamed and not count
      ):
        if frame.is_corrupt:
          raise self._damage(f"frame {count + 1} is incomplete")
        count += 1
        yield frame
    if not count:
      raise UserError(f"{self.where}: has no frame that can be decoded")

  def decode(self, packet: av.Packet, tolerant: bool) -> list[av.VideoFrame]:
    """The frames that a packet completes.

    Args:
      packet: one of `packets`, each in its turn.
      tolerant: none, instead of an error, if it cannot be decoded.
    """
    try:
      return self._step(packet.decode)
    except UserError:
      if tolerant:
        return []
      raise

  def _open(self, path: str) -> av.container.InputContainer:
    # "file:" and the whole path: no name is taken for an address or an option.
    # Not `options`: with these PyAV frees what it never had, where streams turn
    # up after the header.
    options = {"format_whitelist": _FORMATS, "protocol_whitelist": "file"}
    try:
      with av.logging.Capture():
        return av.open(
          "file:" + os.path.abspath(path),
          "r",
          container_options=options,
          metadata_errors="replace",
          timeout=_TIMEOUT_SECONDS,
        )
    except (av.FFmpegError, ValueError, MemoryError) as error:
      raise UserError(
        f"{self.where}: cannot be decoded: it is damaged, truncated, or in a "
        "format that FFmpeg does not know"
      ) from error

  def _choose(self) -> tuple[av.video.stream.VideoStream, int]:
    still = av.stream.Disposition.attached_pic
    videos = [
      s for s in self._container.streams.video if not s.disposition & still
    ]
    if not videos:
      # Not `type` of each: PyAV asks for the name of a damaged one's too.
      sound = "only audio" if self._container.streams.audio else "nothing else"
      raise UserError(f"{self.where}: there is no video in it, {sound}")
    default = av.stream.Disposition.default
    chosen = next((s for s in videos if s.disposition & default), videos[0])
    if chosen.codec_context is None or not chosen.time_base:
      raise UserError(f"{self.where}: FFmpeg does not know its codec")
    return chosen, len(videos)

  def _step(
    self, step: Callable[[], _Result], only_raised: bool = False
  ) -> _Result:
    with av.logging.Capture() as log:
      try:
        result = step()
      except (av.FFmpegError, ValueError, MemoryError) as error:
        raise self._damage(_said(log) or str(error)) from error
    if _said(log) and not only_raised:
      raise self._damage(_said(log))
    return result

  def _damage(self, reason: str) -> UserError:
    return UserError(f"{self.where}: is truncated or damaged: {reason}")


def _said(log: list[tuple[int, str, str]]) -> str:
  """The first error in FFmpeg's log; "" for none."""
  errors = (
    text
    for level, _, text in log
    if level <= av.logging.ERROR and not any(h in text for h in _HARMLESS)
  )
  return " ".join(next(errors, "").split())
