"""Shards on disk: all or nothing; and the parts of reading that vary."""

import json
import os

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from problems import png
from problems import video_base
from problems import video_reading
from t2t_af.errors import UserError
from tests.contracts import problem_contract

COUNTS = {"train": 23, "eval": 3, "test": 2}


class Counting(video_base.VideoSequenceProblem):
  """Sequence k of 6..8 frames; each pixel of frame t is 10 k + t."""
  name = "video_counting"
  frame_height = 4
  frame_width = 6
  num_channels = 1
  frames_per_sequence = 6

  # Called with (split, k) before a sequence is made.
  def on_sequence(self, split, k):
    pass

  def num_sequences(self, split):
    return COUNTS[split]

  def generate_sequences(self, data_dir, tmp_dir, split):
    for k in range(COUNTS[split]):
      self.on_sequence(split, k)
      frames = 10 * k + np.arange(6 + k % 3, dtype=np.uint8)
      yield f"{split}/{k}", np.broadcast_to(
          frames[:, None, None, None], [len(frames), 4, 6, 1])


@pytest.fixture(name="problem")
def _problem():
  return Counting()


@pytest.fixture(name="data_dir")
def _data_dir(problem, tmp_path):
  problem.generate_data(str(tmp_path), str(tmp_path))
  return str(tmp_path)


def _first_pixels(found):
  """[examples, time] of batches."""
  return problem_contract.windows(found)[:, :, 0, 0, 0]


def test_sequences_are_spread_evenly_and_neighbours_stay_together(
    problem, data_dir):
  files = problem.split_files(data_dir, "train")
  assert [f.num_sequences for f in files] == [3, 2, 2, 3, 2, 2, 3, 2, 2, 2]
  _, ids = problem.read_sequences(data_dir, "train", 6)
  assert ids == [f"train/{k}" for k in range(23)]


def test_no_more_files_than_sequences(problem, data_dir):
  assert len(problem.split_files(data_dir, "train")) == 10
  assert len(problem.split_files(data_dir, "eval")) == 1


def test_unknown_number_of_sequences_is_dealt_out_in_turn(
    problem, tmp_path, monkeypatch):
  monkeypatch.setattr(Counting, "num_sequences", lambda self, split: None)
  problem.generate_data(str(tmp_path), str(tmp_path))
  files = problem.split_files(str(tmp_path), "train")
  assert [f.num_sequences for f in files] == [3] * 3 + [2] * 7


def test_killed_generation_leaves_no_file_and_the_next_one_is_clean(
    problem, tmp_path):
  """Killed as by SIGKILL: no handler of ours runs."""
  folder = str(tmp_path)
  child = os.fork()
  if not child:
    # pylint: disable=protected-access
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
  assert len(problem.read_sequences(folder, "eval", 6)[1]) == COUNTS["eval"]


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
  assert len(made) == sum(COUNTS.values())


def test_data_of_another_version_is_refused_then_replaced(problem, data_dir):
  problem.data_version = 2
  with pytest.raises(UserError, match="another version"):
    problem.split_files(data_dir, "train")
  problem.generate_data(data_dir, data_dir)
  assert all(problem.split_files(data_dir, s) for s in COUNTS)


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
  with open(os.path.join(data_dir, "video_counting.manifest.json"),
            encoding="utf-8") as manifest:
    splits = json.load(manifest)["splits"]
  found = {split: entry["sequences"] for split, entry in splits.items()}
  assert found == {"train": 23, "dev": 3, "test": 2}


def test_folder_that_cannot_be_written_is_an_error(problem, tmp_path):
  (tmp_path / "file").write_text("")
  with pytest.raises(UserError, match="cannot write to"):
    problem.generate_data(str(tmp_path / "file" / "data"), str(tmp_path))


@pytest.mark.parametrize("frames,words", [
    (np.zeros([6, 4, 5, 1], np.uint8), r"\[6, 4, 5, 1\]"),
    (np.zeros([6, 4, 6, 1], np.float32), "float32"),
    (np.zeros([5, 4, 6, 1], np.uint8), "has 5 frames; 6 are needed"),
])
def test_wrong_sequence_is_named(problem, frames, words):
  with pytest.raises(UserError, match=f"sequence train/0 .*{words}"):
    problem.to_record("train/0", frames)


