"""What the system and TensorFlow say of files becomes a line with a cure."""

import errno
import os
import sys

import pytest
import tensorflow.compat.v1 as tf

from t2t_af.bin import outcome
from t2t_af.bin import system_errors


def _sentence(action):
  with pytest.raises(Exception) as raised:
    action()
  return system_errors.sentence(raised.value)


def test_a_file_where_a_folder_should_be(tmp_path):
  (tmp_path / "run").write_text("", encoding="utf-8")
  inside = str(tmp_path / "run" / "results")
  told = _sentence(lambda: os.makedirs(inside))
  assert told.startswith(f"{inside}: not a directory.") and "folder" in told


def test_a_path_that_is_too_long(tmp_path):
  told = _sentence(lambda: os.makedirs(str(tmp_path / ("x" * 300))))
  assert "file name too long. Give a shorter path." in told


@pytest.mark.parametrize(
  "number, cure",
  [
    (errno.ENOSPC, "Free some space"),
    (errno.EACCES, "may write to"),
    (errno.EROFS, "can be written to"),
    (errno.EIO, "disk"),
  ],
)
def test_every_kind_has_its_cure(number, cure):
  error = OSError(number, os.strerror(number), "runs/a")
  told = system_errors.sentence(error)
  assert told.startswith(f"runs/a: {os.strerror(number).lower()}. ")
  assert cure in told


def test_tensorflows_errors_of_files(tmp_path):
  missing = str(tmp_path / "none" / "model.ckpt")
  told = _sentence(lambda: tf.gfile.Open(missing, "r").read())
  assert missing in told and "\n" not in told
  (tmp_path / "run").write_text("", encoding="utf-8")
  told = _sentence(lambda: tf.gfile.MakeDirs(str(tmp_path / "run" / "a")))
  assert told is not None and "\n" not in told


def test_a_full_disk_and_a_full_memory_are_told_apart():
  disk = tf.errors.ResourceExhaustedError(
    None, None, "runs/a/model.ckpt; No space left on device"
  )
  assert "Free some space" in system_errors.sentence(disk)
  memory = tf.errors.ResourceExhaustedError(
    None, None, "OOM when allocating tensor with shape[5,64]"
  )
  assert "Lower batch_size" in system_errors.sentence(memory)
  assert "Lower batch_size" in system_errors.sentence(MemoryError())


@pytest.mark.parametrize(
  "error",
  [
    ValueError("x"),
    KeyError("x"),
    OSError("no number"),
    tf.errors.InvalidArgumentError(None, None, "shapes /a differ"),
    tf.errors.NotFoundError(None, None, "no kernel registered for Op"),
  ],
)
def test_faults_of_ours_keep_their_traceback(error):
  assert system_errors.sentence(error) is None


def test_a_command_says_it_and_shows_the_traceback_on_request(
  tmp_path, capsys, monkeypatch
):
  (tmp_path / "run").write_text("", encoding="utf-8")

  def action():
    os.makedirs(str(tmp_path / "run" / "a"))

  assert outcome.exit_code_of(action) == outcome.EXIT_USER_ERROR
  assert capsys.readouterr().err.startswith("error: ")
  monkeypatch.setattr(sys, "argv", ["t2t-trainer", "--debug"])
  with pytest.raises(NotADirectoryError):
    outcome.exit_code_of(action)


def test_what_tensorflow_does_not_know_is_told_where_the_system_names_it():
  """It calls EIO so, and faults of programs too."""
  disk = tf.errors.UnknownError(None, None, "runs/a; Input/output error")
  assert "cannot be read or written" in system_errors.sentence(disk)
  large = tf.errors.OutOfRangeError(None, None, "runs/a; File too large")
  assert "ulimit" in system_errors.sentence(large)
  of_events = IndexError("runs/eval/events; File too large")
  assert "ulimit" in system_errors.sentence(of_events)
  for kind in (tf.errors.UnknownError, tf.errors.OutOfRangeError):
    assert system_errors.sentence(kind(None, None, "runs/a; a bug")) is None
