"""`transform`: the noise y of whole files, for any other model; and back.

    t2t-af transform RUN FILES... [--out=FOLDER]
    t2t-af transform RUN FILES... --inverse

Of each file (.csv of series; video) it writes

  FILE.npz     y, shift, log_scale [time, ...]: raw = shift + exp(log_scale) y;
               y has no unit, shift is in raw units; the first num_unscored
               steps, before which a transform has too few steps, are left as
               they are by it, but for standardising
  FILE.y.csv   of series: y, a column for each feature

--inverse takes such .npz, or folders of them, whoever changed their y, and
writes the data that they are the noise of: a .csv, or a .npy of frames, in the
subfolders that they are in. Nothing random is added, so the one undoes the
other up to float32.
"""

from t2t_af import errors
from t2t_af.bin import asking
from t2t_af.bin import table_flags

_ENDS_WITH = ".npz"


def main(argv: list[str]) -> int:
  """Transforms the files; returns the exit code."""
  parser = asking.parser("transform", __doc__)
  parser.add_argument(
    "--inverse", action="store_true", help="from noise (.npz) to data"
  )
  table_flags.add(parser)
  args = parser.parse_args(argv)
  if args.inverse and table_flags.given(args):
    flag = next(iter(table_flags.given(args)))
    raise errors.UserError(f"--{flag} is of tables; --inverse reads .npz")
  with asking.loaded("transform", args) as run:
    unscored = run.num_unscored_steps()
    (_inverse if args.inverse else _transform)(run, args)
  print(f"the first {unscored} steps of a file are kept as they are")
  asking.print_folder(args)
  return 0


def _transform(run, args):
  from t2t_af.experiments.asking import transform_files

  asking.each_file(
    run,
    args,
    "transforming",
    lambda recording: transform_files.write(
      run, args.out, recording.name, run.transform(recording.values)
    ),
  )


def _inverse(run, args):
  from t2t_af.experiments.asking import given_files
  from t2t_af.experiments.asking import transform_files

  def answer(file):
    x = run.inverse(transform_files.read_noise(run, file.path))
    transform_files.write_data(run, args.out, file.name + ".inverse", x)

  asking.each(given_files.of_kind(args.files, _ENDS_WITH), "inverting", answer)
