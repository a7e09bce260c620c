"""Of a real run whatever is damaged: told, and the one before is used."""

import os
import random
import shutil

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from t2t_af import errors
from t2t_af import locks
from t2t_af.experiments import best_checkpoint
from t2t_af.experiments import checkpoints
from t2t_af.experiments import recovery
from tests.experiments import real_run

FLIPS = 20  # of each kind of file
FIRST, LAST = real_run.SAVED_FIRST, real_run.STOPPED_IN


@pytest.fixture(name="whole", scope="module")
def _whole(tmp_path_factory):
  with tf.Graph().as_default():
    return real_run.trained(tmp_path_factory.mktemp("real"))


@pytest.fixture(name="folder")
def _folder(whole, tmp_path):
  """A copy of its checkpoints."""
  names = [n for n in os.listdir(whole) if n.startswith(("model", "checkp"))]
  for name in names:
    if not name.endswith(".meta"):
      shutil.copy(os.path.join(whole, name), tmp_path)
  return str(tmp_path)


def _newest(folder, kind):
  """The largest file of a kind of the newest checkpoint."""
  paths = [
    os.path.join(folder, name)
    for name in os.listdir(folder)
    if name.startswith(f"model.ckpt-{LAST}.{kind}")
  ]
  return max(paths, key=os.path.getsize)


def _tensors(folder, step):
  reader = tf.train.load_checkpoint(checkpoints.prefix(folder, step))
  names = reader.get_variable_to_shape_map()
  return {name: reader.get_tensor(name) for name in names}


def _check_recovered(folder, whole, told):
  """The one before is used and said, or the damage changes no number."""
  recovery.check_exists(folder)
  step = best_checkpoint.step_of(folder)
  err = told.readouterr().err
  assert step in (FIRST, LAST)
  assert ("Going on from" in err and f"ckpt-{FIRST}, " in err) == (
    step == FIRST
  )
  expected = _tensors(whole, step)
  found = _tensors(folder, step)
  assert found.keys() == expected.keys()
  for name, value in expected.items():
    np.testing.assert_array_equal(found[name], value)
  return step


def test_ctrl_c_saved_the_step_that_ran(whole):
  assert best_checkpoint.step_of(whole) == LAST
  assert f"step {LAST} is saved" in best_checkpoint.kept(whole)
  assert checkpoints.steps_in(whole) == [LAST, FIRST]


@pytest.mark.parametrize("kind", ["data", "index"])
def test_flipped_bits(folder, whole, capsys, kind):
  path, rng = _newest(folder, kind), random.Random(0)
  with open(path, "rb") as stream:
    content = stream.read()
  used = []
  for _ in range(FLIPS):
    at, bit = rng.randrange(len(content)), rng.randrange(8)
    with open(path, "wb") as stream:
      stream.write(
        content[:at] + bytes([content[at] ^ 1 << bit]) + content[at + 1 :]
      )
    used.append(_check_recovered(folder, whole, capsys))
    checkpoints.make_newest(folder, LAST)
  # Of an index a few bits mean nothing: padding, and where none is looked up.
  assert used.count(FIRST) >= (FLIPS if kind == "data" else FLIPS // 2)


@pytest.mark.parametrize("kind", ["data", "index"])
@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.99])
def test_cut_files(folder, whole, capsys, kind, share):
  path = _newest(folder, kind)
  os.truncate(path, int(share * os.path.getsize(path)))
  assert _check_recovered(folder, whole, capsys) == FIRST


@pytest.mark.parametrize("kind", ["data", "index"])
def test_a_file_that_is_gone(folder, whole, capsys, kind):
  os.remove(_newest(folder, kind))
  assert _check_recovered(folder, whole, capsys) == FIRST


@pytest.mark.parametrize(
  "content",
  [
    b"",
    b"model_checkpoint_path",
    b'model_checkpoint_path: "model.ck',
    b"\xff\x00" * 50,
    b"[1, 2]\n",
    b'model_checkpoint_path: "model.ckpt-77"\n',
    None,
  ],
)
def test_the_file_that_names_the_newest(folder, whole, capsys, content):
  """The newest is whole, and stays: nothing is lost."""
  state = os.path.join(folder, "checkpoint")
  os.remove(state)
  if content is not None:
    with open(state, "wb") as stream:
      stream.write(content)
  recovery.check_exists(folder)
  assert best_checkpoint.step_of(folder) == LAST
  assert f"ckpt-{LAST}, the newest" in capsys.readouterr().err
  recovery.check_exists(folder)
  assert capsys.readouterr().err == ""
  del whole


def _spoil_all(folder):
  for name in os.listdir(folder):
    if name.endswith(".index"):
      os.truncate(os.path.join(folder, name), 30)


def test_where_none_is_whole_nothing_begins_again_without_a_word(
  folder, capsys
):
  _spoil_all(folder)
  for begins in (recovery.check_goes_on, recovery.check_exists):
    with pytest.raises(errors.UserError, match="no other checkpoint in .* is"):
      begins(folder)
  with pytest.raises(errors.UserError, match="no other checkpoint there"):
    recovery.source(folder)
  assert capsys.readouterr().err == ""
  recovery.check_goes_on(folder, begins_again=True)  # A comparison's run.
  assert "training begins again at step 1" in capsys.readouterr().err
  assert checkpoints.newest(folder) is None


def test_all_files_gone_but_the_name_is_told(folder):
  for name in os.listdir(folder):
    if name.startswith("model"):
      os.remove(os.path.join(folder, name))
  with pytest.raises(errors.UserError, match="damaged: its .index is not"):
    recovery.check_goes_on(folder)


def test_a_folder_that_is_only_read_is_not_changed(folder, capsys):
  os.truncate(_newest(folder, "data"), 3)
  before = {n: os.stat(os.path.join(folder, n)) for n in os.listdir(folder)}
  assert recovery.source(folder) == checkpoints.prefix(folder, FIRST)
  assert "Taking" in capsys.readouterr().err
  after = {n: os.stat(os.path.join(folder, n)) for n in os.listdir(folder)}
  assert {n: s.st_mtime_ns for n, s in before.items()} == {
    n: s.st_mtime_ns for n, s in after.items()
  }


def test_a_folder_that_is_trained_in_is_left_to_that(folder, monkeypatch):
  os.truncate(_newest(folder, "data"), 3)

  def taken(*args, **kwargs):
    raise errors.UserError("is being written to by process 1")

  monkeypatch.setattr(locks, "take", taken)
  with pytest.raises(errors.UserError, match="process 1"):
    recovery.check_exists(folder)


def test_a_copied_folder_means_its_own_checkpoints(folder, tmp_path):
  checkpoints.make_newest(folder, LAST)
  shutil.copytree(folder, tmp_path / "copy")
  found = checkpoints.newest(str(tmp_path / "copy"))
  assert os.path.dirname(found) == str(tmp_path / "copy")
