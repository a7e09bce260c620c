"""The paper's figures from what runs left: which parts each has.

Figures that the paper does not have are called by a name, not a number.
"""

from collections.abc import Mapping, Sequence
from typing import Callable, Optional, Union

from t2t_af import errors
from t2t_af.analysis.charts import bars
from t2t_af.analysis.charts import pictures
from t2t_af.analysis.figures import calibration_figures
from t2t_af.analysis.figures import correlation_figures
from t2t_af.analysis.figures import flow_pictures
from t2t_af.analysis.figures import generalisation
from t2t_af.analysis.figures import histograms
from t2t_af.analysis.figures import particle_example
from t2t_af.analysis.figures import pixel_path
from t2t_af.analysis.figures import quality_figures
from t2t_af.analysis.figures import redundancy
from t2t_af.analysis.figures import sample_grids
from t2t_af.analysis.figures.figure_parts import nothing
from t2t_af.analysis.figures.figure_parts import one_per_model
from t2t_af.analysis.figures.figure_parts import Part
from t2t_af.analysis.figures.figure_parts import problems
from t2t_af.analysis.figures.figure_parts import sheet
from t2t_af.analysis.results import flow_arrays
from t2t_af.analysis.results import paper_values
from t2t_af.analysis.results.found_runs import Found
from t2t_af.analysis.results.found_runs import FoundRun

NUM_CONTEXTS = 3
# Rows of Table 1 whose base density is N(0, 1).
_STANDARD_BASE = ("af1", "af2")
_ANALYSE = "t2t-af analyse --output_dir=RUN"
_DIAGRAMS = (2, 9)
_OF_SAMPLES = (7, 13, 14)
Name = Union[int, str]


def titles() -> dict[Name, str]:
  """{number or name: title} of the figures that can be made."""
  return {name: title for name, (title, _) in _FIGURES.items()}


def heading(name: Name) -> str:
  """E.g. "Figure 6. Flow visualisation"; no "Figure" if not the paper's."""
  title, _ = _FIGURES[name]
  return title if isinstance(name, str) else f"Figure {name}. {title}"


def build(
  name: Name, found: Found, num_contexts: int = NUM_CONTEXTS
) -> list[Part]:
  """The parts of a figure.

  Args:
    name: one of `titles`.
    found: the runs to make it from.
    num_contexts: sequences of each problem, in figures of samples.

  Raises:
    UserError: if nothing was found to make it from; names the command that
      makes it.
  """
  if name in _DIAGRAMS:
    raise errors.UserError(
      f"figure {name} is a diagram of an architecture: there is nothing "
      "in it to be computed"
    )
  if name not in _FIGURES:
    raise errors.UserError(
      f"there is no figure {name} that is computed; there are "
      f"{', '.join(map(str, _FIGURES))}"
    )
  _, make = _FIGURES[name]
  return make(found, num_contexts) if name in _OF_SAMPLES else make(found)


def _reference_frame(found: Found) -> list[Part]:
  """Fig. 1: one pixel, frames and noise."""
  run = _preferred(
    _flow_runs(
      found, 1, "flow.npz with a data-space flow", lambda flow: flow.transforms
    ),
    ("slvm_af1", "af1"),
  )
  flow = flow_arrays.read(run.path("flow.npz"))
  standard = run.row in _STANDARD_BASE
  place = pixel_path.liveliest(flow)
  of = f"{_name(run)}, first sequence. "
  parts = [
    sheet(
      "figure_1_path.svg",
      pixel_path.charts(flow, place, standard),
      of + "The place whose values change most from step to step.",
      columns=1,
    )
  ]
  if flow.is_video:
    parts.append(
      Part(
        "figure_1_frames.png",
        pictures.png(flow_pictures.noise_strip(flow)),
        of + flow_pictures.caption(flow),
      )
    )
  return parts


def _redundancy(_: Found) -> list[Part]:
  return [
    sheet(
      "figure_3.svg",
      redundancy.charts(),
      "Two steps, before and after the affine transform.",
    )
  ]


def _one_frame(found: Found) -> list[Part]:
  run = _preferred(
    _flow_runs(
      found,
      4,
      "flow.npz of video with a data-space flow",
      lambda flow: flow.is_video and flow.transforms,
    ),
    ("slvm_af1", "af1"),
  )
  flow = flow_arrays.read(run.path("flow.npz"))
  return [
    Part(
      "figure_4b.png",
      pictures.png(flow_pictures.one_step(flow)),
      f"{_name(run)}: the frame of the first sequence with most noise.",
    )
  ]


