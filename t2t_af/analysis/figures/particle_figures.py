"""A particle's motion and what is left of time in it (Fig. 10), as charts.

The numbers are those of metrics/particle_example.py.
"""

import numpy as np

from t2t_af.analysis import formats
from t2t_af.analysis.charts import panels
from t2t_af.analysis.charts import plots
from t2t_af.analysis.figures.figure_parts import Part
from t2t_af.analysis.figures.figure_parts import sheet
from t2t_af.analysis.metrics import particle_example

_NAMES = {"x": "position x", "u": "velocity u", "w": "force w"}


def parts() -> list[Part]:
  """Fig. 10, and the correlation of neighbouring steps."""
  example = particle_example.measure()
  return [
    sheet(
      "figure_10.svg",
      charts(example),
      "A sample of the particle's motion as x, u and w.",
      columns=3,
    ),
    sheet(
      "figure_10_steps.svg",
      [per_step_chart(example)],
      "Correlation of each step with the next (not in the paper).",
    ),
  ]


def charts(example: particle_example.ParticleExample) -> list[panels.Panel]:
  """Fig. 10: the first motion in the plane, as x, u and w."""
  return [
    _panel(name, signal, getattr(example.motion, name))
    for name, signal in example.signals.items()
  ]


def per_step_chart(example: particle_example.ParticleExample) -> panels.Panel:
  """Correlation of neighbouring steps along time: exact lines, estimates."""
  lines, legend = [], {}
  for color, (name, signal) in enumerate(example.signals.items()):
    steps = np.arange(1, len(signal.exact_per_step) + 1)
    lines += [
      plots.Line(
        steps, signal.exact_per_step, color, title=f"{_NAMES[name]}, exact"
      ),
      plots.Line(steps, signal.estimated_per_step, color, "points"),
    ]
    legend[color] = f"{_NAMES[name]}: exact (line), estimated (marks)"
  title = "Correlation of each step with the next"
  return panels.Panel(
    title, plots.chart(lines, "step", "correlation", title), legend
  )


def _panel(
  name: str, signal: particle_example.ParticleSignal, path: np.ndarray
) -> panels.Panel:
  """One motion [steps, dims] in the plane of its first two dimensions."""
  x, y = path[:, 0], path[:, 1]
  lines = [
    plots.Line(x, y, 0),
    plots.Line(x, y, 0, "points"),
    plots.Line(x[:1], y[:1], 1, "points", title="first step"),
  ]
  svg = plots.chart(
    lines,
    f"{name}, first dimension",
    f"{name}, second dimension",
    _NAMES[name],
    whole_x=False,
  )
  estimated = signal.estimated
  measured = formats.with_error(estimated.correlation, estimated.stderr)
  return panels.Panel(
    f"{_NAMES[name]}: multi-information "
    f"{formats.number(signal.multi_information, 1)} nats per dimension",
    svg,
    {
      0: f"correlation of a step with the next {measured}, exact "
      f"{formats.number(signal.exact)}",
      1: "first step",
    },
  )
