"""`t2t-af references`: its lines."""

import json

import pytest

from t2t_af.bin import references
from t2t_af.experiments import reference_records
from t2t_af.records import json_lines

VIDEO = dict(name="uniform", nll_nats_per_dim=5.545177, nll_bits_per_dim=8.0)
SERIES = dict(
  name="N(0, 1)",
  nll_nats_per_dim=1.5,
  nll_bits_per_dim=2.164,
  nll_nats_per_step=9.0,
  nll_raw_nats_per_step=-3.25,
)


def test_video_has_both_units_per_dimension():
  assert references._line(VIDEO).split() == (
    "uniform 5.5452 nats/dim 8.0000 bits/dim".split()
  )


def test_series_are_per_step_and_in_raw_units():
  assert (
    references._line(SERIES).split()
    == (
      "N(0, 1) 1.5000 nats/dim 9.0000 nats/step -3.2500 nats/step in raw units"
    ).split()
  )


@pytest.mark.parametrize("output", [True, False])
def test_flags_reach_what_is_computed(monkeypatch, tmp_path, capsys, output):
  asked = []
  monkeypatch.setattr(
    reference_records, "compute", lambda *args: asked.append(args) or [VIDEO]
  )
  path = tmp_path / "references.jsonl"
  flags = ["--problem=video_toy_pushing", "--data_dir=~/d", "--split=eval"]
  flags += ["--num_inputs=4", "--num_targets=6", "--dequantization=gaussian"]
  monkeypatch.setenv("HOME", "/home/x")
  references.main(flags + [f"--output={path}"] * output)
  ((problem, *rest),) = asked
  assert problem.name == "video_toy_pushing"
  assert rest == ["/home/x/d", "dev", 4, 6, "gaussian"]
  assert json_lines.read(str(path)) == [VIDEO] * output
  assert capsys.readouterr().out.count("\n") == 1
  references.main(flags + ["--json"])
  assert json.loads(capsys.readouterr().out) == {"references": [VIDEO]}
