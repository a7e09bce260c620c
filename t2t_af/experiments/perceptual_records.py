"""LPIPS and FVD of the samples of one run, as records with their protocol."""

from importlib import metadata
import os
from typing import Callable, NamedTuple

import numpy as np

from t2t_af import progress
from t2t_af.analysis.metrics import fvd as fvd_quality
from t2t_af.analysis.metrics import lpips as lpips_quality
from t2t_af.analysis.metrics import network_frames
from t2t_af.analysis.results import samples
from t2t_af.experiments import perceptual_extras
from t2t_af.records import environment
from t2t_af.records import json_lines
from t2t_af.records import records
from t2t_af.records import run_folder

_COLOURS = {1: "grey, tripled", 3: "colour"}


class Network(NamedTuple):
  """A network that is ready, and what it was made of."""

  name: str  # of perceptual_extras.NETWORKS
  function: Callable  # as perceptual_networks makes it
  weights: perceptual_extras.Weights


def lpips(folder: str, arrays: samples.Samples, network: Network) -> dict:
  """A record of LPIPS, best and mean of N.

  Args:
    folder: of the run.
    arrays: its samples, of video.
    network: a backbone.
  """
  scores = np.stack(
    [
      lpips_quality.distances(outputs, truth, network.function)
      for outputs, truth in progress.bar(
        list(zip(arrays.outputs, arrays.targets)), label="LPIPS", unit="context"
      )
    ]
  )
  size = network_frames.enlarged_size(
    *arrays.outputs.shape[3:5], lpips_quality.MIN_SIDE
  )
  enlarged = (
    ""
    if size == arrays.outputs.shape[3:5]
    else f", enlarged to {size[0]}x{size[1]}, bilinear"
  )
  protocol = (
    f"LPIPS 0.1 ({network.name}); best: the sample of each context with the "
    f"lowest mean over {scores.shape[2]} predicted frames; "
    f"{_frames(arrays)}{enlarged}; values in [-1, 1]"
  )
  return records.lpips(
    **_common(folder, arrays, network, "lpips", protocol),
    **lpips_quality.record_fields(lpips_quality.best_of_n(scores)),
    backbone=network.name,
    network_resolution=size,
  )


def fvd(
  folder: str,
  arrays: samples.Samples,
  network: Network,
  whole: bool,
  min_clips: int,
) -> dict:
  """A record of FVD.

  Args:
    folder: of the run.
    arrays: its samples, of video.
    network: I3D.
    whole: whether the frames given belong to the clips.
    min_clips: refuse fewer true ones.

  Raises:
    UserError: if there are too few clips, or they are too short.
  """
  contexts = list(zip(*arrays))  # (inputs, targets, outputs) of each
  length = fvd_quality.clips(*contexts[0], whole).shape[1]
  fvd_quality.check(len(contexts), length, min_clips)
  features = np.stack(
    [
      network.function(fvd_quality.clips(*context, whole))
      for context in progress.bar(contexts, label="FVD", unit="context")
    ]
  )
  fields = fvd_quality.record_fields(features[:, 0], features[:, 1:])
  biased = (
    f"; fewer than {fvd_quality.MIN_CLIPS} true clips: biased, too high"
    if len(contexts) < fvd_quality.MIN_CLIPS
    else ""
  )
  protocol = (
    f"FVD of {fields['num_generated_clips']} generated clips against "
    f"{fields['num_true_clips']} true ones, of {length} frames, those given "
    f"{'counted in' if whole else 'left out'}; {_frames(arrays)}, resized to "
    f"224x224, bilinear; {fields['num_features']} logits of I3D "
    f"(Kinetics-400){biased}"
  )
  return records.fvd(
    **_common(folder, arrays, network, "cd-fvd", protocol),
    **fields,
    clip_length=length,
    features="I3D logits",
  )


def summary(record: dict) -> str:
  """A record in a line."""
  if record["kind"] == "lpips":
    return "LPIPS (%s), best of %d: %.4f ± %.4f, mean: %.4f ± %.4f" % (
      record["backbone"],
      record["num_samples"],
      record["lpips_best_of_n"],
      record["lpips_best_of_n_stderr"],
      record["lpips_mean_of_n"],
      record["lpips_mean_of_n_stderr"],
    )
  return (
    "FVD %.1f, of one future of each context %.1f ± %.1f (%d true, %d "
    "generated clips of %d frames)"
    % (
      record["fvd"],
      record["fvd_by_sample_mean"],
      record["fvd_by_sample_stderr"],
      record["num_true_clips"],
      record["num_generated_clips"],
      record["clip_length"],
    )
  )


def _frames(arrays: samples.Samples) -> str:
  height, width, channels = arrays.outputs.shape[3:]
  return f"frames {height}x{width} ({_COLOURS[channels]})"


def _common(folder, arrays, network, package, protocol) -> dict:
  """What both records have: whose samples, which software, which weights."""
  versions = {
    name: metadata.version(name) for name in (package, "torch", "torchvision")
  }
  return dict(
    _identity(folder, arrays),
    protocol=protocol,
    resolution=arrays.outputs.shape[3:5],
    package=f"{package} {versions[package]}",
    versions=dict(environment.versions(), **versions),
    weights=os.path.basename(network.weights.path),
    weights_sha256=network.weights.sha256,
  )


def _identity(folder, arrays) -> dict:
  """Of the decode that left the samples, as far as its record says."""
  counts = dict(
    num_contexts=len(arrays.outputs),
    num_samples=arrays.outputs.shape[1],
    num_cond_steps=arrays.inputs.shape[1],
    num_predicted_steps=arrays.outputs.shape[2],
  )
  newest = json_lines.read(run_folder.results(folder, "samples"))[-1:]
  record = newest[0] if newest and counts.items() <= newest[0].items() else {}
  known = dict(
    dict.fromkeys(records.IDENTITY + ("temperature",)),
    **run_folder.identity(folder),
  )
  known.update(
    (name, record[name]) for name in known if record.get(name) is not None
  )
  return dict(known, **counts)