def _correlation(found: Found) -> list[Part]:
  """Fig. 5a, 5b, and the same of latents."""
  runs = [
    run for run in found.runs if run.is_whole and run.records["correlation"]
  ]
  parts = [
    _correlation_bars(
      runs, "a", "Data x and noise y after each transform", False
    )
  ]
  training = [
    correlation_figures.training_panel(
      [run for run in runs if run.problem == problem]
    )
    for problem in problems(runs)
  ]
  training = [panel for panel in training if panel.svg]
  if training:
    parts.append(
      sheet(
        "figure_5b.svg",
        training,
        "Temporal correlation of the noise during training. One "
        "line per seed. Scored steps alone.",
      )
    )
  parts.append(
    _correlation_bars(
      runs, "c", "Latents z and their noise u by level (not in the paper)", True
    )
  )
  return [part for part in parts if part] or nothing(
    5, "correlation.jsonl", _ANALYSE
  )


def _correlation_bars(
  runs: Sequence[FoundRun], letter: str, words: str, latent: bool
) -> Optional[Part]:
  """A group of bars per problem; on a page a chart each."""
  groups = correlation_figures.bar_groups(
    correlation_figures.estimates(runs), latent
  )
  label = correlation_figures.X_LABEL
  svg = bars.chart(groups, label, words)
  return svg and Part(
    f"figure_5{letter}.svg",
    bars.as_file(svg).encode("utf-8"),
    f"{words}: temporal correlation on the test split. Error bars: one "
    "standard error, over seeds where there are several.",
    bars.panels_of(groups, label),
  )


def _all_flows(found: Found) -> list[Part]:
  return _flow_strips(6, _video_flow_runs(found, 6))


def _two_flows(found: Found) -> list[Part]:
  runs = [run for run in _video_flow_runs(found, 12) if run.row == "slvm_af2"]
  return _flow_strips(12, runs) or nothing(
    12, "flow.npz of SLVM + 2-AF", f"{_ANALYSE} of a set slvm_af2_..."
  )


def _kth_flows(found: Found) -> list[Part]:
  runs = [
    run
    for run in _video_flow_runs(found, 11)
    if run.problem == paper_values.VIDEO_COLUMNS["KTH"]
  ]
  return _flow_strips(11, runs) or nothing(
    11,
    "flow.npz of video_kth",
    f"{_ANALYSE} of a run on video_kth (figure "
    "6 shows those of every data set)",
  )


def _generalisation(found: Found) -> list[Part]:
  """Fig. 8a, b: histograms; c: the gap. One problem each."""
  parts = []
  for problem in problems(found.runs):
    runs = [run for run in found.runs if run.problem == problem]
    whole = one_per_model(
      [
        run
        for run in runs
        if len(histograms.newest_scores(run)) == len(histograms.SPLITS)
      ]
    )
    if whole:
      parts.append(
        sheet(
          f"figure_8ab_{problem}.svg",
          [histograms.panel(run) for run in whole],
          f"{problem}: NLL of each sequence of both splits, one seed of each "
          "model. Overlap: 1 where both splits have the same histogram.",
        )
      )
    curves = generalisation.curves(runs)
    if any(len(points) > 1 for points in curves.values()):
      unit = generalisation.unit_of(runs)
      parts.append(
        sheet(
          f"figure_8c_{problem}.svg",
          [
            generalisation.gap_panel(curves, unit),
            generalisation.nll_panel(curves, unit),
          ],
          f"{problem}: NLL of test minus training, seed by seed, by the share "
          "of the training sequences. Error bars: one standard error over "
          "seeds.",
        )
      )
  return parts or nothing(
    8,
    "likelihood records of both splits",
    "t2t-eval with --eval_use_test_set for test, and of the train split",
  )


def _particle(_: Found) -> list[Part]:
  example = particle_example.measure()
  return [
    sheet(
      "figure_10.svg",
      particle_example.charts(example),
      "A sample of the particle's motion as x, u and w.",
      columns=3,
    ),
    sheet(
      "figure_10_steps.svg",
      [particle_example.per_step_chart(example)],
      "Correlation of each step with the next (not in the paper).",
    ),
  ]


