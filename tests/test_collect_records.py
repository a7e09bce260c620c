"""Records copied to results/: whole where they are shown, short elsewhere."""

import importlib.util
import json
import pathlib

import numpy as np
import pytest

from t2t_af.records import json_lines

_PATH = pathlib.Path(__file__).parents[1] / "scripts" / "collect_records.py"


@pytest.fixture(name="collect", scope="module")
def _collect():
  spec = importlib.util.spec_from_file_location("collect_records", _PATH)
  module = importlib.util.module_from_spec(spec)
  spec.loader.exec_module(module)
  return module.main


@pytest.fixture(name="collected")
def _collected(collect, tmp_path):
  """A run evaluated twice by one sample, then once by fifty."""
  run = tmp_path / "compare" / "slvm_tiny" / "seed_0"
  path = str(run / "results" / "likelihood.jsonl")
  for step, num_samples in ((5, 1), (9, 1), (9, 50)):
    json_lines.append(
      path,
      dict(
        split="test",
        step=step,
        num_samples=num_samples,
        nll_nats_per_dim=1 / 3,
        nll_nats_per_dim_per_sequence=[1 / 3, 2.0],
      ),
    )
  known = dict(seed=0, command="t2t-trainer --data_dir=/my/data")
  (run / "run.json").write_text(json.dumps(known), encoding="utf-8")
  (run / "model.ckpt-9.index").write_text("weights", encoding="utf-8")
  np.savez(
    run / "samples.npz",
    inputs=np.zeros([5, 3, 4]),
    targets=np.zeros([5, 2, 4]),
    outputs=np.zeros([5, 7, 2, 4]),
  )
  for _ in range(2):  # Once more changes nothing.
    collect(str(tmp_path / "compare"), str(tmp_path / "kept"))
  return tmp_path / "kept" / "slvm_tiny" / "seed_0"


def test_a_command_line_with_its_paths_is_not_copied(collected):
  assert json.loads((collected / "run.json").read_text()) == dict(seed=0)


def test_sequences_are_kept_of_the_newest_of_every_kind(collected):
  found = json_lines.read(str(collected / "results" / "likelihood.jsonl"))
  assert [
    (r["step"], r["num_samples"], r.get("nll_nats_per_dim_per_sequence"))
    for r in found
  ] == [(5, 1, None), (9, 1, [0.33333, 2.0]), (9, 50, [0.33333, 2.0])]
  assert found[0]["nll_nats_per_dim"] == 1 / 3


def _evaluation(step, **fields):
  """As an evaluation leaves it, of 5 windows of 2 sequences."""
  return dict(
    split="test",
    step=step,
    num_samples=1,
    dequantization="uniform",
    nll_nats_per_dim_per_sequence=[0.5, 2.0],
    nll_nats_per_dim_median=0.4,
    nll_nats_per_dim_worst_percent=1 / 3,
    nll_nats_per_dim_window_stderr=0.1,
    sequence_ids=["walk1/0", "walk1/1"],
    recordings=["walk1", "walk1"],
    num_windows_per_sequence=[2, 3],
    num_windows=5,
    num_recordings=1,
    data_fingerprint="d0",
    trained_data_fingerprint="d0",
    is_partial=False,
    **fields,
  )


def _collect_evaluations(collect, tmp_path, *written):
  path = tmp_path / "run" / "results" / "likelihood.jsonl"
  for record in written:
    json_lines.append(str(path), record)
  collect(str(tmp_path / "run"), str(tmp_path / "kept"))
  return json_lines.read(
    str(tmp_path / "kept" / "results" / "likelihood.jsonl")
  )


_LISTS = {
  "nll_nats_per_dim_per_sequence",
  "sequence_ids",
  "recordings",
  "num_windows_per_sequence",
}


def test_lists_of_sequences_are_kept_once_and_all_else_always(
  collect, tmp_path
):
  old, new = _collect_evaluations(
    collect, tmp_path, _evaluation(5), _evaluation(9)
  )
  assert new == _evaluation(9)
  assert old == {k: v for k, v in _evaluation(5).items() if k not in _LISTS}


@pytest.mark.parametrize(
  "other", [dict(is_partial=True), dict(dequantization="gaussian")], ids=str
)
def test_another_kind_that_is_newer_leaves_the_lists(collect, tmp_path, other):
  """Tables show the whole split, and each noise in a column of its own."""
  shown, _ = _collect_evaluations(
    collect, tmp_path, _evaluation(5), {**_evaluation(9), **other}
  )
  assert shown == _evaluation(5)


def test_samples_are_cut_to_what_is_shown_and_weights_are_left(collected):
  with np.load(collected / "samples.npz") as arrays:
    assert {name: a.shape for name, a in arrays.items()} == dict(
      inputs=(3, 3, 4), targets=(3, 2, 4), outputs=(3, 3, 2, 4)
    )
  assert sorted(p.name for p in collected.iterdir()) == [
    "results",
    "run.json",
    "samples.npz",
  ]


def test_old_records_are_collected_with_todays_names(collect, tmp_path):
  folder = tmp_path / "run" / "results"
  folder.mkdir(parents=True)
  (folder / "likelihood.jsonl").write_text(
    '{"num_scored_frames": 10, "nll_nats_per_dim_per_frame": [0.123456789]}\n',
    encoding="utf-8",
  )
  collect(str(tmp_path / "run"), str(tmp_path / "kept"))
  assert json_lines.read(
    str(tmp_path / "kept" / "results" / "likelihood.jsonl")
  ) == [{"num_scored_steps": 10, "nll_nats_per_dim_per_step": [0.12346]}]


def test_what_no_table_reads_is_left(collect, tmp_path):
  source = tmp_path / "compare"
  (source / "decode").mkdir(parents=True)
  for name in ("report.html", "decode/quality.csv", "other.jsonl"):
    (source / name).write_text("x", encoding="utf-8")
  (source / "references.jsonl").write_text("{}\n", encoding="utf-8")
  collect(str(source), str(tmp_path / "kept"))
  kept = [p.name for p in (tmp_path / "kept").rglob("*") if p.is_file()]
  assert kept == ["references.jsonl"]
