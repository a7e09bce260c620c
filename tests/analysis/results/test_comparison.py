"""Estimates and paired differences against numbers worked out by hand."""

import json
import math
import os

import numpy as np
import pytest

from t2t_af import errors
from t2t_af.analysis.report import verdict
from t2t_af.analysis.results import comparison as comparison_lib
from t2t_af.records import json_lines
from tests.analysis import fake_compare
from tests.analysis import fake_windows

FIRST, AF, RESIDUAL = fake_compare.SETS


def _folder(tmp_path, **kwargs):
  return fake_compare.write(
    str(tmp_path / "compare"), with_samples=False, **kwargs
  )


def _append(folder, hparams_set, seed, **fields):
  """Adds a test record to a run; `fields` override a plausible one."""
  record = fake_compare.likelihood(
    hparams_set, seed, "test", fake_compare.STEPS, 1.0, np.random.default_rng(0)
  )
  path = os.path.join(
    folder, hparams_set, f"seed_{seed}", "results", "likelihood.jsonl"
  )
  json_lines.append(path, {**record, **fields})


def test_estimate_is_mean_and_error_over_seeds(tmp_path):
  estimate = comparison_lib.Comparison(_folder(tmp_path)).estimate(FIRST)
  assert estimate.per_run == {1: 1.361, 2: 1.372, 3: 1.350}
  assert estimate.mean == pytest.approx(1.361)
  assert estimate.stderr_runs == pytest.approx(0.011 / math.sqrt(3))
  assert 0.0057 <= estimate.stderr_recordings <= 0.0068


def test_difference_is_paired_by_seed(tmp_path):
  comparison = comparison_lib.Comparison(_folder(tmp_path))
  found = comparison.difference(RESIDUAL, FIRST)
  assert found.per_run == pytest.approx({1: -0.020, 2: -0.023, 3: -0.014})
  assert found.mean == pytest.approx(-0.019)
  # Deviations -1, -4, +5 thousandths: variance 42 / 2 = 21e-6. Unpaired it
  # would be sqrt(0.00635^2 + 0.00379^2) = 0.0074, almost three times as much.
  assert found.stderr == pytest.approx(math.sqrt(21e-6 / 3))
  assert found.basis == "seeds"
  half = 4.302653 * math.sqrt(21e-6 / 3)  # t(0.975; 2), from tables.
  assert found.interval == pytest.approx((-0.019 - half, -0.019 + half))


def test_only_seeds_that_both_have_are_compared(tmp_path):
  folder = _folder(tmp_path)
  os.remove(os.path.join(folder, AF, "seed_2", "results", "likelihood.jsonl"))
  found = comparison_lib.Comparison(folder).difference(AF, FIRST)
  assert found.per_run == pytest.approx({1: 0.031, 3: 0.048})


def test_one_seed_is_compared_sequence_by_sequence(tmp_path):
  folder = _folder(tmp_path, seeds=(1,))
  theirs = [1.0, 2.0, 3.0, 4.0]
  for name, values in ((FIRST, theirs), (AF, [1.1, 2.2, 3.3, 4.4])):
    _append(folder, name, 1, **fake_windows.fields(values))
  found = comparison_lib.Comparison(folder).difference(AF, FIRST)
  assert found.basis == "recordings"
  assert found.mean == pytest.approx(0.25)
  # Deviations -0.15, -0.05, 0.05, 0.15: variance 0.05 / 3.
  assert found.stderr == pytest.approx(math.sqrt(0.05 / 3 / 4))


def test_one_seed_of_three_recordings_is_compared_without_an_error(tmp_path):
  folder = _folder(tmp_path, seeds=(1,))
  for name, values in ((FIRST, [1.0, 2.0, 3.0]), (AF, [1.1, 2.2, 3.3])):
    _append(folder, name, 1, **fake_windows.fields(values))
  comparison = comparison_lib.Comparison(folder)
  found = comparison.difference(AF, FIRST)
  assert found.mean == pytest.approx(0.2)
  assert (found.basis, found.interval) == ("", None)
  assert "Without a standard error" in verdict.sentences(comparison)[1]


def test_the_newest_record_of_the_test_split_counts(tmp_path):
  folder = _folder(tmp_path)
  _append(folder, FIRST, 1, nll_nats_per_dim=9.0, time="2001-01-01")
  comparison = comparison_lib.Comparison(folder)
  assert comparison.split == "test"
  assert comparison.estimate(FIRST).per_run[1] == 1.361
  _append(folder, FIRST, 1, nll_nats_per_dim=8.0)
  assert comparison_lib.Comparison(folder).estimate(FIRST).per_run[1] == 8.0


def test_a_loss_that_is_not_finite_is_diverged_not_a_number(tmp_path):
  folder = _folder(tmp_path)
  _append(folder, FIRST, 1, nll_nats_per_dim=math.nan)
  comparison = comparison_lib.Comparison(folder)
  assert comparison.diverged(FIRST) == [1]
  assert set(comparison.estimate(FIRST).per_run) == {2, 3}


def test_sets_and_seeds_are_found_without_a_list(tmp_path):
  folder = _folder(tmp_path)
  with open(
    os.path.join(folder, "compare.json"), "w", encoding="utf-8"
  ) as stream:
    json.dump({}, stream)
  comparison = comparison_lib.Comparison(folder)
  assert comparison.sets == sorted(fake_compare.SETS)
  assert comparison.seeds == [1, 2, 3]


