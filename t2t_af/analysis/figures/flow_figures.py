"""Figures of what a flow does to a sequence, from flow.npz (Fig. 1, 4b, 6 ...).

Strips of Fig. 6, 11 and 12 are of one seed of every model and problem; each is
in one figure alone.
"""

from collections.abc import Callable, Sequence
import re

from t2t_af.analysis import formats
from t2t_af.analysis.charts import pictures
from t2t_af.analysis.figures import flow_pictures
from t2t_af.analysis.figures import pixel_path
from t2t_af.analysis.figures.figure_parts import one_per_model
from t2t_af.analysis.figures.figure_parts import Part
from t2t_af.analysis.figures.figure_parts import raise_missing
from t2t_af.analysis.results import flow_arrays
from t2t_af.analysis.results import paper_values
from t2t_af.analysis.results.folders import Results
from t2t_af.analysis.results.folders import Run

FILE = "flow.npz"
# Rows of Table 1 whose base density is N(0, 1).
_STANDARD_BASE = ("af1", "af2")
# Rows of which one flow is shown, the first that is there.
_PREFERRED = ("slvm_af1", "af1")
_ANALYSE = "t2t-af analyse --output_dir=RUN"


def reference_frame(results: Results) -> list[Part]:
  """Fig. 1: one pixel, frames and noise."""
  run = _preferred(
    _flow_runs(
      results, 1, f"{FILE} with a data-space flow", lambda flow: flow.transforms
    )
  )
  flow = flow_arrays.read(run.path(FILE))
  title = f"{_name(run)}, first test sequence. "
  parts = [
    Part(
      "figure_1_path.svg",
      title + "Before: values (solid) of the place that changes most, "
      "with shift (dashed) and scale (shaded, cut off where far wider than the "
      "values) of the first transform. After: "
      "the noise that is left, with its base density where it is known.",
      charts=pixel_path.charts(
        flow,
        pixel_path.liveliest(flow),
        run.row in _STANDARD_BASE and not run.changes,
      ),
      columns=1,
    )
  ]
  if flow.is_video:
    parts.append(
      Part(
        "figure_1_frames.png",
        title + flow_pictures.caption(flow),
        pictures.png(flow_pictures.noise_strip(flow)),
      )
    )
  return parts


def one_frame(results: Results) -> list[Part]:
  """Fig. 4b: one frame through the first transform."""
  run = _preferred(
    _flow_runs(
      results,
      4,
      f"{FILE} of video with a data-space flow",
      lambda flow: flow.is_video and flow.transforms,
    )
  )
  return [
    Part(
      "figure_4b.png",
      f"{_name(run)}: the frame of the first sequence with most noise.",
      pictures.png(flow_pictures.one_step(flow_arrays.read(run.path(FILE)))),
    )
  ]


def all_flows(results: Results) -> list[Part]:
  """Fig. 6: every flow of video that is not of Fig. 11 or 12."""
  runs = [
    run
    for run in _video_flow_runs(results, 6)
    if not _is_kth(run) and not _has_two_transforms(run)
  ]
  return _strips(6, runs) or raise_missing(6, f"{FILE} of video", _ANALYSE)


def two_transforms(results: Results) -> list[Part]:
  """Fig. 12: those of SLVM + 2-AF."""
  runs = [r for r in _video_flow_runs(results, 12) if _has_two_transforms(r)]
  return _strips(12, runs) or raise_missing(
    12, f"{FILE} of SLVM + 2-AF", f"{_ANALYSE} of a set slvm_af2_..."
  )


def flows_of_kth(results: Results) -> list[Part]:
  """Fig. 11: those of KTH Actions."""
  runs = [run for run in _video_flow_runs(results, 11) if _is_kth(run)]
  return _strips(11, runs) or raise_missing(
    11,
    f"{FILE} of video_kth",
    f"{_ANALYSE} of a run on video_kth (figure 6 shows those of others)",
  )


def _is_kth(run: Run) -> bool:
  return run.problem == paper_values.VIDEO_COLUMNS["KTH"]


def _has_two_transforms(run: Run) -> bool:
  return run.row == "slvm_af2" and not _is_kth(run)


def _strips(number: int, runs: Sequence[Run]) -> list[Part]:
  """Transforms and latent levels of one seed of every model and problem."""
  parts = []
  for run in one_per_model(runs):
    flow = flow_arrays.read(run.path(FILE))
    name = f"figure_{number}_{_file_name(run)}"
    words = f"{_name(run)}. {flow_pictures.caption(flow)}"
    for shown, ending, strip in (
      (flow.transforms, ".png", flow_pictures.strip),
      (flow.latents, "_latent.png", flow_pictures.latent_strip),
    ):
      if shown:
        parts.append(Part(name + ending, words, pictures.png(strip(flow))))
  return parts


def _file_name(run: Run) -> str:
  """Of the set and the problem, and of what its label says beside the row."""
  _, _, beside = run.label.partition(", ")
  words = [run.hparams_set or "", *re.findall(r"[\w.-]+", beside)]
  return "_".join([*words, run.problem or ""])


def _video_flow_runs(results: Results, number: int) -> list[Run]:
  return _flow_runs(
    results, number, f"{FILE} of video", lambda flow: flow.is_video
  )


def _flow_runs(
  results: Results,
  number: int,
  what: str,
  wanted: Callable[[flow_arrays.Flow], object],
) -> list[Run]:
  """Runs whose flow.npz is as `wanted`, which `what` describes."""
  return [
    run
    for run in results.with_file(FILE)
    if wanted(flow_arrays.read(run.path(FILE)))
  ] or raise_missing(number, what, _ANALYSE)


def _preferred(runs: Sequence[Run]) -> Run:
  """Video before series, then runs that were scored; the first row of those,
  its lowest seed."""

  def rank(run: Run) -> tuple:
    return (
      not (run.problem or "").startswith("video_"),
      not run.records["likelihood"],
      _PREFERRED.index(run.row) if run.row in _PREFERRED else len(_PREFERRED),
      run.seed or 0,
    )

  return min(runs, key=rank)


def _name(run: Run) -> str:
  """Model, run, data set and training: what a caption begins with."""
  steps = run.num_steps
  trained = f", {formats.thousands(steps)} training steps" if steps else ""
  return (
    f"{run.label} ({run.hparams_set}, {run.problem}, seed {run.seed}{trained})"
  )
