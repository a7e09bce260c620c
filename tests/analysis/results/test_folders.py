"""Run folders: identity, order, what is absent, what is broken."""

import json
import logging
import os
import pathlib

import pytest

from t2t_af import errors
from t2t_af.analysis.figures import correlation_figures
from t2t_af.analysis.results import folders
from t2t_af.analysis.tables import paper_tables
from t2t_af.records import json_lines
from tests.analysis import fake_results as fake


def _run(tmp_path, *written):
  """The one run that the records make."""
  fake.write(str(tmp_path), written)
  (run,) = folders.find([str(tmp_path)]).runs
  return run


def test_a_folder_that_is_not_there_is_a_run_without_anything(tmp_path):
  run = folders.read_run(str(tmp_path / "nowhere"))
  assert run.info == {} and run.label == ""
  assert set(run.records) == set(folders.KINDS)
  assert not any(run.records.values())
  assert run.hparams_set is run.problem is run.seed is run.row is None
  assert (run.data_set, run.data_split) == ("", 0)
  assert run.newest("likelihood", "test") is None
  assert run.newest("samples", "test") is None
  assert run.path("flow.npz") is None and run.scores("test") == []


def test_run_json_counts_more_than_records(tmp_path):
  run = _run(tmp_path, fake.likelihood("af1_tiny", 2.0, seed=3))
  path = os.path.join(run.folder, "run.json")
  with open(path, "w", encoding="utf-8") as stream:
    json.dump({"seed": 7, "steps": 500}, stream)
  run = folders.read_run(run.folder)
  assert run.seed == 7, "of run.json"
  assert run.hparams_set == "af1_tiny", "of the records, which alone have it"
  assert run.info == {"seed": 7, "steps": 500}


def test_newest_record_tells_identity(tmp_path):
  run = _run(
    tmp_path,
    fake.likelihood("af1_tiny", 2.0, num_parameters=5),
    fake.likelihood("af1_tiny", 2.0, num_parameters=9),
  )
  os.remove(os.path.join(run.folder, "run.json"))
  assert folders.read_run(run.folder).num_parameters == 9


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '"text"'])
def test_a_broken_run_json_is_none(tmp_path, content):
  run = _run(tmp_path, fake.likelihood("af1_tiny", 2.0))
  path = os.path.join(run.folder, "run.json")
  with open(path, "w", encoding="utf-8") as stream:
    stream.write(content)
  assert folders.read_json(path) is None
  (run,) = folders.find([str(tmp_path)]).runs
  assert run.info == {} and run.hparams_set == "af1_tiny"


def test_a_line_that_a_kill_left_half_is_skipped(tmp_path, caplog):
  run = _run(tmp_path, fake.likelihood("af1_tiny", 2.0))
  path = os.path.join(run.folder, "results", "likelihood.jsonl")
  with open(path, "a", encoding="utf-8") as stream:
    stream.write('{"kind": "likelihood", "nll_na')
  with caplog.at_level(logging.WARNING):
    run = folders.read_run(run.folder)
  assert len(run.records["likelihood"]) == 1
  assert "line 2 is no complete record" in caplog.text


def test_newest_of_a_split_is_by_time_then_by_order(tmp_path):
  run = _run(
    tmp_path,
    fake.later(fake.likelihood("af1_tiny", 1.0), 9),
    fake.likelihood("af1_tiny", 2.0),
    fake.likelihood("af1_tiny", 3.0, split="dev"),
    fake.likelihood("af1_tiny", 4.0, split="dev"),
  )
  assert run.newest("likelihood", "test")["nll_nats_per_dim"] == 1.0
  assert run.newest("likelihood", "dev")["nll_nats_per_dim"] == 4.0
  assert run.newest("likelihood", "train") is None


def test_samples_of_another_split_are_better_than_none(tmp_path):
  run = _run(
    tmp_path,
    fake.sampled("af1_tiny", 20.0, split="dev"),
    fake.later(fake.sampled("af1_tiny", 21.0, split="train")),
  )
  assert run.newest("samples", "test")["split"] == "train", "the newest"
  assert run.newest("samples", "dev")["split"] == "dev"


