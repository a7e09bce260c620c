"""A run becomes a named model that says exactly what the run says."""

import json
import os
import pathlib
import shutil

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from scripts import model_card
from scripts import publish_model
import t2t_af
from t2t_af import errors
from t2t_af.experiments import checkpoints
from t2t_af.experiments import recovery
from t2t_af.experiments import trained_run
from t2t_af.experiments.asking import contexts
from t2t_af.records import json_lines
from t2t_af.records import named_models
from t2t_af.records import run_folder
from tests.fixtures import asked_runs

NAME = "af2_walks"


@pytest.fixture(name="run", scope="module")
def _run(series_run, tmp_path_factory):
  """A copy of the run that is evaluated on its test split."""
  folder = str(tmp_path_factory.mktemp("evaluated") / "run")
  shutil.copytree(series_run.output_dir, folder)
  trained_run.TrainedRun(folder, series_run.data_dir).evaluate("test")
  return series_run._replace(output_dir=folder)


@pytest.fixture(name="folder", scope="module")
def _folder(run, tmp_path_factory):
  """Of the named model; named models are looked for beside it."""
  with pytest.MonkeyPatch.context() as patch:
    trained = str(tmp_path_factory.mktemp("trained"))
    patch.setattr(named_models, "FOLDER", trained)
    before = _content(run.output_dir)
    yield publish_model.publish(run.output_dir, NAME, run.data_dir)
    assert _content(run.output_dir) == before, "the run is left as it was"


def _content(folder):
  return {
    str(path.relative_to(folder)): path.read_bytes()
    for path in sorted(pathlib.Path(folder).rglob("*"))
    if path.is_file()
  }


def test_a_model_says_what_its_run_says(run, folder):
  assert named_models.names() == [NAME]
  x = asked_runs.walk(60, 80)
  with t2t_af.load(NAME) as named, t2t_af.load(run.output_dir) as before:
    assert named.describe().startswith(f"{NAME}: checkpoint of step 2 (as pub")
    for found, expected in zip(named.score(x), before.score(x)):
      np.testing.assert_array_equal(found, expected)


def test_its_checkpoint_has_the_weights_and_no_more(run, folder):
  def weights(place):
    reader = tf.train.load_checkpoint(checkpoints.newest(place))
    return {n: reader.get_tensor(n) for n in reader.get_variable_to_shape_map()}

  found, before = weights(folder), weights(run.output_dir)
  assert set(before) - set(found) > {"training/beta1_power"}
  for name, value in found.items():
    np.testing.assert_array_equal(value, before[name])
  known = run_folder.read(folder)
  count = sum(v.size for n, v in found.items() if n != "global_step")
  assert count == known["num_parameters"]
  # As --warm_start_from and t2t-af convert find it.
  assert recovery.source(NAME) == checkpoints.newest(folder)
  assert "data_dir" not in known and "command" not in known
  assert run.data_dir not in str(_content(folder))


def test_the_card_has_the_numbers_of_the_record(run, folder):
  path = run_folder.results(run.output_dir, "likelihood")
  (record,) = json_lines.read(path)
  card = named_models.card(NAME)
  assert card["likelihood"]["nll_nats_per_dim"] == record["nll_nats_per_dim"]
  assert "sequence_ids" not in card["likelihood"]
  assert card["data"]["fingerprint"] == record["trained_data_fingerprint"]
  assert dict(
    zip(record["sequence_ids"], record["nll_nats_per_dim_per_sequence"])
  ).items() >= (card["sequences"].items())
  assert set(card["files"]) == set(os.listdir(folder)) - {named_models.CARD}
  told = (pathlib.Path(folder) / "README.md").read_text(encoding="utf-8")
  assert f"{record['nll_nats_per_dim']:.4f} nats/dim, " in told
  assert "raw units, exact, noise of 0.02 added, standardised" in told
  assert "2 steps, seed 0; the checkpoint of step 2 (the newest)" in told
  assert "| licence | Apache-2.0 |" in told and model_card.NOT_FOR in told


def test_a_model_is_checked_by_its_record_and_by_its_probe(run, folder):
  card = named_models.card(NAME)
  with t2t_af.load(NAME, run.data_dir) as named:
    assert publish_model.check(named, card) == len(card["sequences"]) > 0
    assert publish_model.probe(named) == card["probe"]
    (first, *_) = card["sequences"]
    card["sequences"][first] += 0.01
    with pytest.raises(errors.UserError, match="the model says"):
      publish_model.check(named, card)
  with t2t_af.load(NAME) as named:  # series_csv is not drawn
    assert publish_model.check(named, card) == 0
    with pytest.raises(errors.UserError, match="are files.* --data_dir"):
      list(contexts.first(named.run, "test", 1))


@pytest.mark.slow
def test_a_model_is_replaced_by_the_same_bytes(run, folder):
  before = _content(folder)
  publish_model.publish(run.output_dir, NAME, run.data_dir)
  assert _content(folder) == before
  assert os.listdir(named_models.FOLDER) == [NAME]


def test_a_damaged_model_does_not_answer(folder):
  (path,) = pathlib.Path(folder).glob("*.data-*")
  before = path.read_bytes()
  try:
    path.write_bytes(before[:-1] + bytes([before[-1] ^ 1]))
    with pytest.raises(errors.UserError) as told:
      t2t_af.load(NAME)
    assert f"{path} is damaged" in str(told.value)
  finally:
    path.write_bytes(before)


@pytest.mark.parametrize(
  "change, name, told",
  [
    (dict(is_partial=True), "new", "no likelihood record of the whole test"),
    (dict(split="dev"), "new", "no likelihood record of the whole test"),
    (dict(step=1), "new", "no likelihood record of the whole test split at"),
    (dict(data_fingerprint="0"), "new", "no likelihood record"),
    ({}, "../new", "a name is of a-z, 0-9 and _"),
  ],
)
def test_what_is_no_result_is_not_published(
  run, folder, tmp_path, change, name, told
):
  other = str(tmp_path / "run")
  shutil.copytree(run.output_dir, other)
  path = pathlib.Path(run_folder.results(other, "likelihood"))
  record = json.loads(path.read_text(encoding="utf-8"))
  path.write_text(json.dumps(dict(record, **change)) + "\n", encoding="utf-8")
  with pytest.raises(errors.UserError, match=told):
    publish_model.publish(other, name, run.data_dir)
  assert os.listdir(named_models.FOLDER) == [NAME]
