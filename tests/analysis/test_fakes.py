"""Invented records look like those that runs left in `results/`."""

import json
import pathlib
import types

import numpy as np

from t2t_af import windows
from t2t_af.analysis.results import folders
from t2t_af.models import likelihood_record
from t2t_af.records import json_lines
from tests.analysis import fake_compare
from tests.analysis import fake_results as fake
from tests.analysis import fake_series
from tests.analysis import fake_windows

_OF_READERS = (folders.FOLDER, "log_scale_clip", "flow_log_scale_bound")
_RESULTS = pathlib.Path(__file__).parents[2] / "results"


def _real(*kinds):
  """{kind: fields that some record of it has}."""
  fields = {}
  for kind in kinds:
    for path in _RESULTS.rglob(f"{kind}.jsonl"):
      for record in json_lines.read(str(path)):
        fields.setdefault(kind, {}).update(record)
  return fields


# Who writes the records adds to what `likelihood_record` makes of windows.
_IDENTITY = dict(
  data_fingerprint="d0", trained_data_fingerprint="d0", is_partial=False
)


def _of_windows():
  """Fields of a likelihood record as an evaluation makes them today."""
  hparams = types.SimpleNamespace(
    problem=types.SimpleNamespace(recording=lambda name: name.split("/")[0]),
    video_num_input_frames=3,
    video_num_target_frames=6,
    precision="float32",
  )
  arrays = {
    likelihood_record.NLL: np.zeros([8, 6]),
    windows.SEQUENCE_ID: np.array([b"walk%d/0" % (i // 2) for i in range(8)]),
  }
  return likelihood_record.fields(arrays, _IDENTITY, hparams, {})


def test_fakes_say_of_windows_what_evaluations_say():
  made = _of_windows()
  fake_made = fake_windows.fields(np.zeros(8), 2)
  lacking = set(made) - set(fake_made)
  assert lacking == {
    "nll_nats_per_dim_per_step",
    "num_cond_steps",
    "num_scored_steps",
    "num_noise_draws",
  }  # The callers' own, and one that no table reads.
  for field, value in fake_made.items():
    if field not in _IDENTITY:
      np.testing.assert_array_equal(value, made[field], field)


def test_fakes_have_fields_of_real_records_and_no_others(tmp_path):
  video = fake_compare.write(str(tmp_path / "v"), seeds=(1,), size=12)
  series = fake_series.write(str(tmp_path / "s"))
  invented = [
    fake.likelihood("af1_tiny", 2.0),
    fake.series("af1_activity_rec", 2.0, 6),
    fake.correlation("af1_tiny", "y1", 0.5),
    fake.calibration("af1_activity_rec"),
    fake.sampled("af1_tiny", 20.0),
  ]
  for folder in (video, series):
    for run in folders.find([folder]).runs:
      for kind in folders.KINDS:
        invented += run.records[kind]
  real = _real(*folders.KINDS)
  real["likelihood"].update(_of_windows())
  # No samples of a series are kept in results/: their fields are those of the
  # trivial copy, and three that a copy does not have.
  real["samples"].update(
    _real("references")["references"],
    crps=0.5,
    rmse_mean_of_n=0.5,
    rmse_of_mean=0.5,
  )
  for record in invented:
    for name in _OF_READERS:
      record.pop(name, None)
    of_kind = real[record["kind"]]
    assert not set(record) - set(of_kind), record["kind"]
    for field, value in record.items():
      if value is not None and of_kind[field] is not None:
        assert isinstance(value, (list, tuple, np.ndarray)) == isinstance(
          of_kind[field], (list, np.ndarray)
        ), field


def test_run_json_of_fakes_is_that_of_runs(tmp_path):
  real = set()
  for path in _RESULTS.rglob("run.json"):
    real |= set(json.loads(path.read_text(encoding="utf-8")))
  fake.write(str(tmp_path / "a"), [fake.likelihood("af1_tiny", 2.0)])
  fake_compare.write(str(tmp_path / "b"), seeds=(1,), with_samples=False)
  for path in tmp_path.rglob("run.json"):
    assert not set(json.loads(path.read_text(encoding="utf-8"))) - real
