"""What is confirmed, refuted and open, from invented and from real records."""

import pathlib
import statistics

import pytest

from t2t_af.analysis.report import claims
from t2t_af.analysis.results import folders
from tests.analysis import fake_results as fake

_RESULTS = pathlib.Path(__file__).parents[3] / "results"


def _found(folder, **nlls):
  """Claims of {row: NLL of each seed}."""
  written = [
    fake.likelihood(f"{row}_tiny", nll, seed)
    for row, of_seeds in nlls.items()
    for seed, nll in enumerate(of_seeds)
  ]
  return claims.of(folders.find([fake.write(str(folder), written)]))


@pytest.mark.parametrize(
  "theirs, verdict",
  [
    ((2.2, 2.22, 2.23), "confirmed"),
    ((1.8, 1.82, 1.81), "refuted"),
    ((2.1, 1.9, 2.0), "open"),
  ],
)
def test_an_interval_without_zero_decides(tmp_path, theirs, verdict):
  (claim,) = _found(tmp_path, slvm_af1=(2.0, 2.01, 2.02), slvm=theirs)
  assert claim.verdict == verdict
  assert claim.words == "SLVM + 1-AF has a lower NLL than SLVM"
  assert (
    claim.pair.seeds == "seeds 0, 1, 2" and "over seeds" in claim.pair.remark
  )


@pytest.mark.parametrize(
  "ours, verdict",
  [((2.5, 2.51, 2.52), "open"), ((1.5, 1.51, 1.52), "confirmed")],
)
def test_a_bound_above_an_exact_nll_refutes_nothing(tmp_path, ours, verdict):
  written = [
    fake.likelihood(f"{row}_tiny", nll, seed, **bound)
    for row, nlls, bound in (
      ("slvm_af1", ours, dict(bound=True)),
      ("af1", (2.0, 2.02, 2.01), {}),
    )
    for seed, nll in enumerate(nlls)
  ]
  (claim,) = claims.of(folders.find([fake.write(str(tmp_path), written)]))
  assert claim.verdict == verdict
  assert "an upper bound: SLVM + 1-AF" in claim.pair.remark


def test_the_interval_is_of_the_differences_of_each_seed(tmp_path):
  # -0.1, -0.2, -0.3: mean -0.2, error 0.1 / sqrt 3, t(0.975; 2) = 4.3027.
  (claim,) = _found(tmp_path, af2=(1.0, 2.0, 3.0), af1=(1.1, 2.2, 3.3))
  assert claim.pair.numbers == "−0.200 [−0.448, +0.048] nats/dim"
  assert claim.verdict == "open"


def test_one_seed_has_its_interval_over_recordings_or_is_open(tmp_path):
  (claim,) = _found(tmp_path / "known", slvm_af1=(1.0,), af1=(2.0,))
  assert claim.pair.remark == "interval over recordings, of one seed"
  # Far from zero, but another seed may turn it.
  assert "[−1." in claim.pair.numbers and claim.verdict == "open"
  unknown = [
    fake.likelihood(f"{row}_tiny", nll, recordings=None)
    for row, nll in (("slvm_af1", 1.0), ("af1", 2.0))
  ]
  (claim,) = claims.of(
    folders.find([fake.write(str(tmp_path / "unknown"), unknown)])
  )
  assert claim.verdict == "open" and "no interval is known" in claim.pair.remark
  assert claim.pair.numbers == "−1.000 nats/dim"


def test_other_numbers_of_training_steps_are_other_claims(tmp_path):
  runs = [
    fake.write(
      str(tmp_path / f"{steps}_{seed}"),
      [
        fake.likelihood("af1_tiny", 2.0, seed, step=steps),
        fake.likelihood("af2_tiny", nll + seed / 100, seed, step=steps),
      ],
    )
    for steps, nll in ((500, 2.5), (5000, 1.5))
    for seed in range(3)
  ]
  assert [(c.verdict, c.pair.data) for c in claims.of(folders.find(runs))] == [
    ("confirmed", "video_moving_digits32 (tiny, 5,000 steps, uniform noise)"),
    ("refuted", "video_moving_digits32 (tiny, 500 steps, uniform noise)"),
  ]


