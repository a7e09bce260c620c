"""Progress bars, on a terminal and in a log."""

import io
import os

import pytest

from t2t_af import progress


def test_bar_writes_whole_lines_where_stderr_is_a_file(capsys):
  with progress.bar(total=4, initial=1, label="training", unit="step") as bar:
    bar.update(3)
  lines = capsys.readouterr().err.splitlines()
  assert len(lines) == 2 and lines[-1].startswith("training: 100% 4/4 step")
  assert not any("\r" in line for line in lines)


def test_bar_counts_an_iterable(capsys):
  assert list(progress.bar([1, 2, 3], label="x")) == [1, 2, 3]
  assert "3/3" in capsys.readouterr().err


def test_a_log_has_no_bar_that_moves(capsys):
  with progress.bar(total=2, label="reading", unit="file") as bar:
    bar.update(2)
  assert "|" not in capsys.readouterr().err


def test_bytes_are_shown_in_their_units(capsys):
  with progress.bar(total=3_000_000, label="x", unit="B") as bar:
    bar.update(3_000_000)
  assert "3.00M/3.00M B" in capsys.readouterr().err


def test_an_unknown_total_is_counted_all_the_same(capsys):
  generator = (i for i in range(3))
  assert list(progress.bar(generator, label="x", unit="file")) == [0, 1, 2]
  line = capsys.readouterr().err.splitlines()[-1]
  assert line.startswith("x: 3file [") and "left" not in line


def test_a_bar_within_another_one_is_lines_of_a_log_too(capsys):
  for _ in progress.bar([1, 2], label="files"):
    list(progress.bar([1], label="frames"))
  written = capsys.readouterr().err
  assert "frames: 100% 1/1" in written and "files: 100% 2/2" in written
  assert "\x1b" not in written and "\n\n" not in written


def test_one_line_is_not_written_twice():
  stream = io.StringIO()
  lines = progress._Lines(stream)
  for text in ("\ra: 1/2", "\ra: 1/2", "\n", "", "\ra: 2/2"):
    lines.write(text)
  lines.flush()
  assert stream.getvalue() == "a: 1/2\na: 2/2\n"


@pytest.mark.parametrize(
  "size, expected",
  [((120, 40), {"dynamic_ncols": True}), ((0, 0), {"ncols": 80, "nrows": 24})],
)
def test_a_terminal_without_a_size_has_the_usual_one(
  monkeypatch, size, expected
):
  monkeypatch.setattr(
    progress.os, "get_terminal_size", lambda fd: os.terminal_size(size)
  )
  monkeypatch.setattr(progress.sys.stderr, "fileno", lambda: 2, raising=False)
  assert progress._size_of_terminal() == expected