def test_scores_are_bounds_of_one_sample_of_the_splits(tmp_path):
  run = _run(
    tmp_path,
    fake.likelihood("slvm_tiny", 2.0, bound=True),
    fake.likelihood("slvm_tiny", 1.8, bound=True, num_samples=50),
    fake.likelihood("slvm_tiny", 1.9, split="train"),
    fake.likelihood("slvm_tiny", 1.7, split="dev"),
  )
  values = [r["nll_nats_per_dim"] for r in run.scores("train", "test")]
  assert values == [2.0, 1.9]


def test_arrays_may_lie_in_results_or_beside_it(tmp_path):
  run = _run(tmp_path, fake.likelihood("af1_tiny", 2.0))
  beside = os.path.join(run.folder, "samples.npz")
  inside = os.path.join(run.folder, "results", "samples.npz")
  fake.samples(beside, seed=0)
  assert run.path("samples.npz") == beside
  fake.samples(inside, seed=0)
  assert run.path("samples.npz") == inside
  assert folders.find([str(tmp_path)]).with_file("samples.npz")[0] == run


@pytest.mark.parametrize("share", [{}, {"train_fraction": 1.0}])
def test_all_training_data_is_used_unless_a_record_says_less(tmp_path, share):
  run = _run(tmp_path, fake.likelihood("af1_tiny", 2.0, **share))
  assert run.uses_all_training_data


@pytest.mark.parametrize("fraction", [0.05, 0.99])
def test_a_share_of_the_training_data_is_known(tmp_path, fraction):
  run = _run(
    tmp_path, fake.likelihood("af1_tiny", 2.0, train_fraction=fraction)
  )
  assert run.train_fraction == fraction and not run.uses_all_training_data


def test_order_is_that_of_the_paper_then_set_problem_and_seed(tmp_path):
  written = [
    fake.likelihood(name, 2.0, seed, problem)
    for name, problem, seed in (
      ("my_own_set", "video_a", 0),
      ("slvm_tiny", "video_a", 0),
      ("af1_tiny", "video_b", 0),
      ("af1_tiny", "video_a", 1),
      ("af1_tiny", "video_a", 0),
      ("af1_bair", "video_b", 0),
    )
  ]
  fake.write(str(tmp_path), written)
  found = folders.find([str(tmp_path)]).runs
  assert [(r.hparams_set, r.problem, r.seed) for r in found] == [
    ("af1_bair", "video_b", 0),
    ("af1_tiny", "video_a", 0),
    ("af1_tiny", "video_a", 1),
    ("af1_tiny", "video_b", 0),
    ("slvm_tiny", "video_a", 0),
    ("my_own_set", "video_a", 0),
  ]
  assert folders.in_order(found[::-1]) == found


def test_sets_that_no_row_has_go_by_their_name(tmp_path):
  run = _run(tmp_path, fake.likelihood("my_own_set", 2.0))
  assert (run.row, run.label) == (None, "my_own_set")


def test_split_of_the_data_set_is_in_the_problem(tmp_path):
  run = _run(tmp_path, fake.likelihood("af1_x", 2.0, problem="series_x_split2"))
  assert (run.data_set, run.data_split) == ("series_x", 2)


def test_counts_of_parameters_are_read_anywhere_once(tmp_path):
  path = str(tmp_path / "a" / folders.PARAMETERS_FILE)
  json_lines.append(path, {"hparams_set": "af1_bair", "num_parameters": 3})
  found = folders.find([str(tmp_path)])
  assert found.runs == []
  assert found.parameters == [{"hparams_set": "af1_bair", "num_parameters": 3}]


def test_what_lies_in_a_run_is_no_run_of_its_own(tmp_path):
  run = _run(tmp_path, fake.likelihood("af1_tiny", 2.0))
  inner = fake.likelihood("af2_tiny", 2.0)
  fake.write(os.path.join(run.folder, "eval"), [inner])
  assert len(folders.find([str(tmp_path)]).runs) == 1


