"""`references`: NLL of trivial models, which a model must beat.

    t2t-af references --problem=video_toy_pushing --data_dir=data
        [--split=test] [--num_inputs=3] [--num_targets=10]
        [--dequantization=uniform] [--output=FILE]

Of any problem of ours, video or series: N(0, 1), one Gaussian for all, one per
pixel or feature, a copy of the last step with one variance and with one per
pixel or feature; fitted on the training split, scored on the windows that
evaluation scores. Say the numbers of input and target steps of the models to
be compared with: these decide which steps are scored.
"""

import argparse
import os

import numpy as np
from tensor2tensor.utils import registry

from problems.core import sequence_problem
from problems.core import series_problem
from t2t_af import errors
from t2t_af.analysis.metrics import references as references_lib
from t2t_af.bin import checks
from t2t_af.records import records

_MAX_TRAIN_BYTES = 2**28  # that fit the Gaussians; memory, not precision.


def problem_of(name: str) -> sequence_problem.SequenceProblem:
  """The problem, if its sequences can be read here.

  Raises:
    UserError: there is none of this name, or it is not one of sequences.
  """
  checks.problem(name)
  problem = registry.problem(name)
  if not isinstance(problem, sequence_problem.SequenceProblem):
    raise errors.UserError(
      f"{name} is tensor2tensor's, which stores single frames or samples; "
      "this command reads sequences as the problems of t2t_af store them "
      "(t2t-af data lists these)."
    )
  return problem


def compute(
  problem_name: str,
  data_dir: str,
  split: str,
  num_inputs: int = 3,
  num_targets: int = 10,
  dequantization: str = "uniform",
) -> list:
  """Reference records of a problem's split, fitted on its training split."""
  problem = problem_of(problem_name)
  train = _training_windows(problem, data_dir, num_inputs, num_targets)
  scored = problem.read_windows(data_dir, split, num_inputs, num_targets)
  for name, windows in (("train", train), (split, scored)):
    if not len(windows):
      raise errors.UserError(
        f"{problem_name}: no sequence of the {name} split has "
        f"{num_inputs} + {num_targets} steps"
      )
  is_series = isinstance(problem, series_problem.SeriesProblem)
  log_volume = problem.statistics(data_dir).log_volume if is_series else None
  return references_lib.compute(
    train,
    scored,
    num_inputs,
    num_targets,
    problem_name,
    split,
    dequantization,
    log_volume,
  )


def _training_windows(
  problem, data_dir: str, num_inputs: int, num_targets: int
) -> np.ndarray:
  """Windows that fit the parameters: of a series all, of video the first ones.

  Those of a series are tiled as in evaluation; of video each sequence's first.
  """
  if isinstance(problem, series_problem.SeriesProblem):
    return problem.read_windows(data_dir, "train", num_inputs, num_targets)
  length = num_inputs + num_targets
  found, num_bytes = [], 0
  for _, frames in problem.each_sequence(data_dir, "train", length):
    found.append(frames)
    num_bytes += frames.nbytes
    if num_bytes >= _MAX_TRAIN_BYTES:
      break
  return (
    np.stack(found)
    if found
    else np.zeros([0, length] + list(problem.step_shape), np.uint8)
  )


def write(
  problem_name: str,
  data_dir: str,
  split: str,
  path: str,
  num_inputs: int,
  num_targets: int,
  dequantization: str,
) -> None:
  """Computes and appends, unless the records of this protocol are there."""
  protocol = dict(
    problem=problem_name,
    split=split,
    num_cond_frames=num_inputs,
    num_scored_frames=num_targets,
  )
  noises = (dequantization, "none")  # A series has none.
  if any(
    protocol.items() <= r.items() and r.get("dequantization") in noises
    for r in records.read(path)
  ):
    return
  for record in compute(
    problem_name, data_dir, split, num_inputs, num_targets, dequantization
  ):
    records.append(path, record)


def main(argv: list) -> int:
  parser = argparse.ArgumentParser(
    "t2t-af references",
    description=__doc__,
    formatter_class=argparse.RawDescriptionHelpFormatter,
  )
  add = parser.add_argument
  add("--problem", required=True)
  add("--data_dir", default="data")
  add("--split", default="test", choices=["test", "eval"])
  add("--num_inputs", type=int, default=3, help="video_num_input_frames")
  add("--num_targets", type=int, default=10, help="video_num_target_frames")
  add(
    "--dequantization",
    default="uniform",
    choices=["uniform", "gaussian"],
    help="of video",
  )
  add("--output", help="also appends the records to this file")
  args = parser.parse_args(argv)
  if args.num_inputs < 1 or args.num_targets < 1:
    raise errors.UserError("--num_inputs and --num_targets must be at least 1")
  found = compute(
    args.problem,
    os.path.expanduser(args.data_dir),
    args.split,
    args.num_inputs,
    args.num_targets,
    args.dequantization,
  )
  for record in found:
    print(_line(record))
    if args.output:
      records.append(args.output, record)
  return 0


def _line(record: dict) -> str:
  line = "%-28s %9.4f nats/dim" % (record["name"], record["nll_nats_per_dim"])
  if "nll_nats_per_step" not in record:
    return line + "  %9.4f bits/dim" % record["nll_bits_per_dim"]
  return line + "  %10.4f nats/step  %10.4f nats/step in raw units" % (
    record["nll_nats_per_step"],
    record["nll_raw_nats_per_step"],
  )
