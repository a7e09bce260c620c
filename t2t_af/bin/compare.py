"""`compare`: trains several hparams sets alike and reports them side by side.

    t2t-af compare --problem=video_toy_pushing --data_dir=data \\
        --hparams_sets=video_flow_tiny,video_flow_af_tiny \\
        --train_steps=1000 --seeds=0,1,2 --output_dir=compare

Each set is trained under the same seeds and number of steps, evaluated on one
split, and sampled from the same first steps. Sets of different models may be
mixed, of any problem of ours, video or series, if all score the same steps
with the same noise. Trivial models stand beside them. Records, tables and
report.html are written to --output_dir. Started again, it continues where it
was stopped. --demo fills in everything for a few minutes on two cores.

With --eval_every=N the dev split is evaluated every N steps, and each run is
scored at the step that was best there (early stopping) instead of the last.
"""

import t2t_af
from t2t_af import errors
from t2t_af.bin import arguments
from t2t_af.bin import flag_ranges

_DEMO = dict(
  problem="video_toy_pushing",
  train_steps=400,
  seeds="0",
  output_dir="demo",
  data_dir="data",
  hparams_sets="video_flow_tiny,video_flow_af_tiny,video_flow_af_residual_tiny",
  num_contexts=16,
  num_samples=10,
)


def main(argv: list[str]) -> int:
  """Runs what is left of the comparison and reports it."""
  args = _parse(argv)
  _check(args)
  t2t_af.register()
  from t2t_af.bin import comparing

  return comparing.run(args)


def _parse(argv):
  parser = arguments.parser("compare", __doc__)
  _add_what(parser.add_argument)
  _add_how(parser.add_argument)
  if parser.parse_known_args(argv)[0].demo:
    parser.set_defaults(**_DEMO)
  args = parser.parse_args(argv)
  args.sets = [name for name in (args.hparams_sets or "").split(",") if name]
  args.seeds = _seeds(args.seeds)
  return args


def _add_what(add):
  """Flags that say what is compared."""
  add("--demo", action="store_true")
  add("--problem")
  add(
    "--hparams_sets", help="names, comma-separated; the first is the baseline"
  )
  add(
    "--hparams",
    default="",
    help="overrides: name=value,...; each for the sets that have it",
  )
  add("--labels", default="", help="one per set, separated by |")
  add("--data_dir", default="data", help="made there if it is not there")
  add("--output_dir", default="compare")


def _add_how(add):
  """Flags that say how long is trained, and what is scored."""
  add("--train_steps", type=int, default=1000)
  add(
    "--eval_every",
    type=int,
    default=0,
    help="steps between evaluations on the dev split, the best of which is "
    "scored; 0: none, the last step is",
  )
  add("--seeds", default="0", help="e.g. 0,1,2")
  arguments.add_split(add)
  add("--num_contexts", type=int, default=16, help="to sample from; 0: none")
  add(
    "--num_samples",
    "--num_decodes",
    type=int,
    default=10,
    help="futures of a context",
  )
  arguments.add_json(add)
  add(
    "--force",
    action="store_true",
    help="go on though another process seems to write there",
  )


def _seeds(text):
  try:
    return [int(seed) for seed in text.split(",")]
  except ValueError as error:
    raise errors.UserError(
      "--seeds=%s is not a list of whole numbers such as 0,1,2" % text
    ) from error


def _check(args):
  if not args.problem or not args.sets:
    raise errors.UserError("--problem and --hparams_sets must be given")
  if args.train_steps < 1:
    raise errors.UserError("--train_steps must be at least 1")
  if args.eval_every < 0:
    raise errors.UserError("--eval_every must be 0 or more")
  for seed in args.seeds:
    flag_ranges.check_seed(seed, "seeds")
  if args.num_contexts < 0:
    raise errors.UserError("--num_contexts must be 0 (no samples) or more")
  if args.num_samples < 1:
    raise errors.UserError(
      "--num_samples must be at least 1; --num_contexts=0 samples nothing"
    )
