"""The paper's figures, and some beyond it, by number or name.

Figures that the paper does not have are called by a name, not a number.
"""

from collections.abc import Callable, Mapping
from typing import Union

from t2t_af import errors
from t2t_af.analysis.figures import calibration_figures
from t2t_af.analysis.figures import correlation_figures
from t2t_af.analysis.figures import flow_figures
from t2t_af.analysis.figures import generalisation_figures
from t2t_af.analysis.figures import particle_figures
from t2t_af.analysis.figures import quality_figures
from t2t_af.analysis.figures import redundancy
from t2t_af.analysis.figures import sample_figures
from t2t_af.analysis.figures.figure_parts import Part
from t2t_af.analysis.results.folders import Results

NUM_CONTEXTS = 3
Name = Union[int, str]
_DIAGRAMS = (2, 9)
WITHOUT_RUNS = (3, 10)  # made of formulas
_TITLES: Mapping[Name, str] = {
  1: "Sequence modelling with autoregressive flows",
  3: "Redundancy reduction",
  4: "One frame through the flow",
  5: "Decreased temporal correlation",
  6: "Flow visualisation",
  7: "Generated samples, side by side",
  8: "Generalisation",
  10: "A particle with momentum",
  11: "Flow visualisation on KTH Actions",
  12: "SLVM + 2-AF",
  13: "Generated samples of 2-AF",
  14: "Generated samples of SLVM + 1-AF",
  "quality": quality_figures.TITLE,
  "calibration": calibration_figures.TITLE,
}
_MAKERS: Mapping[Name, Callable[[Results], list[Part]]] = {
  1: flow_figures.reference_frame,
  3: lambda _: redundancy.parts(),
  4: flow_figures.one_frame,
  5: correlation_figures.parts,
  6: flow_figures.all_flows,
  8: generalisation_figures.parts,
  10: lambda _: particle_figures.parts(),
  11: flow_figures.flows_of_kth,
  12: flow_figures.two_transforms,
  "quality": quality_figures.parts,
  "calibration": calibration_figures.parts,
}
# Figures of samples: rows of Table 1; whether others stand in for them.
_SAMPLES = {
  7: (("video_flow", "video_flow_af", "video_flow_af_residual"), True),
  13: (("af2",), False),
  14: (("slvm_af1",), False),
}


def titles() -> dict[Name, str]:
  """{number or name: title} of the figures that can be made."""
  return dict(_TITLES)


def of_runs() -> list[Name]:
  """Figures that are made of runs, not of formulas."""
  return [name for name in _TITLES if name not in WITHOUT_RUNS]


def heading(name: Name) -> str:
  """E.g. "Figure 6. Flow visualisation"; no "Figure" if not the paper's."""
  title = _TITLES[name]
  return title if isinstance(name, str) else f"Figure {name}. {title}"


def build(
  name: Name, results: Results, num_contexts: int = NUM_CONTEXTS
) -> list[Part]:
  """The parts of a figure.

  Args:
    name: one of `titles`.
    results: the runs to make it from.
    num_contexts: sequences of each problem, in figures of samples.

  Raises:
    UserError: if there is nothing to make it from; names the command that
      makes it.
  """
  if name in _DIAGRAMS:
    raise errors.UserError(
      f"figure {name} is a diagram of an architecture: there is nothing "
      "in it to be computed"
    )
  if name not in _TITLES:
    raise errors.UserError(
      f"there is no figure {name} that is computed; there are "
      f"{', '.join(map(str, _TITLES))}"
    )
  if name in _SAMPLES:
    rows, others = _SAMPLES[name]
    return sample_figures.parts(results, name, rows, num_contexts, others)
  return _MAKERS[name](results)
