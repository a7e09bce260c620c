"""Truth and samples of every set, from the same given steps.

Frames as strips and animations; the columns of a series as charts, in raw
units where the samples say what these are.
"""

from typing import NamedTuple, Optional

import numpy as np

from t2t_af.analysis.charts import contact_sheet
from t2t_af.analysis.charts import drawing
from t2t_af.analysis.charts import pictures
from t2t_af.analysis.charts import plots
from t2t_af.analysis.figures import sample_rows
from t2t_af.analysis.results import samples as samples_lib
from t2t_af.analysis.results.comparison import Comparison

NUM_CONTEXTS = 3
MAX_COLUMNS = 6  # of a series


class ContextPicture(NamedTuple):
  """One context: a strip or charts (PNG) and an animation (GIF; video only)."""

  title: str
  caption: str
  strip: bytes
  animation: Optional[bytes]


class _Shown(NamedTuple):
  """One set's first sample of a context; `color`: the set's number."""

  label: str
  color: int
  future: np.ndarray


def context_pictures(
  comparison: Comparison, num_contexts: int = NUM_CONTEXTS
) -> list[ContextPicture]:
  """Truth and the first sample of every set, from the same given steps."""
  if not comparison.seeds:
    return []
  seed = comparison.seeds[0]
  by_set, paths = {}, {}
  for name in comparison.sets:
    path = comparison.runs[name, seed].path("samples.npz")
    samples = path and samples_lib.read(path, num_contexts)
    if samples:
      by_set[name], paths[name] = samples, path
  if not by_set:
    return []
  name, truth = next(iter(by_set.items()))
  is_series = truth.inputs.ndim == 3
  scale = samples_lib.read_scale(paths[name]) if is_series else None
  made = []
  for context, given in enumerate(truth.inputs):
    shown, left_out = _choose(comparison, by_set, context, given)
    drawn = (
      _charts(given, truth.targets[context], shown, scale)
      if is_series
      else _frames(given, truth.targets[context], shown)
    )
    caption = _caption(seed, is_series, left_out)
    made.append(ContextPicture(f"Sequence {context + 1}", caption, *drawn))
  return made


def series_charts(
  given: np.ndarray, future: np.ndarray, samples: list, scale: samples_lib.Scale
) -> bytes:
  """A PNG of `series_panels`."""
  panels = series_panels(given, future, samples, scale)
  heading = f"{len(panels)} of {given.shape[1]} columns, {scale.unit}"
  return drawing.file(panels, "png", heading=heading)


def series_panels(
  given: np.ndarray, future: np.ndarray, samples: list, scale: samples_lib.Scale
) -> list[plots.Panel]:
  """A chart per column: the truth, and samples after what was given.

  Args:
    given, future: [time, features], standardised.
    samples: [(label, colour, [time, features])].
    scale: leads to raw units.
  """
  given, future = scale.to_raw(given), scale.to_raw(future)
  truth = np.concatenate([given, future])
  columns = contact_sheet.some_columns(truth.shape[1], MAX_COLUMNS)
  legend = {plots.DATA: "truth"}
  legend.update((color, label) for label, color, _ in samples)
  panels = []
  for column in columns:
    lines = [plots.Line(range(1, len(truth) + 1), truth[:, column], plots.DATA)]
    # From the last given step on, so that a sample hangs on to it.
    lines += [
      plots.Line(
        range(len(given), len(truth) + 1),
        np.concatenate([given[-1:, column], scale.to_raw(values)[:, column]]),
        color,
        "thin",
      )
      for _, color, values in samples
    ]
    panels.append(
      plots.Panel(
        *(scale.names[column], lines, "step", scale.unit, legend),
        num_given=len(given),
      )
    )
  return panels


def _caption(seed: int, is_series: bool, left_out: list) -> str:
  given = (
    "Steps on an orange ground were given."
    if is_series
    else "Frames with an orange border were given."
  )
  caption = f"Seed {seed}, the first sample of each set, not chosen. {given}"
  if left_out:
    caption += f" Left out: {'; '.join(left_out)}."
  return caption


def _choose(comparison, by_set, context, given):
  """(what is shown of each set, why some sets are not)."""
  shown, left_out = [], []
  for i, name in enumerate(comparison.sets):
    samples, label = by_set.get(name), comparison.label(name)
    if samples is None or context >= len(samples.inputs):
      left_out.append(f"{label}: not run")
    elif not np.array_equal(samples.inputs[context], given):
      left_out.append(f"{label}: sampled from other {comparison.unit.step}s")
    else:
      shown.append(_Shown(label, i, samples.outputs[context, 0]))
  return shown, left_out


def _frames(given, truth, shown):
  rows = sample_rows.after_given(
    given, truth, [(s.label, s.future) for s in shown]
  )
  return (
    pictures.png(pictures.strip(rows, len(given))),
    pictures.animation(rows, len(given)),
  )


def _charts(given, truth, shown, scale):
  scale = scale or samples_lib.standardised(given.shape[-1])
  return series_charts(
    given, truth, [(s.label, s.color, s.future) for s in shown], scale
  ), None
