"""`score`: log-likelihoods of files under a trained run, and their anomalies.

    t2t-af score RUN FILES... [--num_samples=100] [--rate=0.01] [--out=FOLDER]
        [--json]

A file is a series (.csv) or a video, as the run's data were. Every step is
scored once, given the true steps before it, in windows as t2t-eval's; the
first steps, which a window conditions on, have no likelihood. Written are

  scores.csv   per step: nats, bits/dim, raw units; p_value; is_anomaly
  files.csv    means of each file
  FILE.svg     NLL and p_value over time

p_value is the share of futures drawn from the model itself, from the same
context, that are at least as unlikely; near 0 is what the model would hardly
do. is_anomaly: the NLL is above that of all but --rate of the dev split's
steps. Of an SLVM all are of a bound, <=.
"""

import sys

from t2t_af import errors
from t2t_af.bin import arguments
from t2t_af.bin import asking
from t2t_af.bin import table_flags

_SERIES_SAMPLES, _VIDEO_SAMPLES = 100, 20


def main(argv: list[str]) -> int:
  """Scores the files; returns the exit code."""
  args = _parse(argv)
  with asking.loaded("score", args) as run:
    _score(run, args)
  return 0


def _parse(argv):
  parser = asking.parser("score", __doc__)
  add = parser.add_argument
  add(
    "--num_samples",
    "--samples",
    type=int,
    default=-1,
    help="futures of a window, for p_value; 0: no p_value; -1: "
    f"{_SERIES_SAMPLES} of series, {_VIDEO_SAMPLES} of video",
  )
  add(
    "--rate",
    type=float,
    default=0.01,
    help="part of the dev split's steps above the threshold; 0: no threshold",
  )
  add("--seed", type=int, default=0, help="of the futures")
  arguments.add_json(add)
  table_flags.add(parser)
  args = parser.parse_args(argv)
  asking.check_at_least(args, num_samples=-1, rate=0, seed=0)
  if not args.rate < 1:
    raise errors.UserError("--rate must be below 1")
  return args


def _score(run, args):
  from t2t_af.experiments.asking import score_files

  if args.num_samples < 0:
    args.num_samples = _SERIES_SAMPLES if run.names else _VIDEO_SAMPLES
  found = []

  def answer(recording):
    scores = run.score(
      recording.values,
      recording.sequence_id,
      args.num_samples,
      args.seed,
      show_progress=True,
    )
    found.append((recording.name, scores, recording.first_step))

  asking.each_file(run, args, "scoring", answer)
  table = score_files.ScoreFiles(
    args.out, bool(run.names), run.num_bound_samples, _threshold(run, args.rate)
  )
  judged = [table.judge(*of_file) for of_file in found]
  table.write(judged)
  asking.print_answer(
    args,
    [table.line(of_file) for of_file in judged],
    files=[table.fields(of_file) for of_file in judged],
    threshold_nll_nats=table.threshold,
  )


def _threshold(run, rate):
  """None, with a line, where there is no dev split to take it from."""
  if not rate:
    return None
  if not run.run.has_data:
    sys.stderr.write(
      f"no threshold for anomalies: the data of {run.run.problem.name} is not "
      f"in {run.run.data_dir} (--data_dir)\n"
    )
    return None
  threshold = run.threshold(rate)
  sys.stderr.write(
    f"anomalies: steps above {threshold:.4f} nats, as {100 * rate:g} % of the "
    "dev split's are\n"
  )
  return threshold
