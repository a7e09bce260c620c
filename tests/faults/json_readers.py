"""Readers of a run's and a comparison's small files, in JSON.

See `readers`. What a run says of itself is not checked by sums: here only
tracebacks are faults, and records that are read differently than they stand.
"""

import json
import os
from typing import Any

from absl import flags
from tensor2tensor.utils import registry
from tensor2tensor.utils import trainer_lib

from t2t_af.analysis.report import verdict
from t2t_af.analysis.results import comparison
from t2t_af.analysis.results import folders
from t2t_af.analysis.tables import comparison_csv
from t2t_af.analysis.tables import comparison_table
from t2t_af.analysis.tables import paper_tables
from t2t_af.analysis.tables import table_forms
from t2t_af.bin import checks
from t2t_af.experiments import best_checkpoint
from t2t_af.experiments import comparison_plan
from t2t_af.experiments import overrides
from t2t_af.experiments import recovery
from t2t_af.models import run_data
from t2t_af.records import json_lines
from t2t_af.records import run_folder
from tests.analysis import fake_compare
from tests.faults import mutations
from tests.faults.readers import Reader
from tests.fixtures import checkpoint_files
from tests.fixtures import walks

FLAGS = flags.FLAGS
_SET = "af1_series_tiny"


def _changed_json(content: bytes, rng: Any) -> bytes:
  return mutations.any_of(mutations.changed_json, content, rng)


def _as_they_stand(found: list, whole: Any, content: bytes) -> str:
  """A record that is read says what its line says."""
  if found is None:
    return ""
  lines = []
  for line in content.split(b"\n"):
    try:
      lines.append(json.loads(line))
    except (ValueError, RecursionError):
      pass
  # As text: a NaN is not the same as itself.
  there = {repr(line) for line in lines}
  wrong = [record for record in found if repr(record) not in there]
  return f"a record that no line has: {wrong[0]}" if wrong else ""


def _run_json(folder: str) -> Reader:
  """As a command that goes on with a run reads it."""
  data_dir, run = os.path.join(folder, "data"), os.path.join(folder, "run")
  problem = walks.Walks()
  problem.generate_data(data_dir, data_dir)
  run_folder.update(
    run,
    model="autoregressive_flow",
    hparams_set=_SET,
    hparams="flow_width=4",
    problem=problem.name,
    seed=3,
    steps=10,
    trained_steps=4,
    eval_every=2,
    num_parameters=100,
    train_fraction=1.0,
    log_scale_clip="smooth",
    flow_log_scale_bound=10.0,
    scale_floor=0.02,
    data_fingerprint=problem.data_fingerprint(data_dir),
    data_statistics=problem.statistics(data_dir).to_json(),
    other_data=["0" * 64],
    versions={"tensorflow": "2.15.1"},
  )

  def read() -> dict:
    fresh = walks.Walks()
    known = run_folder.read(run)
    run_folder.identity(run)
    fresh.split_files(data_dir, "dev")
    fresh.change(run)
    run_data.check(run, known.get("data_fingerprint"), data_dir)
    hparams = registry.hparams(_SET)
    kept = overrides.kept_by_run(run, hparams)
    overrides.parse(hparams, kept, "hparam")
    best_checkpoint.use(run)
    folders.find([run])
    return known

  return Reader(run_folder.path(run), read, _changed_json)


def _hparams_json(folder: str) -> Reader:
  """As t2t-trainer reads it before it goes on."""
  path = os.path.join(folder, "hparams.json")
  hparams = trainer_lib.create_hparams(_SET)
  with open(path, "w", encoding="utf-8") as stream:
    stream.write(hparams.to_json(indent=0, sort_keys=True))
  flags_parsed = dict(
    model="autoregressive_flow",
    hparams_set=_SET,
    problem="series_particle",
    hparams="",
    output_dir=folder,
  )

  def read() -> None:
    for name, value in flags_parsed.items():
      setattr(FLAGS, name, value)
    checks.model_and_hparams(folder)
    checks.same_model_as_before(folder)

  return Reader(path, read, _changed_json)


def _records(folder: str) -> Reader:
  """A file of records, alone."""
  path = os.path.join(folder, "likelihood.jsonl")
  record = dict(
    kind="likelihood",
    step=10,
    split="dev",
    nll_nats_per_dim=1.25,
    nll_nats_per_dim_per_step=[1.0, 1.5],
    sequence_ids=["a", "b"],
    bound=False,
  )
  json_lines.write(path, [dict(record, step=step) for step in range(4)])
  return Reader(
    path, lambda: json_lines.read(path), mutations.changed_line, _as_they_stand
  )


def _of_comparison(*name: str, lines: bool = True) -> Any:
  """A file of a comparison, read as its report and its table read it."""

  def make(folder: str) -> Reader:
    fake_compare.write(
      folder, fake_compare.SETS[:2], (1, 2), with_samples=False
    )

    def read() -> None:
      found = comparison.Comparison(folder)
      comparison_table.text(found)
      comparison_csv.write(found, os.path.join(folder, "table.csv"))
      verdict.sentences(found)

    change = mutations.changed_line if lines else _changed_json
    return Reader(os.path.join(folder, *name), read, change)

  return make


def _plan(folder: str) -> Reader:
  """compare.json, where a comparison is taken up again."""
  config = dict(
    problem="video_toy_pushing",
    sets=["af1_tiny"],
    seeds=[0],
    steps=10,
    eval_every=0,
    split="test",
    hparams="",
    labels={"af1_tiny": "1-AF"},
  )
  comparison_plan.write(folder, config)
  return Reader(
    os.path.join(folder, "compare.json"),
    lambda: comparison_plan.write(folder, config),
    _changed_json,
  )


def _paper_table(folder: str) -> Reader:
  """A run's likelihoods, in a table of the paper."""
  fake_compare.write(folder, fake_compare.SETS[:1], (1,), with_samples=False)
  run = os.path.join(folder, fake_compare.SETS[0], "seed_1", "results")

  def read() -> None:
    table = paper_tables.build(1, folders.find([folder]))
    table_forms.FORMS["text"](table)

  return Reader(
    os.path.join(run, "likelihood.jsonl"), read, mutations.changed_line
  )


def _checkpoint(folder: str) -> Reader:
  """The file that names the newest checkpoint."""
  for step in (2, 4):
    checkpoint_files.write(folder, step)

  def read() -> None:
    recovery.check_exists(folder)

  return Reader(os.path.join(folder, "checkpoint"), read)


_RESULTS = (fake_compare.SETS[0], "seed_1", "results")
ALL = {
  "run.json": _run_json,
  "hparams.json": _hparams_json,
  "compare.json": _plan,
  "*.jsonl": _records,
  "compare.json in a report": _of_comparison("compare.json", lines=False),
  "references in a report": _of_comparison("references.jsonl"),
  "likelihoods in a report": _of_comparison(*_RESULTS, "likelihood.jsonl"),
  "training in a report": _of_comparison(*_RESULTS, "training.jsonl"),
  "likelihoods in a table": _paper_table,
  "checkpoint": _checkpoint,
}
