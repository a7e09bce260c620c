"""`check`: how well a trained model's numbers stand in float32.

    t2t-af check RUN --data_dir=data [--split=test] [--num_windows=8] [--json]

RUN is the --output_dir of t2t-trainer, or <set>/seed_<n> of t2t-af compare.
Real windows go through the model's flows and back: of video_flow it encodes,
decodes and encodes again, of the others x -> y -> x. Beside the largest errors
stand the condition numbers of 1x1 convolutions, and how many of the log-scales
are at their bounds. Every line ends in a verdict: ok, poor, bad. The exit code
is 1 if one is bad.
"""

import os

import t2t_af
from t2t_af import errors
from t2t_af.bin import arguments


def main(argv: list[str]) -> int:
  """Prints the findings; 1 if one is bad."""
  parser = arguments.parser("check", __doc__)
  add = parser.add_argument
  add("run", metavar="RUN")
  add("--data_dir", default="data")
  arguments.add_split(add)
  add("--num_windows", type=int, default=8, help="that go there and back")
  arguments.add_json(add)
  args = parser.parse_args(argv)
  if args.num_windows < 1:
    raise errors.UserError("--num_windows must be at least 1")
  t2t_af.register()
  from t2t_af.experiments import numerical_check
  from t2t_af.experiments import trained_run

  run = trained_run.TrainedRun(
    *map(os.path.expanduser, (args.run, args.data_dir))
  )
  findings = numerical_check.findings(run, args.split, args.num_windows)
  if args.json:
    listed = [dict(f._asdict(), verdict=f.verdict) for f in findings]
    arguments.print_json(step=run.step, findings=listed)
  else:
    for f in findings:
      print(f"{f.kind:<15}{f.what:<40}{f.value:>9.2g}  {f.detail}: {f.verdict}")
  return int(any(f.verdict == numerical_check.BAD for f in findings))
