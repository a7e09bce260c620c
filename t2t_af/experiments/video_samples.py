"""Samples of video, as `t2t-decoder` leaves them: pictures and scores.

decode/quality.csv               PSNR and SSIM per context and frame
decode/context_<i>/strip.png     truth and samples, time to the right
decode/context_<i>/samples.gif   the same, moving
decode/context_<i>/<row>/*.png   single frames
"""

from collections.abc import Iterator
import os

import numpy as np
from tensor2tensor.utils.hparam import HParams

from t2t_af import whole_file
from t2t_af.analysis.charts import pictures
from t2t_af.analysis.metrics import quality as quality_lib


class VideoSamples:
  """Contexts with their futures, drawn and true.

  Args:
    recording_of: of each context, what it was cut from.
    predictions: one of each context, with inputs [cond, height, width,
      channels], targets [time', ...] and outputs [N, time, ...] in 0..255.
  """

  non_finite_words = "were drawn black or white"

  def __init__(self, predictions: list[dict], recording_of: list[str]):
    self.arrays = {
      name: np.stack([p[name] for p in predictions]).astype(np.uint8)
      for name in ("inputs", "targets", "outputs")
    }
    self._quality = quality_lib.best_of_n(
      self.arrays["outputs"], self.arrays["targets"], recording_of
    )

  def record_fields(self) -> dict:
    """Scores, for a samples record."""
    return quality_lib.record_fields(self._quality)

  def describe(self) -> str:
    """The scores in a line."""
    psnr, ssim = self._quality.psnr, self._quality.ssim
    return "PSNR %.2f dB, SSIM %s" % (
      psnr.mean,
      "%.3f" % ssim.mean if ssim else "none (small frames)",
    )

  def write(self, folder: str, decode_hp: HParams) -> None:
    """Writes what is listed above into the folder `decode`."""
    num_cond = self.arrays["inputs"].shape[1]
    os.makedirs(folder, exist_ok=True)
    quality_lib.write_csv(os.path.join(folder, "quality.csv"), self._quality)
    for context, rows in self._contexts(decode_hp):
      here = os.path.join(folder, "context_%03d" % context)
      os.makedirs(here, exist_ok=True)
      whole_file.write(
        os.path.join(here, "strip.png"),
        pictures.png(pictures.strip(rows, num_cond)),
      )
      whole_file.write(
        os.path.join(here, "samples.gif"), _moving(rows, num_cond, decode_hp)
      )
      for row in rows:
        pictures.write_frames(
          os.path.join(here, row.label.replace(" ", "_")), row.frames
        )

  def images(self, decode_hp: HParams) -> dict[str, bytes]:
    """By tag, a PNG and a GIF of each context that is displayed."""
    num_cond, images = self.arrays["inputs"].shape[1], {}
    for context, rows in self._contexts(decode_hp):
      tag = f"samples/{context}"
      images[tag] = pictures.png(pictures.strip(rows, num_cond))
      images[f"{tag}_moving"] = _moving(rows, num_cond, decode_hp)
    return images

  def _contexts(
    self, decode_hp
  ) -> Iterator[tuple[int, list[pictures.FrameRow]]]:
    """Truth and samples, the conditioning frames before each."""
    inputs, targets, outputs = (
      self.arrays[name] for name in ("inputs", "targets", "outputs")
    )
    for context in range(min(len(inputs), decode_hp.max_display_outputs)):
      futures: dict[str, np.ndarray] = {"truth": targets[context]}
      futures.update(
        ("sample %d" % n, sample)
        for n, sample in enumerate(
          outputs[context, : decode_hp.max_display_decodes], start=1
        )
      )
      yield (
        context,
        [
          pictures.FrameRow(label, np.concatenate([inputs[context], future]))
          for label, future in futures.items()
        ],
      )


def _moving(
  rows: list[pictures.FrameRow], num_cond: int, decode_hp: HParams
) -> bytes:
  return pictures.animation(
    rows, num_cond, milliseconds=1000 // decode_hp.frames_per_second
  )
