"""One writer of a folder: the second is told who, and a killed one is gone."""

import os
import signal
import subprocess
import sys

import pytest

from t2t_af import errors
from t2t_af import locks

_HOLDER = """
import sys
from t2t_af import locks
sys.argv = ["t2t-trainer", "--output_dir=a b"]
locks.take(sys.stdin.readline().strip())
print("held", flush=True)
sys.stdin.readline()
"""


@pytest.fixture(name="holder")
def _holder(tmp_path):
  """Another process, which holds the lock of tmp_path."""
  with subprocess.Popen(
    [sys.executable, "-c", _HOLDER],
    stdin=subprocess.PIPE,
    stdout=subprocess.PIPE,
    text=True,
  ) as process:
    process.stdin.write(f"{tmp_path}\n")
    process.stdin.flush()
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()


def test_the_second_is_told_who_writes_and_what_to_do(holder, tmp_path):
  told = f"process {holder.pid} on .* since .*: t2t-trainer '--output_dir=a b'"
  with pytest.raises(errors.UserError, match=f"{told}.* --force"):
    locks.take(str(tmp_path))


def test_it_ends_with_its_process_however_that_ends(holder, tmp_path):
  holder.send_signal(signal.SIGKILL)
  holder.wait()
  assert locks.OF_A_RUN in os.listdir(tmp_path)
  with locks.held(str(tmp_path)):
    pass
  assert os.listdir(tmp_path) == []


def test_force_goes_on_and_says_so(holder, tmp_path, capsys):
  with locks.held(str(tmp_path), force=True):
    assert "Going on: --force" in capsys.readouterr().err
  with pytest.raises(errors.UserError, match=f"process {holder.pid}"):
    locks.take(str(tmp_path))  # It is still the other's.


def test_other_names_in_the_folder_are_other_locks(holder, tmp_path):
  del holder
  with locks.held(str(tmp_path), ".series.lock"):
    assert ".series.lock" in os.listdir(tmp_path)


def test_a_process_that_has_the_lock_may_take_it_again(tmp_path):
  with locks.held(str(tmp_path)):
    with locks.held(str(tmp_path)):
      pass
    assert os.listdir(tmp_path) == [locks.OF_A_RUN]  # Still held.
  assert os.listdir(tmp_path) == []


def test_a_folder_that_cannot_be_written_to_is_named(tmp_path):
  (tmp_path / "file").touch()
  with pytest.raises(errors.UserError, match="cannot write to .*file"):
    locks.take(str(tmp_path / "file"))


def test_where_there_are_no_locks_a_line_says_so(tmp_path, monkeypatch, capsys):
  def flock(*args):
    raise OSError(locks.errno.ENOLCK, "No locks available")

  monkeypatch.setattr(locks.fcntl, "flock", flock)
  with locks.held(str(tmp_path)):
    pass
  assert "cannot be locked" in capsys.readouterr().err


def test_a_folder_made_for_the_lock_alone_is_removed(tmp_path):
  with locks.held(str(tmp_path / "a" / "b")):
    assert (tmp_path / "a" / "b" / locks.OF_A_RUN).exists()
  assert not (tmp_path / "a").exists()


def test_a_folder_that_was_there_or_was_written_to_stays(tmp_path):
  (tmp_path / "empty").mkdir()
  with locks.held(str(tmp_path / "empty")):
    pass
  with locks.held(str(tmp_path / "a" / "b")):
    (tmp_path / "a" / "b" / "data").write_text("x", encoding="utf-8")
  assert (tmp_path / "empty").is_dir()
  assert [p.name for p in (tmp_path / "a" / "b").iterdir()] == ["data"]


def test_a_place_where_no_folder_can_be_made_is_told(tmp_path, monkeypatch):
  """As in /proc, which says that it is not there whatever is made."""

  def none(*args, **kwargs):
    raise FileNotFoundError

  monkeypatch.setattr(locks.os, "makedirs", none)
  with pytest.raises(errors.UserError, match="no folder can be made there"):
    locks.take(str(tmp_path / "run"))
