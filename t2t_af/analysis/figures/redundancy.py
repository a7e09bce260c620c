"""Two steps before and after a conditional affine map (Fig. 3), as charts."""

from typing import Optional

import numpy as np

from t2t_af.analysis import formats
from t2t_af.analysis.charts import plots
from t2t_af.analysis.figures.figure_parts import Part
from t2t_af.analysis.metrics import multi_information


def parts() -> list[Part]:
  """Fig. 3, of the example of Section 3.1."""
  return [
    Part(
      "figure_3.svg",
      "Two steps, before and after the affine transform.",
      charts=charts(),
    )
  ]


def charts(
  example: Optional[multi_information.TwoSteps] = None,
  measured: Optional[multi_information.Redundancy] = None,
) -> list[plots.Panel]:
  """Fig. 3: conditionals and marginal, of x (a, b) and of y (c, d)."""
  example = example or multi_information.EXAMPLE
  measured = measured or multi_information.measure(example)
  made = []
  for letters, name, steps, exact, estimated in (
    ("ab", "x", example, measured.exact_x, measured.estimated_x),
    ("cd", "y", example.normalized(), measured.exact_y, measured.estimated_y),
  ):
    information = (
      f"I({name}1; {name}2) = {formats.number(exact + 0.0, 3)} nats"
      f", estimated {formats.with_error(*estimated)}"
    )
    made += [
      _panel(steps, letters[0], name, False, "conditional densities"),
      _panel(steps, letters[1], name, True, information),
    ]
  return made


def _panel(
  steps: multi_information.TwoSteps,
  letter: str,
  name: str,
  marginal: bool,
  title: str,
) -> plots.Panel:
  """Two conditional densities, and with `marginal` their mean."""
  reach = [
    m + sign * 3.5 * s
    for m, s in zip(steps.means, steps.stds)
    for sign in (-1.0, 1.0)
  ]
  x = np.linspace(min(reach), max(reach), 241)
  densities = {
    0: (steps.density(x, 0), f"p({name}2 | {name}1 < 0)"),
    1: (steps.density(x, 1), f"p({name}2 | {name}1 ≥ 0)"),
  }
  if marginal:
    densities[2] = steps.marginal(x), f"p({name}2)"
  lines = []
  for color, (density, _) in densities.items():
    # Markers in turn, so that lines that coincide are all seen.
    marked = slice(8 * color + 4, None, 24)
    lines += [
      plots.Line(x, density, color),
      plots.Line(x[marked], density[marked], color, "points"),
    ]
  return plots.Panel(
    f"({letter})  {title}",
    lines,
    f"{name}2",
    "density",
    {c: label for c, (_, label) in densities.items()},
    whole_x=False,
  )
