"""Generation: all of a split or nothing, counted, and never half there."""

import os

import numpy as np
import pytest

from t2t_af.errors import UserError
from tests.fixtures import counting


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