def test_what_the_paper_has_stands_beside_it(tmp_path):
  (claim,) = _found(tmp_path, af2=(1.0, 1.1), af1=(2.0, 2.1))
  assert claim.paper == "−0.02 (M-MNIST), −0.15 (BAIR), +0.01 (KTH)"
  assert "; the paper: −0.02 (M-MNIST)" in claims.lines([claim])[1]


def test_of_a_series_the_paper_has_its_own_column_under_any_split(tmp_path):
  written = [
    fake.likelihood(
      f"{row}_activity_rec", 2.0, problem="series_activity_rec_random_split1"
    )
    for row in ("af1", "af2")
  ]
  (claim,) = claims.of(folders.find([fake.write(str(tmp_path), written)]))
  assert claim.paper == "−0.65 (activity_rec)"


def test_how_recordings_were_split_is_told(tmp_path):
  written = [
    fake.likelihood(
      f"{row}_activity_rec",
      2.0,
      problem="series_activity_rec_time",
      split_protocol="last 20 % of each",
    )
    for row in ("af1", "af2")
  ]
  (claim,) = claims.of(folders.find([fake.write(str(tmp_path), written)]))
  assert claim.pair.data == (
    "series_activity_rec_time (activity_rec, 100 steps, uniform noise, "
    "last 20 % of each)"
  )


def test_confirmed_claims_come_first_and_are_counted(tmp_path):
  found = _found(
    tmp_path,
    slvm_af1=(2.0, 2.01, 2.02),
    slvm=(2.0, 2.02, 2.01),
    af1=(2.5, 2.52, 2.51),
  )
  assert [claim.verdict for claim in found] == ["confirmed", "open"]
  first, *told = claims.lines(found)
  assert "1 confirmed, 0 refuted and 1 open" in first
  assert told[0].startswith("confirmed: SLVM + 1-AF has a lower NLL than 1-AF")
  assert claims.lines([])[0].startswith("None of the paper's comparisons")


def test_records_are_named_as_a_shell_writes_them(tmp_path, monkeypatch):
  monkeypatch.chdir(tmp_path)
  (claim,) = _found(pathlib.Path("runs"), af2=(1.0, 1.1), af1=(2.0, 2.1))
  ours, theirs = claim.pair.records.split("; ")
  assert ours.startswith("runs/") and "{0,1}" in ours and "af1" in theirs


def test_runs_on_a_part_of_the_data_say_nothing(tmp_path):
  written = [
    fake.likelihood(f"{row}_tiny", 2.0, train_fraction=0.5)
    for row in ("af1", "af2")
  ]
  found = claims.of(folders.find([fake.write(str(tmp_path), written)]))
  assert not found


def test_real_claims_are_the_differences_of_the_files():
  """By hand: the mean over the seeds of what the files say."""
  folder = _RESULTS / "video_toy_pushing_tiny"
  results = folders.find([str(folder)])
  nll = {
    (run.row, run.seed): run.newest("likelihood", "test")["nll_nats_per_dim"]
    for run in results.runs
  }
  (claim,) = claims.of(results)
  mean = statistics.mean(
    nll["video_flow_af", seed] - nll["video_flow", seed]
    for row, seed in nll
    if row == "video_flow"
  )
  assert claim.pair.numbers.startswith(f"−{abs(mean):.3f} [−0.0")
  assert claim.verdict == "confirmed"


def test_splits_are_combined_as_independent_parts():
  parts = [
    str(_RESULTS / "uci" / f"activity_rec{split}")
    for split in ("", "_split1", "_split2")
  ]
  together = {c.words: c for c in claims.of(folders.find(parts))}
  claim = together["2-AF has a lower NLL than 1-AF"]
  assert claim.pair.seeds == "seed 0, splits 0, 1, 2"
  assert "over recordings" in claim.pair.remark and claim.verdict == "confirmed"
