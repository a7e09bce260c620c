"""`perceptual`: LPIPS and FVD of samples; needs optional packages and weights.

    t2t-af perceptual RUN... [--metrics=lpips,fvd] [--backbone=alex|vgg] \\
        [--weights_dir=FOLDER] [--clip=predicted|whole] [--min_clips=256] \\
        [--json]

RUN is a folder in which t2t-decoder or t2t-af compare left samples.npz, or one
that lies above such. Each run gets a record of each metric in

  results/perceptual.jsonl   kinds "lpips" and "fvd"

Nothing is downloaded: what is not here is named, with where to get it. Weights
are looked for in torch's folder (~/.cache/torch/hub/checkpoints) or in
--weights_dir. What can be computed is computed, whatever else cannot.
"""

from collections.abc import Iterator
import os
import sys

import numpy as np

from t2t_af import errors
from t2t_af.analysis.metrics import fvd as fvd_quality
from t2t_af.analysis.results import folders
from t2t_af.analysis.results import samples
from t2t_af.bin import arguments
from t2t_af.experiments import perceptual_extras
from t2t_af.experiments import perceptual_networks
from t2t_af.experiments import perceptual_records
from t2t_af.records import json_lines
from t2t_af.records import run_folder

METRICS = ("lpips", "fvd")
_SAMPLES = "samples.npz"


def main(argv: list[str]) -> int:
  """Adds a record of each metric to each run."""
  args = _parse(argv)
  runs = _runs(args.runs)
  refused: list[str] = []
  networks = _networks(args, refused)
  added = []
  for run in runs if networks else ():
    for record in _records(run, networks, args, refused):
      path = os.path.abspath(run_folder.results(run.folder, "perceptual"))
      json_lines.append(path, record)
      added.append(dict(record, file=path))
      if not args.json:
        print(f"{path}\n  {perceptual_records.summary(record)}", flush=True)
  if args.json:
    arguments.print_json(records=added)
  if refused:
    raise errors.UserError("; ".join(refused))
  return 0


def _parse(argv):
  parser = arguments.parser("perceptual", __doc__)
  add = parser.add_argument
  add("runs", nargs="+", metavar="RUN")
  add("--metrics", default=",".join(METRICS))
  add("--backbone", default="alex", choices=["alex", "vgg"], help="of LPIPS")
  add("--weights_dir", help="a folder with the files of weights")
  add(
    "--clip",
    default="predicted",
    choices=["predicted", "whole"],
    help="whole: the frames given belong to FVD's clips too",
  )
  add(
    "--min_clips",
    type=int,
    default=fvd_quality.MIN_CLIPS,
    help="fewer true clips than these are refused: FVD is biased by few",
  )
  arguments.add_json(add)
  args = parser.parse_args(argv)
  args.metrics = list(dict.fromkeys(args.metrics.split(",")))
  for name in args.metrics:
    if name not in METRICS:
      raise errors.UserError(errors.suggest(name, METRICS, "metric"))
  if args.min_clips < 2:
    raise errors.UserError("--min_clips must be at least 2")
  if args.weights_dir and not os.path.isdir(
    os.path.expanduser(args.weights_dir)
  ):
    raise errors.UserError(f"--weights_dir={args.weights_dir} is no folder")
  return args


def _runs(paths: list[str]) -> list[folders.Run]:
  """Those at or below the paths that have samples, at least one of each."""
  with_samples: dict[str, folders.Run] = {}
  for path in map(os.path.expanduser, paths):
    runs = [run for run in folders.find([path]).runs if run.path(_SAMPLES)]
    if not runs:
      raise errors.UserError(
        f"there is no {_SAMPLES} of a run in {path} or below it; "
        "t2t-decoder and t2t-af compare leave it in a run's folder"
      )
    with_samples.update((os.path.realpath(run.folder), run) for run in runs)
  return list(with_samples.values())


def _networks(
  args, refused: list[str]
) -> dict[str, perceptual_records.Network]:
  """{metric: network} of those that can be had; the others are refused."""
  network_names = {
    metric: args.backbone if metric == "lpips" else "i3d"
    for metric in args.metrics
  }
  absent = {
    metric: perceptual_extras.absent([name], args.weights_dir)
    for metric, name in network_names.items()
  }
  if any(absent.values()):
    refused.append(
      perceptual_extras.absent(network_names.values(), args.weights_dir)
    )
  made = {}
  for metric, name in network_names.items():
    if absent[metric]:
      continue
    try:
      weights = perceptual_extras.find(name, args.weights_dir)
      made[metric] = perceptual_records.Network(
        name, perceptual_networks.make(name, weights.path), weights
      )
    except errors.UserError as error:
      refused.append(str(error))
  return made


def _records(
  run: folders.Run,
  networks: dict[str, perceptual_records.Network],
  args,
  refused: list[str],
) -> Iterator[dict]:
  """One of each metric that applies to the run; the others are refused."""
  arrays = samples.read(run.path(_SAMPLES), sys.maxsize)
  if arrays is None:
    refused.append(
      f"{run.path(_SAMPLES)} cannot be read; t2t-decoder makes it anew"
    )
  elif arrays.outputs.ndim != 6 or arrays.outputs.dtype != np.uint8:
    refused.append(
      f"{run.folder} is of a series, and LPIPS and FVD are of frames of video"
    )
  else:
    for metric, network in networks.items():
      try:
        if metric == "lpips":
          yield perceptual_records.lpips(run.folder, arrays, network)
        else:
          yield perceptual_records.fvd(
            run.folder, arrays, network, args.clip == "whole", args.min_clips
          )
      except errors.UserError as error:
        refused.append(f"{run.folder}: {error}")