def test_a_run_that_only_trains_so_far_is_a_run(tmp_path):
  path = tmp_path / "run" / "results" / "training.jsonl"
  json_lines.append(str(path), {"kind": "training", "step": 10})
  (run,) = folders.find([str(tmp_path)]).runs
  assert run.records["training"][0]["step"] == 10
  assert run.label == run.folder, "nothing else names it"


def test_without_paths_results_is_searched(tmp_path, monkeypatch):
  monkeypatch.chdir(tmp_path)
  with pytest.raises(errors.UserError, match="results is no folder; give"):
    folders.find()
  fake.write("results", [fake.likelihood("af1_tiny", 2.0)])
  assert len(folders.find().runs) == 1


def test_runs_of_other_numbers_of_steps_are_not_taken_for_seeds(tmp_path):
  """What has one label is averaged: Fig. 5, calibration, quality."""
  paths = [
    fake.write(
      str(tmp_path / f"{steps}_{seed}"),
      [
        fake.likelihood("af1_tiny", 2.0, seed, step=steps),
        fake.correlation("af1_tiny", "y1", value, steps, seed),
      ],
    )
    for steps, seed, value in ((500, 0, 0.5), (500, 1, 0.3), (4000, 0, 0.1))
  ]
  runs = folders.find(paths).runs
  assert [run.label for run in runs] == [
    "1-AF, 4,000 steps",
    "1-AF, 500 steps",
    "1-AF, 500 steps",
  ]
  measured = correlation_figures.over_seeds(runs)
  means = {model: found.mean for (_, model, _), found in measured.items()}
  assert means == pytest.approx(
    {"1-AF, 500 steps": 0.4, "1-AF, 4,000 steps": 0.1}
  )


def test_runs_that_were_trained_otherwise_are_not_taken_for_seeds(tmp_path):
  usual = fake.likelihood("af1_tiny", 2.0)
  paths = []
  for i, (fields, info) in enumerate(
    (
      ({}, {}),
      (dict(hparams="learning_rate_constant=0.1"), {}),
      ({}, dict(warm_start_from="runs/a")),
      ({}, dict(flow_log_scale_bound=10.0)),
    )
  ):
    paths.append(fake.write(str(tmp_path / str(i)), [{**usual, **fields}]))
    path = os.path.join(fake.run_folder(paths[-1], usual), "run.json")
    known = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
    pathlib.Path(path).write_text(json.dumps({**known, **info}))
  old, new = "flow_log_scale_bound=8.0", "flow_log_scale_bound=10.0"
  assert [run.label for run in folders.find(paths[:3]).runs] == [
    "1-AF",
    "1-AF, learning_rate_constant=0.1",
    "1-AF, warm start",
  ]
  # A run that kept none is of version 0.2, when it was this.
  assert [run.label for run in folders.find(paths[::3]).runs] == [
    f"1-AF, {old}",
    f"1-AF, {new}",
  ]


def test_ways_of_writing_an_override_make_no_other_run(tmp_path):
  texts = (
    "flow_mask=learned,batch_size=8",
    "batch_size = 8.0, flow_mask=learned",
  )
  paths = [
    fake.write(
      str(tmp_path / str(i)),
      [fake.likelihood("af1_tiny", 2.0 + i, i, hparams=text)],
    )
    for i, text in enumerate(texts)
  ]
  runs = folders.find(paths).runs
  assert {run.label for run in runs} == {"1-AF, flow_mask=learned"}
  (cell,) = [
    row.cells[-1]
    for row in paper_tables.build(1, folders.find(paths)).rows
    if row.label == "1-AF, flow_mask=learned"
  ]
  assert cell.num_runs == 2


@pytest.mark.parametrize("field, value", [("seed", "0"), ("hparams", 3)])
def test_a_field_of_run_json_of_another_kind_is_named(tmp_path, field, value):
  written = fake.likelihood("af1_tiny", 2.0)
  folder = fake.write(str(tmp_path), [written])
  path = os.path.join(fake.run_folder(folder, written), "run.json")
  pathlib.Path(path).write_text(json.dumps({field: value}))
  with pytest.raises(errors.UserError, match=f"damaged: {field} is"):
    folders.find([folder])