def test_a_folder_without_compare_json_is_a_clear_error(tmp_path):
  with pytest.raises(errors.UserError, match="t2t-af compare"):
    comparison_lib.Comparison(str(tmp_path))


def test_different_protocols_are_said(tmp_path):
  folder = _folder(tmp_path)
  assert not comparison_lib.Comparison(folder).protocol_conflicts()
  _append(folder, AF, 1, dequantization="gaussian")
  comparison = comparison_lib.Comparison(folder)
  assert "dequantization" in comparison.protocol_conflicts()[0]
  assert "Not measured alike" in verdict.sentences(comparison)[-1]


def _verdict(tmp_path, **kwargs):
  return verdict.sentences(
    comparison_lib.Comparison(_folder(tmp_path, **kwargs))
  )


def test_verdict_names_the_lowest_and_each_difference(tmp_path):
  found = _verdict(tmp_path)
  assert found[0] == (
    "Lowest NLL on the test split: VideoFlow + AF, residual start, 1.342 "
    "nats/dim (mean of 3 seeds)."
  )
  assert found[1].startswith(
    "VideoFlow + AF is higher than VideoFlow by 0.039 ± 0.005 nats/dim over "
    "3 seeds (8.0 standard errors; higher in 3 of 3 seeds)."
  )
  assert found[2].startswith(
    "VideoFlow + AF, residual start is lower than VideoFlow by 0.019 ± "
    "0.003 nats/dim over 3 seeds (7.2 standard errors; lower in 3 of 3 "
    "seeds)."
  )
  assert "1.51 times the parameters" in found[1]
  assert len(found) == 3


def test_verdict_reverses_with_the_numbers(tmp_path, monkeypatch):
  reversed_ = {FIRST: fake_compare.NLL[AF], AF: fake_compare.NLL[FIRST]}
  monkeypatch.setattr(fake_compare, "NLL", reversed_)
  found = _verdict(tmp_path, sets=(FIRST, AF))
  assert "Lowest NLL on the test split: VideoFlow + AF," in found[0]
  assert "VideoFlow + AF is lower than VideoFlow by 0.039 ± 0.005" in found[1]


def test_verdict_admits_what_seeds_do_not_settle(tmp_path, monkeypatch):
  monkeypatch.setattr(
    fake_compare, "NLL", {FIRST: (1.30, 1.35, 1.40), AF: (1.31, 1.33, 1.38)}
  )
  found = _verdict(tmp_path, sets=(FIRST, AF))
  assert "lower in 2 of 3 seeds" in found[1]
  assert "includes zero: these seeds do not settle it." in found[1]


def test_verdict_says_where_means_are_over_different_seeds(tmp_path):
  assert "Not every set" not in _verdict(tmp_path / "a")[0]
  folder = _folder(tmp_path)
  os.remove(os.path.join(folder, AF, "seed_2", "results", "likelihood.jsonl"))
  found = verdict.sentences(comparison_lib.Comparison(folder))
  assert "Not every set has a result for every seed" in found[0]
  assert "over 2 seeds" in found[1]


def test_verdict_of_one_seed_says_so(tmp_path):
  found = _verdict(tmp_path, sets=(FIRST, AF), seeds=(1,))
  assert "over 1 seed" in found[1] and "One seed only" in found[1]


def test_verdict_on_bounds_says_which_way_they_err(tmp_path):
  lower = _verdict(tmp_path, sets=(FIRST, RESIDUAL), bounds=(RESIDUAL,))
  assert "at most 1.342" in lower[0]
  assert "lower all the same" in lower[1]
  higher = _verdict(tmp_path / "b", sets=(FIRST, AF), bounds=(AF,))
  assert "may be lower than shown" in higher[1]


def test_verdict_of_equal_sets_names_no_winner_between_them(
  tmp_path, monkeypatch
):
  monkeypatch.setattr(
    fake_compare, "NLL", dict.fromkeys((FIRST, AF), (1.3, 1.4, 1.5))
  )
  assert (
    "are equal to the last digit" in _verdict(tmp_path, sets=(FIRST, AF))[1]
  )


def test_verdict_of_nothing_is_that_nothing_ran(tmp_path):
  (tmp_path / "compare.json").write_text(
    json.dumps({"sets": list(fake_compare.SETS), "seeds": [1]})
  )
  assert verdict.sentences(comparison_lib.Comparison(str(tmp_path))) == [
    "No set has a likelihood on the test split yet."
  ]


@pytest.mark.parametrize(
  "field",
  [
    *('"sets": 3', '"sets": ["a", null]', '"sets": "ab"', '"seeds": ["0"]'),
    *('"labels": true', '"labels": {"a": []}', '"split": 1'),
  ],
)
def test_a_plan_with_values_of_other_kinds_is_damaged(tmp_path, field):
  (tmp_path / "compare.json").write_text(f"{{{field}}}", encoding="utf-8")
  name = field.split('"')[1]
  with pytest.raises(errors.UserError, match=f"compare.json .*: {name} is"):
    comparison_lib.Comparison(str(tmp_path))
