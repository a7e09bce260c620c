"""Records refuse gaps and contradictions; the newest ones are found."""

import math
import subprocess
import sys

import numpy as np
import pytest

from t2t_af.records import likelihood
from t2t_af.records import records
from tests.analysis import fake_compare


@pytest.mark.parametrize("kind", sorted(records.REQUIRED))
def test_a_record_without_a_required_field_is_refused(kind):
  make = getattr(records, kind)
  fields = dict.fromkeys(records.REQUIRED[kind], 1.0)
  assert make(**fields)["kind"] == kind
  for name in fields:
    with pytest.raises(ValueError, match=name):
      make(**{k: v for k, v in fields.items() if k != name})


def test_every_missing_field_is_named():
  with pytest.raises(ValueError, match="step, nll_nats_per_dim, seconds"):
    records.training()


def test_a_record_cannot_be_of_another_kind():
  with pytest.raises(ValueError, match="cannot have kind 'samples'"):
    records.training(
      step=1, nll_nats_per_dim=1.0, seconds_per_step=1.0, kind="samples"
    )


def test_bits_follow_from_nats_and_cannot_contradict_them():
  args = ("video_flow_tiny", 1, "test", 10, 1.5)
  record = fake_compare.likelihood(*args, _rng())
  assert record["nll_bits_per_dim"] == pytest.approx(1.5 / math.log(2.0))
  assert record["nll_bits_per_dim_stderr"] == pytest.approx(
    likelihood.bits_from_nats(record["nll_nats_per_dim_stderr"])
  )
  with pytest.raises(ValueError, match="are not"):
    fake_compare.likelihood(*args, _rng(), nll_bits_per_dim=1.5)


def _rng():
  return np.random.default_rng(0)


def _training(**fields):
  return records.training(
    **{"step": 1, "nll_nats_per_dim": 1.0, "seconds_per_step": 0.5, **fields}
  )


def test_nan_nats_have_nan_bits():
  assert math.isnan(_training(nll_nats_per_dim=math.nan)["nll_bits_per_dim"])
  with pytest.raises(ValueError, match="are not"):
    _training(nll_nats_per_dim=math.nan, nll_bits_per_dim=1.0)


def test_unknown_nats_have_no_bits():
  assert "nll_bits_per_dim" not in _training(nll_nats_per_dim=None)


def test_a_given_time_is_kept_and_an_absent_one_is_now():
  assert _training(time="2020")["time"] == "2020"
  assert _training()["time"] > "2020"


def test_newest_is_by_time_not_by_place():
  first = {"hparams_set": "a", "seed": 1, "split": "test", "time": "2026-02"}
  older = dict(first, time="2026-01")
  other = dict(first, seed=2, time="2025")
  newest = records.newest([first, older, other])
  assert newest == {("a", 1, "test"): first, ("a", 2, "test"): other}


def test_of_records_of_one_time_the_last_is_the_newest():
  first, second = ({"seed": 0, "time": "2026", "n": n} for n in (1, 2))
  assert records.newest([first, second], ("seed",)) == {(0,): second}
  assert records.newest([second, first], ("seed",)) == {(0,): first}


def test_a_record_without_a_time_is_older_than_any_other():
  with_time, without = {"seed": 0, "time": "2026"}, {"seed": 0}
  assert records.newest([with_time, without], ("seed",)) == {(0,): with_time}


def test_the_room_loads_no_tensorflow():
  code = (
    "import sys, t2t_af.records.records\n"
    "import t2t_af.records.likelihood, t2t_af.records.run_folder\n"
    "sys.exit(any(m.split('.')[0] in ('tensorflow', 'tensor2tensor') "
    "for m in sys.modules))"
  )
  assert (
    subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
  )
