"""What the manifest must say; data that does not agree with it is refused."""

import hashlib
import json
import os

import pytest

from t2t_af.errors import UserError
from tests.fixtures import counting


def test_data_of_another_version_is_refused_then_replaced(problem, data_dir):
  problem.data_version = 2
  with pytest.raises(UserError, match="another version"):
    problem.split_files(data_dir, "train")
  problem.generate_data(data_dir, data_dir)
  assert all(problem.split_files(data_dir, s) for s in counting.COUNTS)


@pytest.mark.parametrize("damage", ["truncate", "remove"])
def test_damaged_file_is_named(problem, data_dir, damage):
  path = problem.split_files(data_dir, "train")[3].path
  if damage == "remove":
    os.remove(path)
  else:
    os.truncate(path, os.path.getsize(path) - 1)
  with pytest.raises(UserError, match=f"{path}: expected"):
    problem.split_files(data_dir, "train")


def test_broken_manifest_is_named(problem, data_dir):
  path = os.path.join(data_dir, "video_counting.manifest.json")
  with open(path, "w", encoding="utf-8") as manifest:
    manifest.write('{"splits": ')
  with pytest.raises(UserError, match=f"{path} is not JSON"):
    problem.split_files(data_dir, "train")


def test_manifest_holds_the_counts(data_dir):
  with open(
    os.path.join(data_dir, "video_counting.manifest.json"), encoding="utf-8"
  ) as manifest:
    splits = json.load(manifest)["splits"]
  found = {split: entry["sequences"] for split, entry in splits.items()}
  assert found == {"train": 23, "dev": 3, "test": 2}


def test_manifest_holds_the_digest_of_each_file(problem, data_dir):
  for shard in problem.split_files(data_dir, "train"):
    with open(shard.path, "rb") as stream:
      assert hashlib.sha256(stream.read()).hexdigest() == shard.sha256


@pytest.mark.parametrize(
  "change",
  [
    lambda entry: entry.update(sequences=24),
    lambda entry: entry["shards"].pop(),
    lambda entry: entry["shards"][0].update(sequences=4),
    lambda entry: entry["shards"][0]["lengths"].update({"6": 9}),
    lambda entry: entry["shards"][0].pop("lengths"),
    lambda entry: entry.update(shards=7),
    lambda entry: entry.update(shards=["a"]),
    lambda entry: entry.update(sequences=23.0),
    lambda entry: entry.update(sequences="23"),
    lambda entry: entry.update(sequences=True),
    lambda entry: entry["shards"][0].update(bytes=-1),
    lambda entry: entry["shards"][0].update(lengths=[6]),
    lambda entry: entry["shards"][0].update(lengths={"six": 3}),
    lambda entry: entry["shards"][0]["lengths"].update({"6": 2, "7": -1}),
    lambda entry: entry["shards"][0].update(file="../" + "x"),
    lambda entry: entry["shards"][0].update(file=None),
    lambda entry: entry["shards"][0].update(sha256="0"),
    lambda entry: entry["shards"][0].update(last_record=10**400),
    lambda entry: entry.pop("sequences"),
  ],
)
def test_counts_that_do_not_agree_are_refused(problem, data_dir, change):
  path = _change_manifest(data_dir, lambda m: change(m["splits"]["train"]))
  with pytest.raises(UserError, match=f'{path}: the entry "train" is damaged'):
    problem.split_files(data_dir, "train")
  problem.split_files(data_dir, "test")
  problem.generate_data(data_dir, data_dir)
  assert len(problem.split_files(data_dir, "train")) == 10


@pytest.mark.parametrize(
  "change, words",
  [
    (lambda manifest: manifest.update(layout=1), "another version"),
    (lambda manifest: manifest.pop("data_version"), "another version"),
    (lambda manifest: manifest["splits"].pop("train"), "no complete"),
    (lambda manifest: manifest.pop("splits"), 'damaged .there is no "splits"'),
    (lambda manifest: manifest.update(splits=[]), "splits is .., not an obj"),
    (lambda manifest: manifest.update(details=None), "details is None"),
    (lambda manifest: manifest.update(problem=3), "problem is 3"),
  ],
)
def test_manifest_of_something_else_is_refused(
  problem, data_dir, change, words
):
  _change_manifest(data_dir, change)
  with pytest.raises(UserError, match=words):
    problem.split_files(data_dir, "train")
  problem.generate_data(data_dir, data_dir)
  assert len(problem.split_files(data_dir, "train")) == 10


def test_list_is_no_manifest(problem, data_dir):
  path = os.path.join(data_dir, "video_counting.manifest.json")
  with open(path, "w", encoding="utf-8") as manifest:
    manifest.write("[]")
  with pytest.raises(UserError, match=f"{path} is not a manifest"):
    problem.split_files(data_dir, "train")


def test_unknown_split_is_reported(problem, data_dir):
  with pytest.raises(UserError, match='unknown split "tset".*"test"'):
    problem.split_files(data_dir, "tset")


def _change_manifest(data_dir, change):
  path = os.path.join(data_dir, "video_counting.manifest.json")
  with open(path, encoding="utf-8") as stream:
    manifest = json.load(stream)
  change(manifest)
  with open(path, "w", encoding="utf-8") as stream:
    json.dump(manifest, stream)
  return path


@pytest.mark.parametrize("name", ["x" * 300, "\ud800"])
def test_name_that_no_file_can_have_is_told(problem, data_dir, name):
  path = os.path.join(data_dir, "video_counting.manifest.json")
  with open(path, encoding="utf-8") as stream:
    manifest = json.load(stream)
  manifest["splits"]["train"]["shards"][0]["file"] = name
  with open(path, "w", encoding="utf-8") as stream:
    json.dump(manifest, stream)
  with pytest.raises(UserError, match="found no file|half a letter"):
    problem.split_files(data_dir, "train")
