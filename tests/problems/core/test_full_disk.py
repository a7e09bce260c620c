"""What cannot be written, and what only looks like it."""

import errno
import os

import pytest
import tensorflow.compat.v1 as tf

from t2t_af.errors import UserError
from tests.contracts import generation_contract
from tests.fixtures import full_disk


def _left(folder):
  return sorted(os.listdir(folder))


def test_full_disk_is_reported_and_leaves_nothing(problem, tmp_path):
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
  assert generation_contract.contents(folder) == (
    generation_contract.contents(data_dir)
  )


def test_full_disk_keeps_the_data_that_was_there(problem, data_dir):
  before = generation_contract.contents(data_dir)
  with full_disk.after(100):
    with pytest.raises(UserError, match="cannot write to"):
      problem.generate_data(data_dir, data_dir, force=True)
  assert generation_contract.contents(data_dir) == before


@pytest.mark.parametrize("method", ["__init__", "write", "close"])
def test_writer_that_fails_is_reported(problem, tmp_path, monkeypatch, method):

  def _fail(*unused):
    raise OSError(errno.ENOSPC, "No space left on device")

  monkeypatch.setattr(tf.python_io.TFRecordWriter, method, _fail)
  with pytest.raises(UserError, match="cannot write to .*No space left"):
    problem.generate_data(str(tmp_path), str(tmp_path))
  monkeypatch.undo()
  assert not _left(tmp_path)


@pytest.mark.skipif(os.getuid() == 0, reason="root may write anywhere")
def test_read_only_folder_is_reported(problem, tmp_path):
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


def test_manifest_that_cannot_be_read_for_a_while_is_not_replaced(
  problem, tmp_path, monkeypatch
):
  """Its splits would be lost, of which the last one alone is written now."""
  folder, plain = str(tmp_path), tf.gfile.GFile.read

  def failing(stream, *args):
    if "manifest" in stream.name and split_of["now"] == "test":
      raise tf.errors.UnknownError(None, None, "Input/output error")
    return plain(stream, *args)

  split_of = {"now": ""}
  problem.on_sequence = lambda split, k: split_of.update(now=split)
  monkeypatch.setattr(tf.gfile.GFile, "read", failing)
  with pytest.raises(UserError, match="manifest.json cannot be read .*Input"):
    problem.generate_data(folder, folder)
  monkeypatch.undo()
  assert len(problem.read_sequences(folder, "train", 6)[1]) == 23
  assert problem.read_sequences(folder, "eval", 6)
