"""Which files are meant, what they are called, and their columns."""

import os

import numpy as np
import pytest

import t2t_af
from t2t_af import errors
from t2t_af.experiments.asking import columns
from t2t_af.experiments.asking import long_work
from t2t_af.experiments.asking import own_files
from tests.fixtures import asked_runs


@pytest.fixture(name="run", scope="module")
def _run(series_run):
  with t2t_af.load(series_run.output_dir) as run:
    yield run.run


def _write(path):
  return asked_runs.write_csv(str(path), asked_runs.walk(20, 0))


def test_files_of_the_data_are_called_as_in_the_data(run, series_run, tmp_path):
  inside = os.path.join(series_run.source, "b.csv")
  link = tmp_path / "link"
  link.symlink_to(series_run.source)
  for path in (inside, str(link / "b.csv")):
    (file,) = own_files.find(run, [path])
    assert (file.name, file.path) == ("b.csv", path)


def test_a_folder_means_its_files_whatever_lies_deeper(run, tmp_path):
  _write(tmp_path / "mine" / "x.csv")
  _write(tmp_path / "mine" / "deep" / "y.csv")
  (tmp_path / "mine" / "notes.txt").write_text("no series")
  found = own_files.find(run, [str(tmp_path / "mine")])
  assert [file.name for file in found] == ["deep/y.csv", "x.csv"]


def test_files_of_one_name_are_told_apart(run, tmp_path):
  paths = [_write(tmp_path / folder / "x.csv") for folder in ("one", "two")]
  names = [file.name for file in own_files.find(run, paths)]
  assert names == ["one/x.csv", "two/x.csv"]


def test_files_of_the_data_keep_their_names(run, series_run, tmp_path):
  other = _write(tmp_path / "other" / "b.csv")
  paths = [other, os.path.join(series_run.source, "b.csv")]
  names = [file.name for file in own_files.find(run, paths)]
  assert names == ["other/b.csv", "b.csv"]


def test_a_folder_without_files_of_the_kind_is_told(run, tmp_path):
  (tmp_path / "clip.mp4").write_bytes(b"x")
  with pytest.raises(errors.UserError, match="no files"):
    own_files.find(run, [str(tmp_path)])


def test_columns_are_found_by_name_and_without_names_by_place():
  assert columns.places(["c", "a", "b"], ["a", "b"], "x") == [1, 2]
  assert columns.places(["0", "1"], ["a", "b"], "x") == [0, 1]
  with pytest.raises(errors.UserError, match="x: .* there is no a, b among"):
    columns.places(["0", "1", "2"], ["a", "b"], "x")
  # Columns that a person named are not taken for others.
  with pytest.raises(errors.UserError, match="there is no b among a, c"):
    columns.places(["a", "c"], ["a", "b"], "x")


def test_parts_of_long_videos_are_called_as_in_the_data(video_run, tmp_path):
  path = str(tmp_path / "v.npy")
  called = []
  with t2t_af.load(video_run.output_dir) as of_video:
    for count in (29, 319, 320):
      np.save(path, np.zeros([count, 16, 16, 1], np.uint8))
      (file,) = own_files.find(of_video.run, [path])
      (recording,) = own_files.read(of_video.run, file)
      assert recording.name == "v.npy"
      called.append(recording.sequence_id)
  assert called == ["v.npy/1-29", "v.npy/1-319", "v.npy/1-300"]


def test_of_an_array_of_videos_all_are_meant_or_the_one_that_is_named(
  video_run, tmp_path
):
  path = str(tmp_path / "takes.npy")
  takes = np.arange(2 * 9, dtype=np.uint8).reshape([2, 9, 1, 1, 1])
  np.save(path, np.broadcast_to(takes, [2, 9, 16, 16, 1]))
  with t2t_af.load(video_run.output_dir) as run:
    both = own_files.find(run.run, [path])
    assert [file.name for file in both] == ["takes.npy/0", "takes.npy/1"]
    (last,) = own_files.find(run.run, [path + "/1"])
    assert last == both[1]
    (recording,) = own_files.read(run.run, last)
    assert recording.values[0, 0, 0, 0] == 9
    with pytest.raises(errors.UserError, match="no such file"):
      own_files.find(run.run, [str(tmp_path / "none.npy" / "1")])


def test_what_became_of_frames_is_known(video_run, tmp_path):
  """The run's are 16x16 grey."""
  path = str(tmp_path / "v.npy")
  rng = np.random.RandomState(0)
  grey = rng.randint(0, 256, [9, 16, 16, 1], np.uint8)
  with t2t_af.load(video_run.output_dir) as run:
    for frames, made in (
      (grey, ""),
      (np.repeat(grey, 3, axis=-1), ""),
      (rng.randint(0, 256, [9, 16, 16, 3], np.uint8), "16x16 grey"),
      (np.repeat(grey, 2, axis=1), "16x16 grey"),
    ):
      np.save(path, frames)
      (file,) = own_files.find(run.run, [path])
      (recording,) = own_files.read(run.run, file)
      assert own_files.made_first(run.run, recording) == made


def test_what_is_no_array_is_told(video_run, tmp_path):
  path = tmp_path / "x.npy"
  path.write_bytes(b"no array")
  with t2t_af.load(video_run.output_dir) as run:
    (file,) = own_files.find(run.run, [str(path)])
    with pytest.raises(errors.UserError, match="x.npy"):
      own_files.read(run.run, file)
    np.save(path, np.array([{}], object), allow_pickle=True)
    with pytest.raises(errors.UserError, match="x.npy"):
      own_files.read(run.run, file)


def test_a_bar_is_drawn_of_long_work_alone(capsys):
  for count, shown in ((11, False), (10, True)):
    items = range(count)
    assert long_work.bar(items, shown, "waiting", "steps") is items
  assert list(long_work.bar(range(11), True, "waiting", "steps")) == [
    *range(11)
  ]
  assert "waiting" in capsys.readouterr().err
