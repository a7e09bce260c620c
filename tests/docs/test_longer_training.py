"""What docs/results.md says of 4,000 steps is what the records say."""

import re

import numpy as np
import pytest

from t2t_af.analysis import formats
from t2t_af.analysis.results.comparison import Comparison
from t2t_af.records import json_lines
from tests.docs import pages

_PAGE, _FOLDER = (
  "docs/results.md",
  pages.ROOT / "results/video_toy_pushing_4000",
)
_TEXT = " ".join(pages.read(_PAGE).split())
_ROWS = {
  "VideoFlow, nats/dim": "video_flow_tiny",
  "VideoFlow + AF": "video_flow_af_tiny",
}


@pytest.fixture(name="comparison", scope="module")
def _comparison():
  return Comparison(str(_FOLDER))


def _mean(comparison, name, kind, field, **wanted):
  """Over the seeds, of the newest record of each with what is wanted."""
  of_seeds = []
  for run in comparison.runs_of(name).values():
    found = [
      r
      for r in run.records[kind]
      if all(r[key] == value for key, value in wanted.items())
    ]
    of_seeds.append(found[-1][field])
  return np.mean(of_seeds, axis=0)


def _nll(comparison, name, **wanted):
  return _mean(comparison, name, "likelihood", "nll_nats_per_dim", **wanted)


def test_dev_by_steps_and_test(comparison):
  rows = pages.rows(_PAGE, "Eight times as long")
  steps = range(500, 4001, 500)
  dev = {
    name: [_nll(comparison, name, split="dev", step=step) for step in steps]
    for name in _ROWS.values()
  }
  for label, name in _ROWS.items():
    assert rows[label] == [
      *map(formats.number, dev[name]),
      formats.number(_nll(comparison, name, split="test")),
    ]
  plain, flow = dev.values()
  found = comparison.difference(*reversed(list(_ROWS.values())))
  assert rows["difference"] == [
    *map(formats.signed, np.subtract(flow, plain)),
    formats.signed(found.mean),
  ]
  interval = " to ".join(formats.signed(end, 3) for end in found.interval)
  per_seed = ", ".join(map(formats.signed, found.per_run.values()))
  assert f"{per_seed}; 95 % {interval}" in _TEXT


@pytest.mark.parametrize("label, name", _ROWS.items())
def test_correlations_of_latents(comparison, label, name):
  def at(step, signal):
    return ", ".join(
      formats.number(
        _mean(
          comparison,
          name,
          "correlation",
          "correlation",
          split="dev",
          step=step,
          signal=f"{signal}{level}",
        ),
        2,
      )
      for level in range(3)
    )

  assert pages.rows(_PAGE, "the two do opposite things")[
    label.partition(",")[0]
  ] == [f"{at(500, signal)} → {at(4000, signal)}" for signal in "zu"]


def test_samples_beside_a_copy_of_the_last_frame(comparison):
  (copy,) = [
    r
    for r in json_lines.read(str(_FOLDER / "references.jsonl"))
    if r["name"] == "copy_last_frame" and "ssim_per_step" in r
  ]
  plain, flow = (
    {
      field: _mean(comparison, name, "samples", field)
      for field in ("psnr_best_of_n", "ssim_best_of_n", "ssim_per_step")
    }
    for name in _ROWS.values()
  )
  assert (flow["ssim_per_step"] > copy["ssim_per_step"]).all()
  above = plain["ssim_per_step"] > copy["ssim_per_step"]
  assert above[:-1].all() and not above[-1]
  for text in (
    f"PSNR {flow['psnr_best_of_n']:.1f} dB against "
    f"{plain['psnr_best_of_n']:.1f}",
    f"SSIM {flow['ssim_best_of_n']:.3f} against {plain['ssim_best_of_n']:.3f}",
    f"{copy['ssim_best_of_n']:.3f} is that of repeating",
    ", ".join(f"{r['ssim_per_step'][-1]:.3f}" for r in (flow, plain, copy)),
  ):
    assert text in _TEXT


def test_readme_says_how_far_below(comparison):
  found = comparison.difference(*reversed(list(_ROWS.values())))
  (said,) = re.findall(
    r"after 4,000 below by ([\d.]+)", pages.read("README.md")
  )
  assert said == f"{-found.mean:.3f}"
