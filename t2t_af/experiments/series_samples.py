"""Samples of series, as `t2t-decoder` leaves them: charts and scores.

decode/samples.csv              given, truth and samples, in raw units
decode/context_<i>/samples.png  the same: a chart per column
"""

import os

import numpy as np
from tensor2tensor.utils.hparam import HParams

from t2t_af import whole_file
from t2t_af.analysis.figures import context_figures
from t2t_af.analysis.metrics import series_quality
from t2t_af.analysis.results import samples as samples_lib


class SeriesSamples:
  """Contexts with their futures, drawn and true.

  Args:
    predictions: one of each context, with inputs [cond, features], targets
      [time', features] and outputs [N, time, features], standardised.
    recording_of: of each context, what it was cut from.
    statistics: of the problem's data: mean, std and names of the features.
  """

  non_finite_words = "do not count among the best"

  def __init__(self, predictions: list[dict], recording_of, statistics):
    self._recording_of = recording_of
    self._scale = samples_lib.Scale(
      np.asarray(statistics.mean),
      np.asarray(statistics.std),
      list(statistics.names),
    )
    self.arrays = {
      name: np.stack([p[name] for p in predictions]).astype(np.float32)
      for name in ("inputs", "targets", "outputs")
    }
    self.arrays.update(
      mean=self._scale.mean,
      std=self._scale.std,
      names=np.array(self._scale.names, np.str_),
    )
    self._quality = series_quality.best_of_n(
      self.arrays["outputs"], self.arrays["targets"]
    )

  def record_fields(self) -> dict:
    """Scores, for a samples record; a series has no PSNR and no SSIM."""
    of_video = {
      name + suffix: None
      for name in ("psnr", "ssim")
      for suffix in ("_best_of_n", "_best_of_n_stderr", "_per_step")
    }
    scores = series_quality.record_fields(self._quality, self._recording_of)
    return dict(of_video, **scores)

  def describe(self) -> str:
    """The scores in a line."""
    fields = self.record_fields()
    crps = fields["crps"]
    return "RMSE %.3f%s (standardised)" % (
      fields["rmse_best_of_n"],
      "" if crps is None else ", CRPS %.3f" % crps,
    )

  def write(self, folder: str, decode_hp: HParams) -> None:
    """Writes what is listed above into the folder `decode`."""
    os.makedirs(folder, exist_ok=True)
    series_quality.write_csv(
      os.path.join(folder, "samples.csv"),
      self._scale.names,
      *(
        self._scale.to_raw(self.arrays[name])
        for name in ("inputs", "targets", "outputs")
      ),
    )
    for context, image in enumerate(self.images(decode_hp).values()):
      whole_file.write(
        os.path.join(folder, "context_%03d" % context, "samples.png"), image
      )

  def images(self, decode_hp: HParams) -> dict[str, bytes]:
    """By tag, a PNG of each context that is displayed."""
    inputs, targets, outputs = (
      self.arrays[name] for name in ("inputs", "targets", "outputs")
    )
    return {
      f"samples/{context}": context_figures.series_charts(
        inputs[context],
        targets[context],
        [
          ("sample", 0, sample)
          for sample in outputs[context, : decode_hp.max_display_decodes]
        ],
        self._scale,
      )
      for context in range(min(len(inputs), decode_hp.max_display_outputs))
    }
