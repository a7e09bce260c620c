"""docs/results.md and README say what the records in results/ say."""

import re

import pytest

from t2t_af.analysis import formats
from t2t_af.analysis.results import comparison as comparison_lib
from t2t_af.analysis.results import estimates
from t2t_af.analysis.results import folders
from t2t_af.analysis.results import paper_values
from tests.docs import pages

_PAGE = "docs/results.md"
_TEXT = " ".join(pages.read(_PAGE).split())
_TOY = {
  "VideoFlow (`video_flow_tiny`)": "video_flow_tiny",
  "VideoFlow + AF, as in the paper (`video_flow_af_tiny`)": (
    "video_flow_af_tiny"
  ),
  "+ AF, residual start (`video_flow_af_residual_tiny`)": (
    "video_flow_af_residual_tiny"
  ),
  "+ AF, residual start, same size (`video_flow_af_matched_tiny`)": (
    "video_flow_af_matched_tiny"
  ),
}
_DIGITS = {
  "1-AF": "af1_tiny",
  "2-AF": "af2_tiny",
  "SLVM": "slvm_tiny",
  "SLVM + Δx": "slvm_dx_tiny",
  "SLVM + 1-AF": "slvm_af1_tiny",
}
_TOY_TABLE = "`video_toy_pushing`, test"
_DIGITS_TABLE = "`video_moving_digits32`, test split"
_REFERENCES = {
  "copy of the last frame, one variance per pixel": "copy_last_frame_per_pixel",
  "one Gaussian per pixel": "per_pixel_gaussian",
  "uniform": "uniform",
}
# README's rows: the comparison, the set without a flow, the one with it.
_PAIRS = {
  "VideoFlow, `video_toy_pushing`, 500 steps": (
    "video_toy_pushing_tiny",
    "video_flow_tiny",
    "video_flow_af_tiny",
  ),
  "the same, at equal size": (
    "video_toy_pushing_tiny",
    "video_flow_tiny",
    "video_flow_af_matched_tiny",
  ),
  "SLVM, `video_moving_digits32`, 1,500 steps": (
    "moving_digits32_tiny",
    "slvm_tiny",
    "slvm_af1_tiny",
  ),
}


def _comparison(name):
  return comparison_lib.Comparison(str(pages.ROOT / "results" / name))


def _nll(comparison, name, seeds=None):
  """Of the seeds that it has, or of these, which both of a pair have."""
  estimate = comparison.estimate(name)
  if seeds is not None:
    finals = comparison.final(name)
    estimate = estimates.over_runs({seed: finals[seed] for seed in seeds})
  bound = "≤ " if comparison.is_bound(name) else ""
  return bound + formats.with_error(estimate.mean, estimate.stderr)


def _interval(difference, decimals=3):
  return " to ".join(
    formats.signed(end, decimals) for end in difference.interval
  )


def _records(folder, kind, **fields):
  """A run's records of a kind with these fields, oldest first."""
  run = folders.read_run(str(pages.ROOT / "results" / folder))
  return [
    record
    for record in run.records[kind]
    if all(record.get(name) == value for name, value in fields.items())
  ]


@pytest.mark.parametrize("label", _PAIRS)
def test_readme(label):
  folder, without, with_flow = _PAIRS[label]
  comparison = _comparison(folder)
  found = comparison.difference(with_flow, without)
  assert pages.rows("README.md", "## What a flow buys")[label] == [
    _nll(comparison, without, found.per_run),
    _nll(comparison, with_flow, found.per_run),
    f"{formats.signed(found.mean)} ({_interval(found)})",
  ]


def test_what_the_paper_reports_on_bair():
  printed = paper_values.TABLES[1].values
  plain, flow = (
    printed[row, "BAIR"] for row in ("video_flow", "video_flow_af")
  )
  difference = formats.signed(flow.number - plain.number, 2)
  assert f"reports {difference} for VideoFlow" in pages.read("README.md")
  assert f"({plain.text} to {flow.text})" in _TEXT
  assert f"reports {plain.text} nats/dim (VideoFlow) and {flow.text}" in _TEXT


@pytest.mark.parametrize("label, name", _TOY.items())
def test_video_flow(label, name):
  comparison = _comparison("video_toy_pushing_tiny")
  nll, bits, difference, psnr, parameters = pages.rows(_PAGE, _TOY_TABLE)[label]
  assert nll == _nll(comparison, name)
  assert bits == formats.number(
    comparison.estimate(name, "nll_bits_per_dim").mean
  )
  of_psnr = comparison.estimate(name, "psnr_best_of_n", "samples")
  assert psnr == f"{of_psnr.mean:.1f} ± {of_psnr.stderr:.1f}"
  assert parameters == formats.thousands(
    comparison.from_run(name, "num_parameters")
  )
  if difference:
    found = comparison.difference(name, "video_flow_tiny")
    per_seed = ", ".join(map(formats.signed, found.per_run.values()))
    expected = formats.with_error(found.mean, found.stderr, sign=True)
    assert difference == f"{expected} ({per_seed})"
    assert f"({_interval(found)})" in _TEXT


