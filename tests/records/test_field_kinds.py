"""Records whose fields are of other kinds than readers count on."""

import json
import logging
import pathlib

import pytest

from t2t_af.records import field_kinds
from t2t_af.records import json_lines

_RESULTS = pathlib.Path(__file__).parents[2] / "results"


_LIKELIHOOD = dict(
  kind="likelihood", problem="series_particle", split="test", step=3
)


def test_records_that_runs_wrote_are_in_order(caplog):
  with caplog.at_level(logging.WARNING):
    records = [
      r
      for path in _RESULTS.rglob("*.jsonl")
      for r in json_lines.read(str(path))
    ]
  assert len(records) > 1000 and not caplog.records


@pytest.mark.parametrize(
  "name, value, told",
  [
    ("split", None, "split is missing"),
    ("nll_nats_per_dim", "low", "nll_nats_per_dim is 'low'"),
    ("step", [3], r"step is [3]"),
    ("step", True, "step is True"),
    ("seed", {}, "seed is {}"),
    ("split", 3, "split is 3"),
    ("problem", ["a"], "problem is ['a']"),
    ("sequence_ids", "a" * 99, "sequence_ids is 'aaaa"),
    ("nll_nats_per_dim_per_step", 0.5, "nll_nats_per_dim_per_step is 0.5"),
    (
      "nll_nats_per_dim_per_sequence",
      [1.0, None, "x"],
      "nll_nats_per_dim_per_sequence has 'x' in it",
    ),
  ],
)
def test_record_with_a_field_of_another_kind_is_left_out_and_told(
  tmp_path, caplog, name, value, told
):
  path = tmp_path / "likelihood.jsonl"
  good = dict(_LIKELIHOOD, nll_nats_per_dim=None)
  path.write_text(
    "".join(json.dumps(r) + "\n" for r in (good, {**good, name: value}, good))
  )
  with caplog.at_level(logging.WARNING):
    assert json_lines.read(str(path)) == [good, good]
  assert f"{path} line 2: {told}" in caplog.text


def test_what_nobody_counts_on_may_be_anything():
  assert field_kinds.fault({"new_field": {"a": [1]}, "versions": {}}) is None


def test_reference_without_a_name_is_none():
  reference = dict(kind="reference", problem="series_particle", split="test")
  assert field_kinds.fault(reference) == "name is missing"
  assert field_kinds.fault({**reference, "name": "uniform"}) is None
