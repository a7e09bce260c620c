"""A particle's motion and what is left of time in it (Fig. 10), as charts.

The numbers are those of metrics/particle_example.py.
"""

import numpy as np

from t2t_af.analysis import formats
from t2t_af.analysis.charts import plots
from t2t_af.analysis.figures.figure_parts import Part
from t2t_af.analysis.metrics import particle_example

_NAMES = {"x": "position x", "u": "velocity u", "w": "force w"}


def parts() -> list[Part]:
  """Fig. 10, and the correlation of neighbouring steps."""
  example = particle_example.measure()
  return [
    Part(
      "figure_10.svg",
      "A sample of the particle's motion as x, u and w.",
      charts=charts(example),
      columns=3,
    ),
    Part(
      "figure_10_steps.svg",
      "Correlation of each step with the next (not in the paper).",
      charts=[per_step_chart(example)],
    ),
  ]


def charts(example: particle_example.ParticleExample) -> list[plots.Panel]:
  """Fig. 10: the first motion in the plane, as x, u and w."""
  return [
    _panel(name, signal, getattr(example.motion, name))
    for name, signal in example.signals.items()
  ]


def per_step_chart(example: particle_example.ParticleExample) -> plots.Panel:
  """Correlation of neighbouring steps along time: exact lines, estimates."""
  lines, legend = [], {}
  for color, (name, signal) in enumerate(example.signals.items()):
    steps = np.arange(1, len(signal.exact_per_step) + 1)
    lines += [
      plots.Line(steps, signal.exact_per_step, color),
      plots.Line(steps, signal.estimated_per_step, color, "points"),
    ]
    legend[color] = f"{_NAMES[name]}: exact (line), estimated (marks)"
  title = "Correlation of each step with the next"
  return plots.Panel(title, lines, "step", "correlation", legend)


def _panel(
  name: str, signal: particle_example.ParticleSignal, path: np.ndarray
) -> plots.Panel:
  """One motion [steps, dims] in the plane of its first two dimensions."""
  x, y = path[:, 0], path[:, 1]
  lines = [
    plots.Line(x, y, 0),
    plots.Line(x, y, 0, "points"),
    plots.Line(x[:1], y[:1], 1, "points"),
  ]
  estimated = signal.estimated
  measured = formats.with_error(estimated.correlation, estimated.stderr)
  return plots.Panel(
    f"{_NAMES[name]}: multi-information "
    f"{formats.number(signal.multi_information, 1)} nats per dimension",
    lines,
    f"{name}, first dimension",
    f"{name}, second dimension",
    {
      0: f"correlation of a step with the next {measured}, exact "
      f"{formats.number(signal.exact)}",
      1: "first step",
    },
    whole_x=False,
  )
