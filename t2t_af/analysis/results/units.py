"""In which unit likelihoods are shown: nats per dimension, or per time step.

Records keep nats per dimension of whatever was modelled. The paper gives video
in nats per dimension (Table 1) and series in nats per time step (Table 2):

  nats_per_step = nats_per_dim * dims_per_step
  raw units:      nats_per_step + sum over dimensions of log std
"""

from collections.abc import Sequence
from typing import NamedTuple


class Unit(NamedTuple):
  """How NLLs are shown.

  Attributes:
    name: "nats/dim" or "nats/step".
    scale: an NLL in this unit is so many times that in nats per dimension.
    step: what a time step is called, "frame" or "step".
    is_series: whether there are columns and no pixels.
  """

  name: str
  scale: float
  step: str
  is_series: bool


VIDEO = Unit("nats/dim", 1.0, "frame", False)


def unit_of(records: Sequence[dict], problem: str = "") -> Unit:
  """The unit of likelihood records.

  Args:
    records: of likelihood, references included; those of series have
      dims_per_step and dequantization "none".
    problem: its name; says what it is where there is no record.
  """
  for record in records:
    if record.get("dequantization") == "none" and record.get("dims_per_step"):
      return Unit("nats/step", float(record["dims_per_step"]), "step", True)
  if not records and problem.startswith("series_"):
    return Unit("nats/step", 1.0, "step", True)  # nothing to be scaled yet
  return VIDEO
