"""Records are read where they lie, by their number."""

import collections

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from problems.core import record_places
from problems.core import record_stream
from problems.core import shards
from problems.core import training_order
from t2t_af.errors import UserError

COUNTS = (3, 0, 4)
_ORDER = training_order.Order((1, 2))


@pytest.fixture(name="files")
def _files(tmp_path):
  """Files of records "0", "11", "222", ... one after the other."""
  files, number = [], 0
  for k, count in enumerate(COUNTS):
    path = tmp_path / str(k)
    with tf.python_io.TFRecordWriter(str(path)) as writer:
      for _ in range(count):
        writer.write(str(number).encode() * (1 + number))
        number += 1
    files.append(shards.Shard(str(path), count, path.stat().st_size, {}))
  return files


def _read(files, selection, order=_ORDER):
  with tf.Graph().as_default(), tf.Session() as session:
    dataset = record_places.read(files, selection, order).batch(99)
    iterator = tf.data.make_initializable_iterator(dataset)
    session.run(iterator.initializer)
    return [r.decode() for r in session.run(iterator.get_next())[0]]


def _records(numbers):
  return [str(n) * (1 + n) for n in numbers]


def test_each_record_comes_whole_in_the_order_that_is_asked_for(files):
  every = record_stream.Selection()
  assert sorted(_read(files, every)) == _records(range(7))
  stored = _ORDER._replace(shuffled=False)
  assert _read(files, every, stored) == _records(range(7))
  assert _read(files, every, stored._replace(first=5)) == _records([5, 6])


@pytest.mark.parametrize(
  "selection, expected",
  [
    (dict(max_records=4), [0, 1, 2, 3]),
    (dict(partition_id=1, num_partitions=3), [1, 4]),
    (
      dict(
        masks=[np.array([0, 1, 1], bool), np.zeros(0, bool), np.ones(4, bool)],
        max_records=3,
      ),
      [1, 2, 3],
    ),
  ],
)
def test_selection_is_that_of_the_stream(files, selection, expected):
  selection = record_stream.Selection(**selection)
  assert sorted(_read(files, selection)) == _records(expected)
  assert selection.indices(7).tolist() == expected


def test_graph_does_not_grow_with_the_records(files):
  sizes = collections.Counter()
  for count in (3, 7):
    with tf.Graph().as_default() as graph:
      selection = record_stream.Selection(max_records=count)
      record_places.read(files, selection, _ORDER)
      sizes[len(graph.as_graph_def().SerializeToString()) // 100] += 1
  assert len(sizes) == 1


def test_damaged_header_is_named_with_its_byte(files, tmp_path):
  content = bytearray((tmp_path / "2").read_bytes())
  content[14] ^= 1  # In the first record's data: found when it is read.
  (tmp_path / "2").write_bytes(content)
  with pytest.raises(tf.errors.DataLossError):
    _read(files, record_stream.Selection())
  content[8] ^= 1
  (tmp_path / "2").write_bytes(content)
  record_places._spans.cache_clear()
  with pytest.raises(UserError, match="/2: no TFRecord header at byte 0"):
    record_places.find(files, record_stream.Selection())