def test_longer_sequences_are_used_to_their_own_end(problem, data_dir):
  """Frames 6 and 7 exist in some sequences only: a window of 6 reaches 7."""
  hparams = problem_contract.make_hparams(data_dir, 23, targets=3)
  found = _first_pixels(problem_contract.batches(
      problem, tf.estimator.ModeKeys.TRAIN, hparams, 20, seed=5))
  starts = {k: set() for k in range(23)}
  for window in found.astype(int):
    k, start = (window[0] // 10) % 26, window[0] % 10
    assert list(window % 10) == list(range(start, start + 6))
    starts[k].add(start)
  assert all(starts[k] == set(range(1 + k % 3)) for k in starts)


def test_workers_read_disjoint_parts(problem, data_dir):
  hparams = problem_contract.make_hparams(data_dir, 1, targets=3)
  parts = []
  for worker in range(2):

    class Context:  # of tf.distribute
      num_input_pipelines = 2
      input_pipeline_id = worker

    with tf.Graph().as_default(), tf.Session() as session:
      tf.set_random_seed(1)
      input_fn = problem.make_estimator_input_fn("train", hparams,
                                                 prevent_repeat=True)
      iterator = tf.data.make_initializable_iterator(
          input_fn(None, None, input_context=Context))
      session.run(iterator.initializer)
      following = iterator.get_next()[0]["inputs"][0, 0, 0, 0, 0] // 10
      parts.append([session.run(following) for _ in range(11)])
  assert not set(parts[0]) & set(parts[1])
  assert len(set(parts[0] + parts[1])) == 22


def test_resumed_training_goes_on_with_other_data(tmp_path):
  """Another seed after 100 steps; the same one in a run that repeats it."""
  seeds = []
  for step in (None, 100, 100):
    folder = tmp_path / str(len(seeds))
    folder.mkdir()
    if step:
      (folder / "checkpoint").write_text(
          f'model_checkpoint_path: "model.ckpt-{step}"\n')
      (folder / f"model.ckpt-{step}.index").write_text("")
    with tf.Graph().as_default():
      tf.set_random_seed(1)
      seeds.append(video_reading.op_seed(str(folder)))
  assert seeds[0] != seeds[1] == seeds[2]
  with tf.Graph().as_default():
    assert video_reading.op_seed(None) is None


def test_operations_before_the_input_do_not_change_the_order(
    problem, data_dir):
  orders = []
  for operations in (0, 5):
    with tf.Graph().as_default(), tf.Session() as session:
      tf.set_random_seed(1)
      for _ in range(operations):
        tf.constant(0)
      hparams = problem_contract.make_hparams(data_dir, 20, targets=3)
      iterator = tf.data.make_initializable_iterator(
          problem.input_fn("train", hparams))
      session.run(iterator.initializer)
      orders.append(session.run(iterator.get_next())[0]["inputs"])
  np.testing.assert_array_equal(*orders)


@pytest.mark.parametrize("kwargs,count", [
    (dict(dataset_split="eval"), 3),  # a single file
    (dict(shuffle_buffer_size=1), 23),  # files alone can change places
    (dict(max_records=4), 4),  # the first four, as nobody else is read
])
def test_both_files_and_their_sequences_are_shuffled(
    problem, data_dir, kwargs, count):
  hparams = problem_contract.make_hparams(data_dir, 1, targets=3)
  found = _first_pixels(problem_contract.batches(
      problem, "train", hparams, 8 * count, seed=6, **kwargs))
  epochs = (found[:, 0] // 10).reshape(8, count)
  assert {tuple(sorted(epoch)) for epoch in epochs} == {tuple(range(count))}
  assert len({tuple(epoch) for epoch in epochs}) > 1


def test_windows_follow_both_seeds():

  def _numbers(graph_seed, op_seed):
    with tf.Graph().as_default(), tf.Session() as session:
      tf.set_random_seed(graph_seed)
      dataset = video_reading.with_random_numbers(
          tf.data.Dataset.from_tensors("record").repeat(5), op_seed)
      number = tf.data.make_one_shot_iterator(dataset).get_next()[1]
      return [session.run(number) for _ in range(5)]

  numbers = _numbers(1, 17)
  assert len(set(numbers)) == 5
  assert numbers == _numbers(1, 17)
  assert numbers != _numbers(2, 17)
  assert numbers != _numbers(1, 20)


def test_read_sequences_limits_and_refuses(problem, data_dir):
  frames, ids = problem.read_sequences(data_dir, "train", 6, max_sequences=4)
  assert frames.shape == (4, 6, 4, 6, 1) and len(ids) == 4
  with pytest.raises(UserError, match="7 frames asked for, but .*train/0"):
    problem.read_sequences(data_dir, "train", 7)


def test_map_in_order_keeps_order_and_looks_only_a_little_ahead():
  taken = []

  def _items():
    for i in range(100):
      taken.append(i)
      yield i

  results = png.map_in_order(lambda i: i * i, _items(), workers=2)
  assert [next(results) for _ in range(3)] == [0, 1, 4]
  assert len(taken) < 12
  assert list(results) == [i * i for i in range(3, 100)]


def test_map_in_order_passes_errors_on():
  with pytest.raises(ZeroDivisionError):
    list(png.map_in_order(lambda i: 1 // i, [1, 0, 1], workers=2))


@pytest.mark.parametrize("channels", [1, 3])
def test_png_keeps_every_pixel(channels):
  frames = np.random.default_rng(0).integers(
      0, 256, [3, 5, 7, channels], dtype=np.uint8)
  np.testing.assert_array_equal(png.decode(png.encode(frames), channels),
                                frames)
