"""A record's run is made again, and its result stands beside the record."""

import os

import pytest
from tensor2tensor.utils import registry

from problems import series_particle
from t2t_af import stopping
from t2t_af.bin import check
from t2t_af.bin import rerun
from t2t_af.errors import UserError
from t2t_af.experiments import repeated_run
from t2t_af.experiments import run as run_lib
from t2t_af.records import json_lines
from t2t_af.records import run_folder

_OVERRIDES = "flow_width=4,batch_size=2,learning_rate_constant=0.1"


class Particle(series_particle.SeriesParticle):
  name = "series_few_particles"
  sequences_per_split = {"train": 5, "eval": 3, "test": 5}


@pytest.fixture(name="original", scope="module")
def _original(tmp_path_factory):
  """(data_dir, a run of a comparison that was scored before its end)."""
  folder = tmp_path_factory.mktemp("original")
  problem = Particle()
  problem.generate_data(str(folder / "data"), None)
  with pytest.MonkeyPatch.context() as patch, stopping.handled():
    patch.setattr(
      registry, "problem", lambda name: {Particle.name: problem}[name]
    )
    run_lib.execute(
      run_lib.Run(
        model="autoregressive_flow",
        hparams_set="af1_series_tiny",
        hparams=_OVERRIDES,
        problem=Particle.name,
        data_dir=str(folder / "data"),
        output_dir=str(folder / "run"),
        steps=6,
        seed=5,
        split="test",
        num_contexts=0,
        num_samples=1,
        eval_every=4,
      )
    )
    yield folder


def _rerun(folder, record, *flags):
  with stopping.handled():
    return rerun.main(
      [
        str(record),
        f"--data_dir={folder / 'data'}",
        f"--output_dir={folder / 'again'}",
        *flags,
      ]
    )


@pytest.mark.parametrize("number", [1, 2, 3])
def test_every_record_of_a_run_is_found_again(
  original, monkeypatch, capsys, tmp_path, number
):
  """Those of dev at steps 4 and 6, that of test at the better of the two."""
  monkeypatch.setattr("t2t_af.bin.checks.sequence_problem", lambda name: None)
  path = run_folder.results(str(original / "run"), "likelihood")
  record = json_lines.read(path)[number - 1]
  assert (
    _rerun(original, path, f"--number={number}", f"--output_dir={tmp_path}")
    == 0
  )
  told = capsys.readouterr().out
  assert "the same but for rounding" in told
  assert f"seed 5, step {record['step']}, {record['split']} split" in told


def test_another_seed_is_another_result(
  original, monkeypatch, capsys, tmp_path
):
  monkeypatch.setattr("t2t_af.bin.checks.sequence_problem", lambda name: None)
  source = run_folder.results(str(original / "run"), "likelihood")
  record = dict(
    json_lines.read(source)[-1], seed=6, nll_nats_per_dim_stderr=1e-9
  )
  path = str(tmp_path / "likelihood.jsonl")
  record["versions"] = dict(record["versions"], numpy="1.0")
  json_lines.append(path, record)
  # Without the run's folder the total number of steps is not known.
  assert _rerun(original, path, f"--output_dir={tmp_path / 'other'}") == 1
  told = capsys.readouterr().out
  assert "numpy was 1.0, is " in told and "standard errors" in told


@pytest.mark.parametrize(
  "changes, told",
  [
    (dict(seed=None), "does not say its seed"),
    (dict(is_partial=True), "is of a part of its split"),
    (dict(data_fingerprint="0" * 64), "holds other data of series_few_parti"),
  ],
)
def test_record_that_cannot_be_repeated_is_refused(
  original, monkeypatch, tmp_path, changes, told
):
  monkeypatch.setattr("t2t_af.bin.checks.sequence_problem", lambda name: None)
  source = run_folder.results(str(original / "run"), "likelihood")
  path = str(tmp_path / "likelihood.jsonl")
  json_lines.append(path, dict(json_lines.read(source)[-1], **changes))
  with pytest.raises(UserError, match=told):
    _rerun(original, path)
  assert not os.path.exists(original / "again")


def test_number_or_folder_that_will_not_do_is_refused(original, monkeypatch):
  monkeypatch.setattr("t2t_af.bin.checks.sequence_problem", lambda name: None)
  with pytest.raises(UserError, match="has 3 records: no number 4"):
    repeated_run.find(str(original / "run"), 4)
  with pytest.raises(UserError, match="has no records"):
    repeated_run.find(str(original))
  with pytest.raises(UserError, match="is the folder of the run itself"):
    rerun.main([str(original / "run"), f"--output_dir={original / 'run'}"])


def test_check_of_a_trained_flow(original, capsys):
  arguments = [str(original / "run"), f"--data_dir={original / 'data'}"]
  assert check.main(arguments) == 0
  lines = capsys.readouterr().out.splitlines()
  assert len(lines) == 2 and all(line.endswith(": ok") for line in lines)
  assert "transform 1" in lines[0] and "log-scales of flow/tr" in lines[1]
