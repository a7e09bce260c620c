"""What a training step says of itself: was it applied, and if not, why.

Numbers that are not finite (NaN, infinite) are found inside of the graph, where
they keep the step from being applied; here they are told. Hparam
nonfinite_updates: `stop` ends the run there, `skip` goes on with the next
batch.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import tensorflow.compat.v1 as tf

from t2t_af.annotations import HParams

STOP, SKIP = "stop", "skip"
MODES = (STOP, SKIP)
# No text, so that it is not written with the graph.
_REPORT = ("t2t_af/step_report",)
_SEQUENCES = "t2t_af/sequences_of_step"
_MAX_NAMES = 5  # that an error lists
_MAX_IN_A_ROW = 100  # steps that are skipped before a run is given up
_CURE = (
  "Lower learning_rate_constant, lengthen learning_rate_warmup_steps, or set "
  "clip_grad_norm"
)


class Report(NamedTuple):
  """Of one step; tensors in a graph, and what they were in Python.

  Attributes:
    is_applied: bool scalar: whether all numbers below are finite.
    scalars: float scalars by what they are.
    names: of the variables, as those below.
    gradients: [variables], squared norms.
    updated: [variables], of the weights made, or of what is added to them.
  """

  is_applied: Any
  scalars: Mapping[str, Any]
  names: Sequence[str]
  gradients: Any
  updated: Any


def note(report: Report) -> None:
  """Hands a graph's report to its hooks."""
  tf.add_to_collection(_REPORT, report)


def note_sequences(ids: tf.Tensor) -> None:
  """Hands them the ids of the sequences of a batch, string [batch]."""
  tf.add_to_collection(_SEQUENCES, ids)


def is_applied() -> tf.Tensor:
  """Whether the default graph's step was applied; bool scalar."""
  reports = tf.get_collection(_REPORT)
  return reports[0].is_applied if reports else tf.constant(True)


def message(report: Report, sequences: Sequence[str], step: int) -> str:
  """In a line: what of a step is not finite, and of which batch it was."""
  bad = [
    f"{what} is {float(value)}"
    for what, value in report.scalars.items()
    if not np.isfinite(value)
  ]
  for what, squares in (
    ("the gradient", report.gradients),
    ("the updated weight", report.updated),
  ):
    names = [n for n, s in zip(report.names, squares) if not np.isfinite(s)]
    if names:
      bad.append(f"{what} is not finite in {_first(names)}")
  batch = f" of sequences {_first(sorted(set(sequences)))}" if sequences else ""
  return f"step {step}: {_joined(bad)}, in the batch{batch}"


def _first(names: Sequence[str]) -> str:
  more = len(names) - _MAX_NAMES
  listed = ", ".join(names[:_MAX_NAMES])
  return f"{listed} and {more} more" if more > 0 else listed


def _joined(parts: Sequence[str]) -> str:
  return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))


class FiniteHook(tf.train.SessionRunHook):
  """Ends a training, or tells and goes on, where a step was not applied."""

  def __init__(self, hparams: HParams) -> None:
    self._skips = hparams.nonfinite_updates == SKIP
    self._in_a_row = 0

  def begin(self) -> None:
    """Finds what the graph reports."""
    reports = tf.get_collection(_REPORT)
    self._fetches = {
      "step": tf.train.get_or_create_global_step(),
      "sequences": tf.get_collection(_SEQUENCES),
    }
    self._names: Sequence[str] = ()
    for report in reports[:1]:
      self._names = report.names
      self._fetches["report"] = report._replace(names=())

  def before_run(
    self, run_context: tf.train.SessionRunContext
  ) -> tf.train.SessionRunArgs:
    """Asks for the report of the step."""
    return tf.train.SessionRunArgs(self._fetches)

  def after_run(
    self,
    run_context: tf.train.SessionRunContext,
    run_values: tf.train.SessionRunValues,
  ) -> None:
    """Looks at it.

    Raises:
      FloatingPointError: it was not applied, and such steps are not skipped.
    """
    results = run_values.results
    if "report" not in results or results["report"].is_applied:
      self._in_a_row = 0
      return
    self._in_a_row += 1
    sequences = [i.decode() for ids in results["sequences"] for i in ids]
    # The step is read beside the update: what is left is that of before.
    step = run_context.session.run(self._fetches["step"]) + (not self._skips)
    report = results["report"]._replace(names=self._names)
    told = message(report, sequences, int(step))
    if self._skips and self._in_a_row < _MAX_IN_A_ROW:
      tf.logging.warning("%s: skipped", told)
      return
    raise FloatingPointError(f"t2t_af: {told}. {self._consequence()}")

  def _consequence(self) -> str:
    if self._skips:
      return f"So were the {_MAX_IN_A_ROW - 1} steps before. {_CURE}."
    return (
      f"The step was not applied and the last checkpoint is good. {_CURE}; or "
      "leave such steps out, with nonfinite_updates=skip."
    )
