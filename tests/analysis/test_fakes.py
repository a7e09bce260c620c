"""Invented records look like those that runs left in `results/`."""

import json
import pathlib
import types

import numpy as np
from tensor2tensor.utils import hparam

from t2t_af import windows
from t2t_af.analysis.results import folders
from t2t_af.models import likelihood_record
from t2t_af.records import json_lines
from tests.analysis import fake_compare
from tests.analysis import fake_results as fake
from tests.analysis import fake_series

# Of every record of a run since data have one.
_OF_DATA = dict(data_fingerprint="", trained_data_fingerprint="")
_RESULTS = pathlib.Path(__file__).parents[2] / "results"


def _of_an_evaluation():
  """Fields of today's likelihood records, which those in `results/` lack."""
  hparams = hparam.HParams(
    video_num_input_frames=3,
    video_num_target_frames=2,
    problem=types.SimpleNamespace(recording=lambda name: name),
  )
  arrays = {
    likelihood_record.NLL: np.zeros([4, 2]),
    windows.SEQUENCE_ID: np.array([b"a", b"b", b"c", b"d"]),
  }
  fields = likelihood_record.fields(arrays, {}, hparams, {})
  fields.update(_OF_DATA, is_partial=False)
  return json.loads(json_lines.dumps(fields))


def _real(*kinds):
  """{kind: fields that some record of it has}."""
  fields = {
    "likelihood": _of_an_evaluation(),
    "correlation": {"num_windows": 1, **_OF_DATA},
    "samples": {"sequence_ids": [], "num_recordings": 1, **_OF_DATA},
  }
  for kind in kinds:
    for path in _RESULTS.rglob(f"{kind}.jsonl"):
      for record in json_lines.read(str(path)):
        fields.setdefault(kind, {}).update(record)
  return fields


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
  # No samples of a series are kept in results/: their fields are those of the
  # trivial copy, and three that a copy does not have.
  real["samples"].update(
    _real("references")["references"],
    crps=0.5,
    rmse_mean_of_n=0.5,
    rmse_of_mean=0.5,
  )
  for record in invented:
    of_kind = real[record["kind"]]
    assert not set(record) - set(of_kind), record["kind"]
    for field, value in record.items():
      if value is not None and of_kind[field] is not None:
        assert isinstance(value, (list, tuple, np.ndarray)) == isinstance(
          of_kind[field], list
        ), field


def test_run_json_of_fakes_is_that_of_runs(tmp_path):
  real = set()
  for path in _RESULTS.rglob("run.json"):
    real |= set(json.loads(path.read_text(encoding="utf-8")))
  fake.write(str(tmp_path / "a"), [fake.likelihood("af1_tiny", 2.0)])
  fake_compare.write(str(tmp_path / "b"), seeds=(1,), with_samples=False)
  for path in tmp_path.rglob("run.json"):
    assert not set(json.loads(path.read_text(encoding="utf-8"))) - real
