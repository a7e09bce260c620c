"""What is asked of a data set is checked against the data, before any graph."""

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from problems.core import drawn_sequences
from problems.core import record_stream
from t2t_af import windows
from t2t_af.errors import UserError
from tests.contracts import generation_contract

MODES = tf.estimator.ModeKeys


def test_folder_of_the_data_must_be_said(problem):
  with pytest.raises(UserError, match="say where its data is with --data_dir"):
    problem.dataset(MODES.EVAL)


@pytest.mark.parametrize("num_inputs,num_targets", [(-1, 3), (3, 0), (2, -1)])
def test_window_without_steps_is_refused(
  problem, data_dir, num_inputs, num_targets
):
  hparams = generation_contract.make_hparams(data_dir, targets=num_targets)
  hparams.video_num_input_frames = num_inputs
  with pytest.raises(UserError, match="at least 0 and 1 are needed"):
    problem.dataset(MODES.EVAL, hparams=hparams)


def test_window_may_begin_with_a_target(problem, data_dir):
  hparams = generation_contract.make_hparams(data_dir, targets=2)
  hparams.video_num_input_frames = 0
  results = generation_contract.batches(problem, MODES.EVAL, hparams)
  assert results[0]["inputs"].shape == (2, 0, 4, 6, 1)
  assert results[0]["targets"][:, :, 0, 0, 0].tolist() == [[0, 1], [10, 11]]


def test_one_shard_alone_is_read(problem, data_dir):
  hparams = generation_contract.make_hparams(data_dir, 3, targets=3)
  results = generation_contract.batches(
    problem, MODES.EVAL, hparams, dataset_split="train", shard=3
  )
  # The first three shards have 3 + 2 + 2 sequences.
  first = np.concatenate([b["inputs"] for b in results])[:, 0, 0, 0, 0]
  assert first.tolist() == [70, 80, 90]


@pytest.mark.parametrize(
  "reading, is_whole",
  [({}, True), ({"max_records": 2}, False), ({"shard": 0}, False)],
)
def test_windows_say_whether_they_are_all_of_the_split(
  problem, data_dir, reading, is_whole
):
  hparams = generation_contract.make_hparams(data_dir, 3, targets=3)
  results = generation_contract.batches(
    problem, MODES.EVAL, hparams, dataset_split="eval", **reading
  )
  assert {bool(v) for b in results for v in b[windows.IS_WHOLE_SPLIT]} == {
    is_whole
  }
  assert {v for b in results for v in b[windows.SPLIT]} == {b"dev"}


def test_problem_brings_neither_metrics_nor_hooks(problem):
  """Else tensor2tensor would add the metrics of its own modalities."""
  assert problem.eval_metrics() == problem.decode_hooks == []


@pytest.mark.parametrize(
  "masks,max_records,partition,expected",
  [
    (None, -1, (0, 1), [0, 1, 2, 3, 4]),
    (None, 3, (0, 1), [0, 1, 2]),
    (None, -1, (1, 2), [1, 3]),
    ([[True, False], [True, True, False]], -1, (0, 1), [0, 2, 3]),
    ([[True, False], [True, True, False]], 2, (0, 1), [0, 2]),
    ([[True, False], [True, True, True]], 3, (1, 2), [2]),
  ],
)
def test_selection_is_masks_then_the_limit_then_the_workers_part(
  tmp_path, masks, max_records, partition, expected
):
  paths, number = [], 0
  for k, count in enumerate((2, 3)):
    paths.append(str(tmp_path / str(k)))
    with tf.python_io.TFRecordWriter(paths[-1]) as writer:
      for _ in range(count):
        writer.write(str(number).encode())
        number += 1
  masks = masks and [np.array(m) for m in masks]
  selection = record_stream.Selection(masks, max_records, *partition)
  with tf.Graph().as_default(), tf.Session() as session:
    dataset = record_stream.read(paths, selection).batch(5)
    records = session.run(tf.data.make_one_shot_iterator(dataset).get_next())
  assert [int(r) for r in records] == expected


def test_drawn_sequences_follow_split_and_number():
  """No two share a seed, and a drawing needs none of those before it."""

  class Drawn(drawn_sequences.DrawnSequences):
    sequences_per_split = {"train": 3, "eval": 2, "test": 2}

    def draw_sequence(self, split, index):
      seed = drawn_sequences.seed(split, index)
      return np.random.default_rng(seed).random(4)

  drawn = {}
  for split in Drawn.sequences_per_split:
    drawn.update(Drawn().generate_sequences(None, None, split))
  assert list(drawn)[:4] == ["train/0", "train/1", "train/2", "eval/0"]
  assert len({values.tobytes() for values in drawn.values()}) == 7
  alone = Drawn().draw_sequence("test", 1)
  np.testing.assert_array_equal(alone, drawn["test/1"])
