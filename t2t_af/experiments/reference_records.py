"""Reference records: NLL of trivial models on a problem's split.

Fitted on the training split, scored on the windows that evaluation scores.
"""

import numpy as np

from problems.core.sequence_problem import SequenceProblem
from problems.core.series_problem import SeriesProblem
from t2t_af import errors
from t2t_af.analysis.metrics import references
from t2t_af.records import json_lines

_MAX_TRAIN_BYTES = 2**28  # that fit the Gaussians; memory, not precision.


def compute(
  problem: SequenceProblem,
  data_dir: str,
  split: str,
  num_inputs: int = 3,
  num_targets: int = 10,
  dequantization: str = "uniform",
) -> list[dict]:
  """Reference records of a problem's split, fitted on its training split.

  Args:
    problem: video or series.
    data_dir: folder of its data.
    split: "dev" or "test".
    num_inputs, num_targets: steps of a window; the targets are scored.
    dequantization: of video, "uniform" or "gaussian".

  Raises:
    UserError: a split has no window of this length.
  """
  train = _training_windows(problem, data_dir, num_inputs, num_targets)
  named = list(problem.each_window(data_dir, split, num_inputs, num_targets))
  scored = np.array([window for _, window in named])
  for name, windows in (("train", train), (split, scored)):
    if not len(windows):
      raise errors.UserError(
        f"{problem.name}: no sequence of the {name} split has "
        f"{num_inputs} + {num_targets} steps"
      )
  is_series = isinstance(problem, SeriesProblem)
  log_volume = problem.statistics(data_dir).log_volume if is_series else None
  computed = references.compute(
    train,
    scored,
    num_inputs,
    num_targets,
    problem.name,
    split,
    dequantization,
    log_volume,
    [problem.recording(name) for name, _ in named],
  )
  fingerprint = problem.data_fingerprint(data_dir)
  return [dict(record, data_fingerprint=fingerprint) for record in computed]


def _training_windows(
  problem, data_dir: str, num_inputs: int, num_targets: int
) -> np.ndarray:
  """Windows that fit the parameters: of a series all, of video the first ones.

  Those of a series are tiled as in evaluation; of video each sequence's first.
  """
  if isinstance(problem, SeriesProblem):
    return problem.read_windows(data_dir, "train", num_inputs, num_targets)
  length = num_inputs + num_targets
  sequences, num_bytes = [], 0
  for _, frames in problem.each_sequence(data_dir, "train", length):
    sequences.append(frames)
    num_bytes += frames.nbytes
    if num_bytes >= _MAX_TRAIN_BYTES:
      break
  return (
    np.stack(sequences)
    if sequences
    else np.zeros([0, length] + list(problem.step_shape), np.uint8)
  )


def write(
  problem: SequenceProblem,
  data_dir: str,
  split: str,
  path: str,
  num_inputs: int,
  num_targets: int,
  dequantization: str,
) -> None:
  """Has `path` hold the records of `compute`, once for each protocol.

  Those that are there stay if they are complete and of this data.
  """
  is_series = isinstance(problem, SeriesProblem)
  protocol = dict(
    problem=problem.name,
    split=split,
    num_cond_steps=num_inputs,
    num_scored_steps=num_targets,
    dequantization="none" if is_series else dequantization,
  )
  mine, others = [], []
  for record in json_lines.read(path):
    (mine if protocol.items() <= record.items() else others).append(record)
  fingerprint = problem.data_fingerprint(data_dir)
  expected = references.names(protocol["dequantization"])
  if [r["name"] for r in mine] == expected and all(
    r.get("data_fingerprint") == fingerprint for r in mine
  ):
    return
  computed = compute(
    problem, data_dir, split, num_inputs, num_targets, dequantization
  )
  json_lines.write(path, [*others, *computed])
