"""`sample`: futures of a run's own data, or of a model that comes along.

    t2t-af sample                        # lists the models, a line each
    t2t-af sample NAME [--num_contexts=3] [--num_samples=K] [--steps=N]
        [--temperature=T] [--seed=S] [--data_dir=FOLDER] [--out=FOLDER]
    t2t-af sample RUN [FILES...]

Nothing is trained. Contexts are the first steps of sequences: of the test split
of the problem, drawn where the problem draws its data, else read from
--data_dir; or of FILES. What really followed is shown beside what the model
draws. Written are, for each sequence,

  NAME.gif, NAME.png   of video: the truth and a few futures
  NAME.sample_1.mp4 .. of video: each of these few
  NAME.svg             of series: the truth and a fan of quantiles
  NAME.npz             inputs, targets, outputs [samples, steps, ...]

and forecast.csv, of series: quantiles of every step and feature.
"""

import sys

from t2t_af import errors
from t2t_af.bin import arguments
from t2t_af.bin import asking
from t2t_af.bin import forecast
from t2t_af.records import named_models


def main(argv: list[str]) -> int:
  """Draws and writes the futures, or lists models; returns the exit code."""
  args = _parse(argv)
  if not args.run:
    lines = named_models.lines()
    print("".join(f"{line}\n" for line in lines), end="", flush=True)
    sys.stderr.write("t2t-af sample NAME draws futures of one\n")
    return 0
  with asking.loaded("sample", args) as run:
    _sample(run, args)
  asking.print_folder(args)
  return 0


def _parse(argv):
  parser = asking.parser("sample", __doc__, may_be_left_out=True)
  add = parser.add_argument
  add("--num_contexts", type=int, default=3, help="sequences of the problem")
  add(
    "--temperature",
    type=float,
    help="of the draws; lower: nearer to the mean; default: the run's",
  )
  arguments.add_split(add)
  forecast.add_flags(parser)
  # Else files that follow a flag would be none.
  args = parser.parse_intermixed_args(argv)
  asking.check_at_least(args, steps=0, num_samples=0, seed=0, num_contexts=1)
  if args.temperature is not None:
    if not args.temperature > 0:
      raise errors.UserError("--temperature must be above 0")
    given = [args.hparams] if args.hparams else []
    args.hparams = ",".join([*given, f"temperature={args.temperature}"])
  return args


def _sample(run, args):
  from t2t_af.experiments.asking import contexts
  from t2t_af.experiments.asking import forecast_files

  num_given, steps = run.run.num_inputs, args.steps or run.run.num_targets
  with forecast.written(run, args) as files:

    def answer(recording):
      name, x = recording.name, recording.values
      given, truth = x[:num_given], x[num_given : num_given + steps]
      samples = forecast.drawn(run, args, given, name)
      made = forecast_files.Forecast(name, given, samples, truth)
      print(f"{name}: {', '.join(files.add(made))}", flush=True)

    if args.files:
      asking.each_file(run, args, "sampling", answer)
    else:
      found = contexts.first(
        run.run, args.split, args.num_contexts, bool(args.data_dir)
      )
      asking.each(list(found), "sampling", answer)
