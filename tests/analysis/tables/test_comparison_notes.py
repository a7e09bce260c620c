"""What a set's notes say, from records of each kind."""

import json
import math
import os

import numpy as np
import pytest

from t2t_af.analysis.results.comparison import Comparison
from t2t_af.analysis.tables import comparison_notes
from t2t_af.records import json_lines
from tests.analysis import fake_compare

FIRST, AF, _ = fake_compare.SETS


@pytest.fixture(name="folder")
def _folder(tmp_path):
  return fake_compare.write(
    str(tmp_path / "c"), sets=(FIRST, AF), seeds=(1, 2), with_samples=False
  )


def _append(folder, seed, **fields):
  record = fake_compare.likelihood(
    AF, seed, "test", fake_compare.STEPS, 1.4, np.random.default_rng(0)
  )
  path = os.path.join(folder, AF, f"seed_{seed}", "results", "likelihood.jsonl")
  json_lines.append(path, {**record, **fields})


def _notes(folder):
  return comparison_notes.notes_on(Comparison(folder), AF)


def test_a_finished_set_has_no_note(folder):
  assert _notes(folder) == []


def test_a_seed_that_diverged_is_named(folder):
  _append(folder, 2, nll_nats_per_dim=math.nan)
  assert _notes(folder) == ["not finite: seed 2"]


def test_scores_before_the_last_step_are_named(folder):
  for seed, step in ((1, 400), (2, 500)):
    _append(folder, seed, step=step)
  assert _notes(folder) == ["scored at step 400 and 500 of 600"]


def test_training_that_goes_on_shows_how_far_it_is(folder):
  run = os.path.join(folder, AF, "seed_1", "results")
  os.remove(os.path.join(run, "likelihood.jsonl"))
  assert _notes(folder) == ["not run: seed 1 (training, at step 600 of 600)"]
  os.remove(os.path.join(run, "training.jsonl"))
  assert _notes(folder) == ["not run: seed 1"]


def test_without_the_number_of_steps_it_is_open(folder):
  path = os.path.join(folder, "compare.json")
  with open(path, encoding="utf-8") as stream:
    config = json.load(stream)
  del config["steps"]
  with open(path, "w", encoding="utf-8") as stream:
    json.dump(config, stream)
  _append(folder, 2, step=1)
  assert _notes(folder) == [], "early is not known either"
  os.remove(os.path.join(folder, AF, "seed_1", "results", "likelihood.jsonl"))
  assert _notes(folder) == ["not run: seed 1 (training, at step 600 of ?)"]


def test_a_bound_is_taken_apart(folder):
  for seed in (1, 2):
    _append(
      folder,
      seed,
      bound=True,
      reconstruction_nats_per_dim=1.0 + 0.2 * seed,
      kl_nats_per_dim=0.1,
    )
  assert _notes(folder) == [
    "upper bound with 1 sample: reconstruction 1.300 + KL 0.100"
  ]


def test_bounds_of_more_samples_do_not_stand_for_those_of_one(folder):
  for seed, samples in ((1, 10), (2, 50)):
    _append(folder, seed, bound=True, num_samples=samples)
  assert _notes(folder) == []
  for seed in (1, 2):
    _append(folder, seed, bound=True)
  assert _notes(folder) == ["upper bound with 1 sample"]
