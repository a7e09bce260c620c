"""Numbers that no command works with are refused, by the flag's name."""

from types import SimpleNamespace

import pytest

from t2t_af.bin import compare
from t2t_af.bin import flag_ranges
from t2t_af.errors import UserError


def _check(monkeypatch, **values):
  monkeypatch.setattr(flag_ranges, "FLAGS", SimpleNamespace(**values))
  flag_ranges.check()


@pytest.mark.parametrize(
  "name, value",
  [
    ("train_steps", 0),
    ("train_steps", -5),
    ("eval_steps", 0),
    ("local_eval_frequency", 0),
    ("keep_checkpoint_max", -1),
    ("worker_gpu", -1),
    ("random_seed", -1),
    ("random_seed", 99999999999999999999),
  ],
)
def test_is_refused(monkeypatch, name, value):
  with pytest.raises(UserError, match=f"--{name} must be"):
    _check(monkeypatch, **{name: value})


def test_the_smallest_and_the_largest_are_allowed(monkeypatch):
  _check(monkeypatch, train_steps=1, eval_steps=1, random_seed=0, worker_gpu=0)
  _check(monkeypatch, random_seed=2**31 - 1, keep_checkpoint_max=0)


def test_flags_without_a_value_or_of_other_commands_are_no_matter(monkeypatch):
  _check(monkeypatch, random_seed=None)


@pytest.mark.parametrize(
  "flag, message",
  [
    ("--seeds=-1", "--seeds must be in 0"),
    ("--seeds=0,99999999999", "--seeds must be in 0"),
    ("--num_decodes=0", "--num_samples must be at least 1"),
    ("--num_contexts=-3", "--num_contexts must be 0"),
    ("--train_steps=-1", "--train_steps must be at least 1"),
    ("--eval_every=-1", "--eval_every must be 0"),
  ],
)
def test_of_compare(flag, message):
  needed = ["--problem=video_toy_pushing", "--hparams_sets=video_flow_tiny"]
  with pytest.raises(UserError, match=message):
    compare.main([*needed, flag])
