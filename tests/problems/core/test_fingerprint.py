"""The digest of what data is: the same wherever it lies, changed by content."""

import json
import os
import shutil

import pytest

from problems.core import shard_entry
from t2t_af.errors import UserError
from tests.fixtures import counting
from tests.fixtures import walks


@pytest.fixture(name="made", scope="module")
def _made(tmp_path_factory):
  """(problem, folder) of a small series."""
  folder = str(tmp_path_factory.mktemp("walks"))
  problem = walks.Walks()
  problem.generate_data(folder, folder)
  return problem, folder


def _change(folder, change):
  path = os.path.join(folder, "series_walks.manifest.json")
  with open(path, encoding="utf-8") as stream:
    manifest = json.load(stream)
  changed = change(manifest) or manifest
  with open(path, "w", encoding="utf-8") as stream:
    json.dump(changed, stream)


def _reversed(value):
  """With the keys of every object the other way round."""
  if isinstance(value, dict):
    return {k: _reversed(v) for k, v in reversed(value.items())}
  return list(map(_reversed, value)) if isinstance(value, list) else value


def test_fingerprint_is_of_the_content_alone(made, tmp_path):
  problem, folder = made
  before = problem.data_fingerprint(folder)
  assert len(before) == 64 and int(before, 16) >= 0
  walks.Walks().generate_data(str(tmp_path / "anew"), folder)
  assert problem.data_fingerprint(str(tmp_path / "anew")) == before
  shutil.copytree(folder, tmp_path / "copy")
  _change(tmp_path / "copy", _reversed)
  assert problem.data_fingerprint(str(tmp_path / "copy")) == before


@pytest.mark.parametrize(
  "change",
  [
    lambda m: m["splits"]["dev"]["shards"][0].update(sha256="0" * 64),
    lambda m: m["splits"]["test"]["shards"][0].update(bytes=10**6),
    lambda m: m.update(splits={**m["splits"], "test": m["splits"]["dev"]}),
    lambda m: m["details"]["statistics"]["std"].append(1.0),
    lambda m: m["details"].update(frame_rate=3),
    lambda m: m.update(problem="series_other"),
  ],
)
def test_fingerprint_changes_with_the_content(made, tmp_path, change):
  problem, folder = made
  shutil.copytree(folder, tmp_path / "copy")
  _change(tmp_path / "copy", change)
  assert problem.data_fingerprint(str(tmp_path / "copy")) != (
    problem.data_fingerprint(folder)
  )


def test_fingerprint_does_not_ask_where_the_data_is_from(made, tmp_path):
  problem, folder = made
  shutil.copytree(folder, tmp_path / "copy")
  source = {shard_entry.SOURCE_FILES: {"a.csv": "0" * 64}}
  _change(tmp_path / "copy", lambda m: m["details"].update(source))
  _change(tmp_path / "copy", lambda m: m["splits"]["dev"].update(source={}))
  assert problem.data_fingerprint(str(tmp_path / "copy")) == (
    problem.data_fingerprint(folder)
  )


def test_one_changed_value_of_one_sequence_changes_the_fingerprint(
  made, tmp_path
):
  problem, folder = made

  class Other(walks.Walks):
    def generate_sequences(self, data_dir, tmp_dir, split):
      for name, values in walks.sequences(split):
        values[3, 2] += 1e-9 * (name == "test/1")
        yield name, values

  Other().generate_data(str(tmp_path), folder)
  assert problem.data_fingerprint(str(tmp_path)) != (
    problem.data_fingerprint(folder)
  )


def test_no_data_has_no_fingerprint(tmp_path):
  with pytest.raises(UserError, match="no data of video_counting in .*datagen"):
    counting.Counting().data_fingerprint(str(tmp_path))
