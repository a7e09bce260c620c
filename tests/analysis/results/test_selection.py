"""Which records belong together."""

import pytest

from t2t_af.analysis.results import selection
from tests.analysis import fake_results as fake


def _values(records):
  return [r["nll_nats_per_dim"] for r in records]


@pytest.mark.parametrize(
  "change",
  [
    {"hparams": "flow_width=8"},
    {"hparams_set": "af2_tiny"},
    {"num_cond_steps": 4},
    {"num_scored_steps": 7},
    {"num_warmup_steps": 3},
    {"noise_std": 0.1},
    {"step": 50},
    {"chosen_of_steps": 900},
  ],
)
def test_another_protocol_is_another_group(change):
  old = fake.likelihood("af1_tiny", 9.0, seed=1)
  new = fake.later({**fake.likelihood("af1_tiny", 2.0), **change})
  assert selection.protocol_of(old) != selection.protocol_of(new)
  assert _values(selection.newest_group([old, new])) == [2.0]


@pytest.mark.parametrize(
  "change",
  [
    {"seed": 1},
    {"problem": fake.PROBLEM + "_split1"},
    {"checkpoint": "model.ckpt-99"},
    {"num_parameters": 5},
    {"num_warmup_steps": None},
    {"noise_std": 0.0},
  ],
)
def test_what_is_no_protocol_joins_the_group(change):
  old = fake.likelihood("af1_tiny", 2.0)
  new = fake.later({**fake.likelihood("af1_tiny", 2.0), **change})
  assert selection.protocol_of(old) == selection.protocol_of(new)


def test_scored_at_the_best_step_groups_by_the_steps_there_were():
  """Each seed stops at another step, and is of one protocol all the same."""
  group = [
    fake.likelihood("af1_tiny", 2.0, seed, step=step, chosen_of_steps=900)
    for seed, step in ((0, 300), (1, 600))
  ]
  assert len(selection.newest_group(group)) == 2
  group[1]["chosen_of_steps"] = 500
  assert len(selection.newest_group(group)) == 1


def test_newest_of_each_run_and_split_of_the_data():
  records = [
    fake.likelihood("af1_tiny", 1.0, 0, "series_x"),
    fake.later(fake.likelihood("af1_tiny", 2.0, 0, "series_x")),
    fake.likelihood("af1_tiny", 3.0, 0, "series_x_split1"),
    fake.likelihood("af1_tiny", 4.0, 1, "series_x"),
  ]
  assert _values(selection.newest_group(records)) == [2.0, 3.0, 4.0]


def test_runs_are_known_by_split_and_seed():
  records = [
    fake.likelihood("af1_tiny", 1.0, 2, "series_x"),
    fake.likelihood("af1_tiny", 2.0, 0, "series_x_split3"),
    dict(fake.likelihood("af1_tiny", 3.0, 0, "series_x"), seed=None),
  ]
  by_run = selection.by_run(records)
  assert {run: r["nll_nats_per_dim"] for run, r in by_run.items()} == {
    (0, 2): 1.0,
    (3, 0): 2.0,
    (0, 0): 3.0,
  }


def test_newest_is_by_time_and_without_times_the_first():
  a, b = {"n": 1}, {"n": 2}
  assert selection.newest([a, b]) is a
  assert selection.newest([dict(a, time=None), dict(b, time="2")])["n"] == 2


def _at(split, *steps):
  return [{"split": split, "step": step} for step in steps]


def test_split_evaluated_at_most_steps():
  records = _at("test", 9, 9, 9) + _at("dev", 1, 2)
  assert selection.most_evaluated_split(records) == "dev", "steps, not records"


def test_preferred_split_wins_where_there_are_as_many():
  records = _at("dev", 9) + _at("test", 9)
  assert selection.most_evaluated_split(records) == "dev", "the first"
  assert selection.most_evaluated_split(records, "test") == "test"
  assert selection.most_evaluated_split(records + _at("dev", 1), "test") == (
    "dev"
  )


def test_without_records_the_preferred_split_is_taken():
  assert selection.most_evaluated_split([], "test") == "test"
  assert selection.most_evaluated_split([]) == ""
  assert selection.most_evaluated_split([{"step": 1}]) == ""
