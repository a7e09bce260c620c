"""Generation: all of a split or nothing, counted, and never half there."""

import errno
import json
import os
import pathlib
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from t2t_af.errors import UserError
from tests.contracts import problem_contract
from tests.fixtures import counting
from tests.fixtures import full_disk


@pytest.fixture(name="problem")
def _problem():
  return counting.Counting()


@pytest.fixture(name="data_dir")
def _data_dir(problem, tmp_path):
  problem.generate_data(str(tmp_path), str(tmp_path))
  return str(tmp_path)


def test_sequences_are_spread_evenly_and_neighbours_stay_together(
  problem, data_dir
):
  files = problem.split_files(data_dir, "train")
  assert [f.num_sequences for f in files] == [3, 2, 2, 3, 2, 2, 3, 2, 2, 2]
  _, ids = problem.read_sequences(data_dir, "train", 6)
  assert ids == [f"train/{k}" for k in range(23)]


def test_no_more_files_than_sequences(problem, data_dir):
  assert len(problem.split_files(data_dir, "train")) == 10
  assert len(problem.split_files(data_dir, "eval")) == 1


def test_unknown_number_of_sequences_is_dealt_out_in_turn(
  problem, tmp_path, monkeypatch
):
  monkeypatch.setattr(
    counting.Counting, "num_sequences", lambda self, split: None
  )
  problem.generate_data(str(tmp_path), str(tmp_path))
  files = problem.split_files(str(tmp_path), "train")
  assert [f.num_sequences for f in files] == [3] * 3 + [2] * 7


def test_killed_generation_leaves_no_file_and_the_next_one_is_clean(
  problem, tmp_path
):
  """Killed as by SIGKILL: no handler of ours runs."""
  folder = str(tmp_path)
  child = os.fork()
  if not child:
    problem.on_sequence = lambda *at: at == ("eval", 1) and os._exit(9)
    problem.generate_data(folder, folder)
    os._exit(0)
  _, status = os.waitpid(child, 0)
  assert os.WEXITSTATUS(status) == 9
  left = [name for name in os.listdir(folder) if "-dev" in name]
  assert left == [".video_counting-dev.incomplete"]
  with pytest.raises(UserError, match='no complete "dev" data'):
    problem.split_files(folder, "eval")

  made = []
  problem.on_sequence = lambda split, k: made.append(split)
  problem.generate_data(folder, folder)
  assert set(made) == {"eval", "test"}  # "train" was complete already
  assert not [name for name in os.listdir(folder) if "incomplete" in name]
  _, ids = problem.read_sequences(folder, "eval", 6)
  assert len(ids) == counting.COUNTS["eval"]


def test_interrupted_generation_cleans_up_at_once(problem, tmp_path):

  def _interrupt(split, k):
    if (split, k) == ("train", 12):
      raise KeyboardInterrupt

  problem.on_sequence = _interrupt
  with pytest.raises(KeyboardInterrupt):
    problem.generate_data(str(tmp_path), str(tmp_path))
  assert not os.listdir(tmp_path)


def test_force_makes_everything_anew(problem, data_dir):
  made = []
  problem.on_sequence = lambda split, k: made.append(split)
  problem.generate_data(data_dir, data_dir)
  assert not made
  problem.generate_data(data_dir, data_dir, force=True)
  assert len(made) == sum(counting.COUNTS.values())


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


def test_folder_that_cannot_be_written_is_an_error(problem, tmp_path):
  (tmp_path / "file").write_text("")
  with pytest.raises(UserError, match="cannot write to"):
    problem.generate_data(str(tmp_path / "file" / "data"), str(tmp_path))


@pytest.mark.parametrize(
  "frames,words",
  [
    (np.zeros([6, 4, 5, 1], np.uint8), r"\[6, 4, 5, 1\]"),
    (np.zeros([6, 4, 6, 1], np.float32), "float32"),
    (np.zeros([5, 4, 6, 1], np.uint8), "has 5 frames; 6 are needed"),
  ],
)
def test_wrong_sequence_is_named(problem, frames, words):
  with pytest.raises(UserError, match=f"sequence train/0 .*{words}"):
    problem.to_record("train/0", frames)


# --- What cannot be written, and what only looks like it.


def _left(folder):
  return sorted(os.listdir(folder))


def test_full_disk_is_told_and_leaves_nothing(problem, tmp_path):
  with full_disk.after(100):
    with pytest.raises(UserError, match=f"cannot write to {tmp_path}.*full"):
      problem.generate_data(str(tmp_path), str(tmp_path))
  assert not _left(tmp_path)


