"""What docs/results.md says of 4,000 steps is what the records say."""

import re

import pytest

from t2t_af.analysis import formats
from t2t_af.analysis.results import folders
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


def _records(name, kind):
  return folders.read_run(str(_FOLDER / name / "seed_0")).records[kind]


@pytest.mark.parametrize("label, name", _ROWS.items())
def test_dev_by_steps_and_test(label, name):
  *dev, test = pages.rows(_PAGE, "Eight times as long")[label]
  records = _records(name, "likelihood")
  assert [
    formats.number(r["nll_nats_per_dim"])
    for r in records
    if r["split"] == "dev"
  ] == dev
  *_, scored = [r for r in records if r["split"] == "test"]
  assert formats.number(scored["nll_nats_per_dim"]) == test


@pytest.mark.parametrize("label, name", _ROWS.items())
def test_correlations_of_latents(label, name):
  records = [r for r in _records(name, "correlation") if r["split"] == "dev"]

  def at(step, signal):
    found = {
      r["signal"]: r["correlation"] for r in records if r["step"] == step
    }
    return ", ".join(
      formats.number(found[f"{signal}{level}"], 2) for level in range(3)
    )

  assert pages.rows(_PAGE, "the two do opposite things")[
    label.partition(",")[0]
  ] == [f"{at(500, signal)} → {at(4000, signal)}" for signal in "zu"]


def test_samples_are_above_a_copy_in_every_frame():
  (copy,) = [
    r
    for r in json_lines.read(str(_FOLDER / "references.jsonl"))
    if r["name"] == "copy_last_frame" and "ssim_per_step" in r
  ]
  samples = [_records(name, "samples")[-1] for name in _ROWS.values()]
  for record in samples:
    pairs = zip(record["ssim_per_step"], copy["ssim_per_step"])
    assert all(ours > theirs for ours, theirs in pairs)
  plain, flow = samples
  for text in (
    f"PSNR {flow['psnr_best_of_n']:.1f} dB against "
    f"{plain['psnr_best_of_n']:.1f}",
    f"SSIM {flow['ssim_best_of_n']:.3f} against {plain['ssim_best_of_n']:.3f}",
    f"{copy['ssim_best_of_n']:.3f} is that of repeating",
    ", ".join(f"{r['ssim_per_step'][-1]:.2f}" for r in (flow, plain, copy)),
  ):
    assert text in _TEXT


def test_readme_says_how_far_below():
  plain, flow = (
    _records(name, "likelihood")[-1]["nll_nats_per_dim"]
    for name in _ROWS.values()
  )
  (said,) = re.findall(
    r"after 4,000 below by ([\d.]+)", pages.read("README.md")
  )
  assert said == f"{plain - flow:.3f}"