@pytest.mark.parametrize("label, name", _REFERENCES.items())
def test_trivial_models(label, name):
  comparison = _comparison("video_toy_pushing_tiny")
  (found,) = [r for r in comparison.scored_references() if r["name"] == name]
  stderr = found["nll_nats_per_dim_stderr"]
  nll, bits, *_ = pages.rows(_PAGE, _TOY_TABLE)[label]
  assert nll == formats.with_error(
    found["nll_nats_per_dim"], stderr if stderr > 1e-9 else None
  )
  assert bits == formats.number(found["nll_bits_per_dim"])


def test_ssim_is_not_above_that_of_a_copy():
  comparison = _comparison("video_toy_pushing_tiny")
  (copy,) = [
    r["ssim_best_of_n"]
    for r in comparison.scored_references()
    if r["name"] == "copy_last_frame"
  ]
  ours = [
    comparison.estimate(name, "ssim_best_of_n", "samples").mean
    for name in _TOY.values()
  ]
  assert max(ours) < copy
  assert f"({min(ours):.2f} to {max(ours):.2f})" in _TEXT
  assert f"last given frame ({copy:.2f})" in _TEXT


@pytest.mark.parametrize("label, name", _DIGITS.items())
def test_moving_digits(label, name):
  comparison = _comparison("moving_digits32_tiny")
  nll, correlation, parameters, _ = pages.rows(_PAGE, _DIGITS_TABLE)[label]
  values = ", ".join(
    map(formats.number, comparison.estimate(name).per_run.values())
  )
  assert nll == f"{_nll(comparison, name)} ({values})"
  assert parameters == formats.thousands(
    comparison.from_run(name, "num_parameters")
  )
  signals = _mean_correlations("moving_digits32_tiny/" + name)
  assert formats.number(signals.pop("x")) in _TEXT
  assert re.findall(r"[−\d.]*\.\d+", correlation) == list(
    map(formats.number, signals.values())
  )


def _mean_correlations(folder):
  """{signal: mean over seeds} of the test split."""
  values = {}
  for seed in range(5):
    newest = {
      record["signal"]: record["correlation"]
      for record in _records(
        f"{folder}/seed_{seed}", "correlation", split="test"
      )
    }
    for signal, value in newest.items():
      values.setdefault(signal, []).append(value)
  return {signal: sum(some) / len(some) for signal, some in values.items()}


def test_the_flow_decorrelates_late():
  dev = {
    record["step"]: formats.number(record["correlation"])
    for record in _records(
      "moving_digits32_tiny/af1_tiny/seed_0",
      "correlation",
      split="dev",
      signal="y1",
    )
  }
  assert f"{', '.join(dev.values())} after 500, 1,000, 1,500 steps" in _TEXT


def test_two_flows_under_an_slvm():
  (nll, _, parameters, _) = pages.rows(_PAGE, _DIGITS_TABLE)[
    "SLVM + 2-AF, one seed"
  ]
  *_, found = _records(
    "moving_digits32_slvm_af2/slvm_af2_tiny/seed_0", "likelihood", split="test"
  )
  value = formats.number(found["nll_nats_per_dim"])
  assert nll == f"≤ {value} ({value})"
  assert parameters == formats.thousands(found["num_parameters"])


def test_slvm_against_slvm_with_a_flow():
  difference = _comparison("moving_digits32_tiny").difference(
    "slvm_af1_tiny", "slvm_tiny"
  )
  assert _interval(difference, 2) in _TEXT


def test_few_latents_are_used():
  comparison = _comparison("moving_digits32_tiny")
  kl = comparison.estimate("slvm_af1_tiny", "kl_nats_per_dim").mean
  assert f"KL {kl:.4f} nats/dim" in _TEXT


def test_little_data():
  def both(name):
    folder = f"moving_digits32_fraction_0.05/{name}/seed_0"
    return [
      formats.number(
        _records(folder, "likelihood", split=split)[-1]["nll_nats_per_dim"]
      )
      for split in ("train", "test")
    ]

  train, test = both("slvm_tiny")
  assert f"SLVM has {train} nats/dim on them and {test} on the test" in _TEXT
  assert "SLVM + 1-AF {} and {}.".format(*both("slvm_af1_tiny")) in _TEXT


def test_folders_of_records_are_there():
  for page in (_PAGE, "README.md", "WORKSPACE.md"):
    for folder in re.findall(r"`(results/[\w.]+)`", pages.read(page)):
      assert (pages.ROOT / folder).is_dir() or "likelihood" in folder, folder