def _samples_of(
  number: int, rows: Sequence[str], others: bool = False
) -> Callable[[Found, int], list[Part]]:
  """Samples of these rows of Table 1; `others`: if there are none, of all."""

  def make(found: Found, num_contexts: int) -> list[Part]:
    runs = [
      run
      for run in found.with_file("samples.npz")
      if (run.problem or "").startswith("video_")
    ]
    mine = [run for run in runs if run.row in rows] or runs * others
    parts = []
    for problem in problems(mine):
      paths = {
        run.label: run.path("samples.npz")
        for run in one_per_model(
          [run for run in mine if run.problem == problem]
        )
      }
      samples = sample_grids.read(paths, num_contexts)
      per_model = 1 if len(samples) > 1 else 3
      for context in range(len(next(iter(samples.values())).inputs)):
        name = f"figure_{number}_{problem}_{context + 1}"
        caption = (
          f"{problem}, sequence {context + 1}: each model's first "
          "samples, not chosen. Frames with an orange border were "
          "given."
        )
        parts += [
          Part(
            name + ".png",
            pictures.png(sample_grids.strip(samples, context, per_model)),
            caption,
          ),
          Part(
            name + ".gif",
            sample_grids.animation(samples, context, per_model),
            caption,
          ),
        ]
    return parts or nothing(
      number,
      f"samples.npz of video of a set {rows[0]}_...",
      "t2t-decoder, or t2t-af compare",
    )

  return make


_FIGURES: Mapping[Name, tuple] = {
  1: ("Sequence modelling with autoregressive flows", _reference_frame),
  3: ("Redundancy reduction", _redundancy),
  4: ("One frame through the flow", _one_frame),
  5: ("Decreased temporal correlation", _correlation),
  6: ("Flow visualisation", _all_flows),
  7: (
    "Generated samples, side by side",
    _samples_of(
      7, ("video_flow", "video_flow_af", "video_flow_af_residual"), True
    ),
  ),
  8: ("Generalisation", _generalisation),
  10: ("A particle with momentum", _particle),
  11: ("Flow visualisation on KTH Actions", _kth_flows),
  12: ("SLVM + 2-AF", _two_flows),
  13: ("Generated samples of 2-AF", _samples_of(13, ("af2",))),
  14: ("Generated samples of SLVM + 1-AF", _samples_of(14, ("slvm_af1",))),
  "quality": (quality_figures.TITLE, quality_figures.parts),
  "calibration": (calibration_figures.TITLE, calibration_figures.parts),
}


def _flow_strips(number: int, runs: Sequence[FoundRun]) -> list[Part]:
  """Transforms and latent levels of one seed of every model and problem."""
  parts = []
  for run in one_per_model(runs):
    flow = flow_arrays.read(run.path("flow.npz"))
    name = f"figure_{number}_{run.hparams_set}_{run.problem}"
    words = f"{_name(run)}. {flow_pictures.caption(flow)}"
    if flow.transforms:
      parts.append(
        Part(name + ".png", pictures.png(flow_pictures.strip(flow)), words)
      )
    if flow.latents:
      parts.append(
        Part(
          name + "_latent.png",
          pictures.png(flow_pictures.latent_strip(flow)),
          words,
        )
      )
  return parts


def _video_flow_runs(found: Found, number: int) -> list[FoundRun]:
  return _flow_runs(
    found, number, "flow.npz of video", lambda flow: flow.is_video
  )


def _flow_runs(
  found: Found, number: int, what: str, wanted: Callable
) -> list[FoundRun]:
  """Runs whose flow.npz is as `wanted`, which `what` describes."""
  runs = [
    run
    for run in found.with_file("flow.npz")
    if wanted(flow_arrays.read(run.path("flow.npz")))
  ]
  return runs or nothing(number, what, _ANALYSE)


def _preferred(runs: Sequence[FoundRun], rows: Sequence[str]) -> FoundRun:
  """The first row that is there; video before series, the lowest seed."""

  def rank(run: FoundRun) -> tuple:
    return (
      not (run.problem or "").startswith("video_"),
      rows.index(run.row) if run.row in rows else len(rows),
      run.seed or 0,
    )

  return min(runs, key=rank)


def _name(run: FoundRun) -> str:
  return f"{run.label} ({run.hparams_set}, {run.problem}, seed {run.seed})"
