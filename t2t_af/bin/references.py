"""`references`: NLL of trivial models, which a model must beat.

    t2t-af references --problem=video_toy_pushing --data_dir=data
"""

import argparse

from tensor2tensor.utils import registry

from t2t_af import records
from t2t_af.analysis import references as references_lib
from t2t_af.bin import checks

_MAX_TRAIN = 2000  # Sequences that fit the Gaussians; memory, not precision.


def compute(problem_name: str, data_dir: str, split: str,
            num_cond_frames: int = 3, num_scored: int = 10) -> list:
  """Reference records of a problem's split, fitted on its training split."""
  problem = registry.problem(problem_name)
  num_frames = num_cond_frames + num_scored
  train, _ = problem.read_sequences(data_dir, "train", num_frames, _MAX_TRAIN)
  scored, _ = problem.read_sequences(data_dir, split, num_frames)
  return references_lib.compute(train, scored, num_cond_frames, num_scored,
                                problem_name, split)


def write(problem_name: str, data_dir: str, split: str, path: str,
          hparams) -> None:
  """Computes and appends, unless the records of this protocol are there."""
  protocol = dict(
      problem=problem_name, split=split,
      num_cond_frames=hparams.video_num_input_frames,
      num_scored_frames=hparams.video_num_target_frames)
  if any(protocol.items() <= record.items() for record in records.read(path)):
    return
  for record in compute(problem_name, data_dir, split,
                        hparams.video_num_input_frames,
                        hparams.video_num_target_frames):
    records.append(path, record)


def main(argv: list) -> int:
  parser = argparse.ArgumentParser(
      "t2t-af references", description=__doc__,
      formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("--problem", required=True)
  parser.add_argument("--data_dir", default="data")
  parser.add_argument("--split", default="test", choices=["test", "eval"])
  parser.add_argument("--output", help="also appends the records to this file")
  args = parser.parse_args(argv)
  checks.problem(args.problem)
  found = compute(args.problem, args.data_dir, args.split)
  for record in found:
    print("%-28s %8.4f nats/dim  %8.4f bits/dim" % (
        record["name"], record["nll_nats_per_dim"],
        record["nll_bits_per_dim"]))
    if args.output:
      records.append(args.output, record)
  return 0
