"""Suggestions, progress lines and exit codes."""

import pytest

from t2t_af import errors
from t2t_af import progress
from t2t_af.bin import outcome


@pytest.mark.parametrize(
  "name, known, told",
  [
    (
      "video_bear",
      ["video_bair", "image_mnist"],
      'unknown problem "video_bear". Did you mean "video_bair"?',
    ),
    (
      "slvm",
      ["slvm_af1_mmnist", "slvm_af2_mmnist", "af1_kth"],
      'unknown problem "slvm". Did you mean "slvm_af1_mmnist" or '
      '"slvm_af2_mmnist"?',
    ),
    ("xyz", ["a1", "b2"], 'unknown problem "xyz". Known: a1, b2.'),
    (
      "xyz",
      [f"name{i:03d}" for i in range(400)],
      'unknown problem "xyz". None of the 400 known names is close to it.',
    ),
  ],
)
def test_suggest_names_the_nearest(name, known, told):
  assert errors.suggest(name, known, "problem") == told


def test_suggest_names_at_most_three():
  told = errors.suggest("name", [f"name{i}" for i in range(9)], "set")
  assert told.count("name") == 4  # what was asked for, and three


def test_bar_writes_whole_lines_where_stderr_is_a_file(capsys):
  with progress.bar(total=4, initial=1, label="training", unit="step") as bar:
    bar.update(3)
  lines = capsys.readouterr().err.splitlines()
  assert len(lines) == 2 and lines[-1].startswith("training: 100% 4/4 step")
  assert not any("\r" in line for line in lines)


def test_bar_counts_an_iterable(capsys):
  assert list(progress.bar([1, 2, 3], label="x")) == [1, 2, 3]
  assert "3/3" in capsys.readouterr().err


def _raise(error):
  raise error


@pytest.mark.parametrize(
  "error, code, told",
  [
    (errors.UserError("no such file"), 2, "error: no such file\n"),
    (KeyboardInterrupt(), 130, "\nstopped: all is kept\n"),
    (
      RuntimeError("Traceback ...\nt2t_af: the loss is NaN at step 3\n\t [["),
      1,
      "error: the loss is NaN at step 3\n",
    ),
  ],
)
def test_outcome_tells_a_line_and_the_exit_code(capsys, error, code, told):
  assert (
    outcome.exit_code_of(lambda: _raise(error), lambda: "all is kept") == code
  )
  assert capsys.readouterr().err == told


def test_outcome_hides_no_error_that_is_not_meant_for_people():
  with pytest.raises(ZeroDivisionError):
    outcome.exit_code_of(lambda: 1 // 0)


def test_outcome_passes_the_exit_code_on():
  assert outcome.exit_code_of(lambda: None) == 0
  assert outcome.exit_code_of(lambda: 7) == 7
