"""Writing shards: spread, counted; a folder that is gone whatever happens."""

import hashlib
import os

import pytest
import tensorflow.compat.v1 as tf

from problems.core import shard_writer
from problems.files import tfrecord
from t2t_af.errors import UserError


def _records(lengths):
  return (
    shard_writer.Record(f"{i}".encode(), n) for i, n in enumerate(lengths)
  )


def _written(path):
  return [int(record) for record in tf.python_io.tf_record_iterator(path)]


@pytest.fixture(name="paths")
def _paths(tmp_path):
  return [str(tmp_path / f"shard{k}") for k in range(3)]


@pytest.mark.parametrize(
  "num_records,expected",
  [
    (7, [[0, 1, 2], [3, 4], [5, 6]]),  # known: neighbours stay together
    (None, [[0, 3, 6], [1, 4], [2, 5]]),  # unknown: dealt out in turn
    (6, [[0, 1], [2, 3], [4, 5, 6]]),  # one more than announced
  ],
)
def test_records_are_spread_evenly(paths, num_records, expected):
  files = shard_writer.write(_records([9] * 7), paths, num_records)
  assert [_written(path) for path in paths] == expected
  assert [file.lengths for file in files] == [{9: len(p)} for p in expected]


def test_lengths_are_counted_in_each_file(paths):
  files = shard_writer.write(_records([5, 5, 8, 6, 8, 8]), paths, 6)
  assert [file.lengths for file in files] == [{5: 2}, {8: 1, 6: 1}, {8: 2}]


def test_digest_and_last_record_are_those_of_the_file(paths):
  for path, file in zip(paths, shard_writer.write(_records([5] * 5), paths, 5)):
    with open(path, "rb") as stream:
      assert file.sha256 == hashlib.sha256(stream.read()).hexdigest()
      assert file.last_record == list(tfrecord.read(stream, path))[-1].offset


def test_no_record_gives_empty_files(paths):
  files = shard_writer.write(iter(()), paths, None)
  assert [(file.lengths, file.last_record) for file in files] == [
    ({}, None)
  ] * 3
  assert [_written(path) for path in paths] == [[], [], []]


def test_temporary_folder_is_empty_and_gone_afterwards(tmp_path):
  folder = tmp_path / ".half"
  folder.mkdir()
  (folder / "left").write_text("by a killed generation")
  with shard_writer.temporary_folder(str(folder)):
    assert not os.listdir(folder)
    (folder / "new").write_text("")
  assert not folder.exists()
  with pytest.raises(KeyboardInterrupt):
    with shard_writer.temporary_folder(str(folder)):
      raise KeyboardInterrupt
  assert not folder.exists()


@pytest.mark.parametrize(
  "error",
  [OSError(28, "No space left"), tf.errors.OpError(None, None, "No s", 8)],
)
def test_errors_of_the_file_system_name_the_folder(error):
  with pytest.raises(UserError, match="cannot write to data: .*No s.*full"):
    with shard_writer.errors_of_writing("data"):
      raise error
  with pytest.raises(ZeroDivisionError):  # and no other error
    with shard_writer.errors_of_writing("data"):
      raise ZeroDivisionError