def test_disk_that_is_full_for_the_manifest_leaves_no_whole_split(
  problem, data_dir, tmp_path_factory
):
  """The shards fit, and the manifest until the last split is entered."""
  size = os.path.getsize(os.path.join(data_dir, "video_counting.manifest.json"))
  folder = str(tmp_path_factory.mktemp("other"))
  with full_disk.after(size - 1):
    with pytest.raises(UserError, match="cannot write to"):
      problem.generate_data(folder, folder)
  with pytest.raises(UserError, match="no complete"):
    problem.split_files(folder, "test")
  assert len(problem.read_sequences(folder, "train", 6)[1]) == 23
  problem.generate_data(folder, folder)
  assert problem_contract.contents(folder) == (
    problem_contract.contents(data_dir)
  )


def test_full_disk_keeps_the_data_that_was_there(problem, data_dir):
  before = problem_contract.contents(data_dir)
  with full_disk.after(100):
    with pytest.raises(UserError, match="cannot write to"):
      problem.generate_data(data_dir, data_dir, force=True)
  assert problem_contract.contents(data_dir) == before


@pytest.mark.parametrize("method", ["__init__", "write", "close"])
def test_writer_that_fails_is_told(problem, tmp_path, monkeypatch, method):

  def _fail(*unused):
    raise OSError(errno.ENOSPC, "No space left on device")

  monkeypatch.setattr(tf.python_io.TFRecordWriter, method, _fail)
  with pytest.raises(UserError, match="cannot write to .*No space left"):
    problem.generate_data(str(tmp_path), str(tmp_path))
  monkeypatch.undo()
  assert not _left(tmp_path)


@pytest.mark.skipif(os.getuid() == 0, reason="root may write anywhere")
def test_read_only_folder_is_told(problem, tmp_path):
  tmp_path.chmod(0o500)
  with pytest.raises(UserError, match="cannot write to .*read-only"):
    problem.generate_data(str(tmp_path), str(tmp_path))


@pytest.mark.parametrize(
  "error",
  [
    PermissionError(errno.EACCES, "not yours", "source.zip"),
    tf.errors.NotFoundError(None, None, "source.zip"),
  ],
)
def test_error_of_the_source_is_not_called_one_of_writing(
  problem, tmp_path, error
):

  def _fail(*at):
    if at == ("train", 3):
      raise error

  problem.on_sequence = _fail
  with pytest.raises(type(error)) as caught:
    problem.generate_data(str(tmp_path), str(tmp_path))
  assert caught.value is error
  assert not _left(tmp_path)


# --- What the manifest must say.


@pytest.mark.parametrize(
  "change",
  [
    lambda entry: entry.update(sequences=24),
    lambda entry: entry["shards"].pop(),
    lambda entry: entry["shards"][0].update(sequences=4),
    lambda entry: entry["shards"][0]["lengths"].update({"6": 9}),
    lambda entry: entry["shards"][0].pop("lengths"),
    lambda entry: entry.update(shards=7),
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
    (lambda manifest: manifest.pop("splits"), "no complete"),
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


def test_unknown_split_is_told(problem, data_dir):
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


# --- The command itself, killed.

_USR_DIR = """
import os
import pathlib
import time
from tensor2tensor.utils import registry
from tests.fixtures import counting

@registry.register_problem("video_counting")
class VideoCounting(counting.Counting):

  def on_sequence(self, split, k):
    while (split, k) == ("eval", 1) and os.environ.get("WAIT"):
      time.sleep(0.01)
"""


@pytest.mark.slow
def test_killed_command_leaves_nothing_whole_and_can_be_run_again(
  problem, tmp_path
):
  usr_dir, data = tmp_path / "usr", tmp_path / "data"
  usr_dir.mkdir()
  (usr_dir / "__init__.py").write_text(_USR_DIR)
  command = [
    sys.executable,
    "-m",
    "t2t_af.bin.t2t_datagen",
    f"--t2t_usr_dir={usr_dir}",
    "--problem=video_counting",
    f"--data_dir={data}",
    f"--tmp_dir={tmp_path}",
  ]
  root = str(pathlib.Path(__file__).parents[3])
  env = dict(os.environ, PYTHONPATH=root)
  with subprocess.Popen(
    command, env=dict(env, WAIT="1"), cwd=tmp_path, stderr=subprocess.DEVNULL
  ) as process:
    half = data / ".video_counting-dev.incomplete"
    end = time.monotonic() + 120
    while not half.exists() and time.monotonic() < end:
      assert process.poll() is None
      time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
  assert half.exists() and process.returncode == -signal.SIGKILL
  for split in ("eval", "test"):
    with pytest.raises(UserError, match="no complete"):
      problem.dataset(split, hparams=problem_contract.make_hparams(str(data)))

  subprocess.run(
    command, env=env, cwd=tmp_path, check=True, capture_output=True
  )
  problem.generate_data(str(tmp_path / "undisturbed"), str(tmp_path))
  assert problem_contract.contents(str(data)) == problem_contract.contents(
    str(tmp_path / "undisturbed")
  )
