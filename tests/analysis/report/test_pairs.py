"""Models are held against each other where they were made and scored alike."""

import pytest

from t2t_af.analysis.report import claims
from t2t_af.analysis.results import folders
from tests.analysis import fake_results as fake

_OTHERWISE = (
  dict(hparams="learning_rate_constant=0.01"),
  dict(warm_start_from="runs/a"),
  dict(precision="mixed"),
  dict(chosen_of_steps=100),
)


@pytest.mark.parametrize("otherwise", _OTHERWISE)
def test_a_run_that_was_trained_or_scored_otherwise_decides_nothing(
  tmp_path, otherwise
):
  """Not even where it is the newest; both of that kind are a claim apart."""
  usual = [
    fake.likelihood(f"{row}_tiny", nll + seed / 100, seed)
    for row, nll in (("slvm_af1", 2.0), ("slvm", 2.2))
    for seed in range(3)
  ]
  stray = [
    fake.later(fake.likelihood("slvm_af1_tiny", 9.0, seed, **otherwise))
    for seed in range(3)
  ]
  paths = [fake.write(str(tmp_path / "usual"), usual)]
  paths.append(fake.write(str(tmp_path / "stray"), stray))
  (claim,) = claims.of(folders.find(paths))
  assert claim.verdict == "confirmed" and "−0.200" in claim.pair.numbers
  other = [fake.likelihood("slvm_tiny", 8.0, i, **otherwise) for i in range(3)]
  paths.append(fake.write(str(tmp_path / "other"), other))
  found = claims.of(folders.find(paths))
  assert [c.pair.numbers[:6] for c in found] == ["−0.200", "+1.000"]
  assert len({c.pair.data for c in found}) == 2, "each says what it is of"


def test_an_override_of_what_the_rows_differ_in_is_no_claim(tmp_path):
  """Under it VideoFlow is VideoFlow + AF."""
  written = [
    fake.likelihood(name, nll, seed, hparams="latent_dynamics=affine_af")
    for name, nll in (("video_flow_tiny", 2.0), ("video_flow_af_tiny", 1.9))
    for seed in range(2)
  ]
  assert not claims.of(folders.find([fake.write(str(tmp_path), written)]))


def test_noises_are_claims_apart_and_say_which(tmp_path):
  found = _of_noises(tmp_path)
  assert [("gaussian noise" in c.pair.data, c.verdict) for c in found] == [
    (True, "confirmed"),
    (False, "refuted"),
  ]


def _of_noises(folder):
  written = [
    fake.likelihood(f"{row}_tiny", nll + i / 100, i, dequantization=noise)
    for noise, nlls in (("uniform", (2.0, 1.5)), ("gaussian", (1.0, 1.5)))
    for row, nll in zip(("af2", "af1"), nlls)
    for i in range(2)
  ]
  return claims.of(folders.find([fake.write(str(folder), written)]))


def test_splits_with_other_seeds_are_named_one_by_one(tmp_path, monkeypatch):
  monkeypatch.chdir(tmp_path)
  written = [
    fake.series(
      f"{row}_activity_rec",
      nats,
      6,
      seed=seed,
      problem="series_activity_rec" + split,
    )
    for row, nats in (("af2", 1.0), ("af1", 2.0))
    for split, seed in (("", 0), ("", 1), ("_split1", 0))
  ]
  (claim,) = claims.of(folders.find([fake.write("runs", written)]))
  assert claim.pair.seeds == "split 0: seeds 0, 1; split 1: seed 0"
  assert claim.pair.remark == "interval over recordings, of 2 splits"
  ours = claim.pair.records.split("; ")[0].split(", ")
  assert [path.rpartition("seed_")[2] for path in ours] == ["{0,1}", "0"]


@pytest.mark.parametrize("text", ["kl_warmup_steps=100", "latent_size=8"])
def test_an_override_that_a_flow_alone_cannot_read_parts_nothing(
  tmp_path, text
):
  """As `compare` gives it to the SLVM alone."""
  written = [
    fake.likelihood(name, nll + seed / 100, seed, hparams=hparams)
    for name, nll, hparams in (
      ("slvm_af1_tiny", 1.5, text),
      ("af1_tiny", 2.0, ""),
    )
    for seed in range(2)
  ]
  (claim,) = claims.of(folders.find([fake.write(str(tmp_path), written)]))
  assert claim.verdict == "confirmed"
  assert text in claim.words + claim.pair.data


def test_what_changes_no_number_makes_no_other_seed(tmp_path):
  written = [
    fake.likelihood(
      f"{row}_tiny",
      nll + seed / 100,
      seed,
      hparams="jit_compile=true" * (seed == 2),
    )
    for row, nll in (("af2", 1.5), ("af1", 2.0))
    for seed in range(3)
  ]
  (claim,) = claims.of(folders.find([fake.write(str(tmp_path), written)]))
  assert claim.pair.seeds == "seeds 0, 1, 2"


def test_a_record_under_another_precision_hides_no_other(tmp_path):
  written = [
    fake.likelihood(f"{row}_tiny", nll, seed)
    for row, nll in (("af2", 1.5), ("af1", 2.0))
    for seed in range(2)
  ]
  written += [
    fake.later(fake.likelihood("af2_tiny", 9.0, seed, precision="mixed"))
    for seed in range(2)
  ]
  (claim,) = claims.of(folders.find([fake.write(str(tmp_path), written)]))
  assert claim.pair.numbers.startswith("−0.500")


def test_models_with_other_floors_of_scales_are_no_claim(tmp_path):
  written = [
    fake.likelihood(f"{row}_tiny", 2.0, seed, scale_floor=floor)
    for row, floor in (("af2", 0.02), ("af1", 0.0))
    for seed in range(2)
  ]
  assert not claims.of(folders.find([fake.write(str(tmp_path), written)]))
