"""`forecast`: what follows after the end of files, drawn from a trained run.

    t2t-af forecast RUN FILES... [--steps=N] [--num_samples=K] [--seed=S]
        [--quantiles=5,25,50,75,95] [--out=FOLDER]

A file is a series (.csv) or a video, as the run's data were; no more of it is
needed than the run conditions on. Written are, in raw units,

  forecast.csv         of series: quantiles of every step and feature
  FILE.svg             of series: the end of the file and its fan of quantiles
  FILE.gif, FILE.png   of video: the frames given and a few futures
  FILE.sample_1.mp4 .. of video: each of these few
  FILE.npz             outputs [samples, steps, ...]: all futures
"""

import argparse
from collections.abc import Iterator
import contextlib
from typing import Any

from t2t_af.bin import asking
from t2t_af.bin import table_flags

QUANTILES = "5,25,50,75,95"
_SERIES_SAMPLES, _VIDEO_SAMPLES = 100, 4


def main(argv: list[str]) -> int:
  """Draws and writes the futures; returns the exit code."""
  parser = asking.parser("forecast", __doc__)
  add_flags(parser)
  args = parser.parse_args(argv)
  asking.check_at_least(args, steps=0, num_samples=0, seed=0)
  with asking.loaded("forecast", args) as run:
    forecast(run, args)
  asking.print_folder(args)
  return 0


def add_flags(parser: argparse.ArgumentParser) -> None:
  """Adds those that say which futures are drawn, and what is told of them."""
  add = parser.add_argument
  add(
    "--steps",
    type=int,
    default=0,
    help="of a future; 0: as many as the run was trained on",
  )
  add(
    "--num_samples",
    "--samples",
    type=int,
    default=0,
    help=f"futures of a file; 0: {_SERIES_SAMPLES} of series, {_VIDEO_SAMPLES} "
    "of video",
  )
  add("--seed", type=int, default=0, help="of what is drawn")
  add("--quantiles", default=QUANTILES, help="in per cent")
  table_flags.add(parser)


def forecast(run, args) -> None:
  """Of `args.files`; args as of this verb's flags, and `out`."""
  from t2t_af.experiments.asking import forecast_files

  with written(run, args) as files:

    def answer(recording):
      name, x = recording.name, recording.values
      files.add(forecast_files.Forecast(name, x, drawn(run, args, x, name)))

    asking.each_file(run, args, "forecasting", answer)


@contextlib.contextmanager
def written(run, args) -> Iterator[Any]:
  """What the futures are written with; at the end the table of them all."""
  from t2t_af.experiments.asking import forecast_files

  files = forecast_files.ForecastFiles(
    args.out,
    run.names,
    forecast_files.parse_quantiles(args.quantiles),
    run.run.num_inputs,
  )
  yield files
  files.close()


def drawn(run, args, context: Any, name: str) -> Any:
  """The futures of the end of a context, as many as the flags say."""
  default = _SERIES_SAMPLES if run.names else _VIDEO_SAMPLES
  num_samples = args.num_samples or default
  return run.sample(context, num_samples, args.steps, args.seed, name)
