"""How a command ends: exit codes, and one line for people."""

import os

import pytest

from t2t_af import errors
from t2t_af.bin import outcome


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


def test_ctrl_c_asks_only_then_what_is_kept(capsys):
  assert outcome.exit_code_of(lambda: 0, pytest.fail) == 0
  assert outcome.exit_code_of(lambda: _raise(KeyboardInterrupt())) == 130
  assert capsys.readouterr().err == (
    "\nstopped: nothing was left half written\n"
  )


def test_errors_of_other_packages_can_be_meant_for_people(capsys):
  def action():
    raise FileNotFoundError("no such flag")

  assert outcome.exit_code_of(action, user_errors=(OSError,)) == 2
  assert capsys.readouterr().err == "error: no such flag\n"
  with pytest.raises(FileNotFoundError):
    outcome.exit_code_of(action)


def test_a_reader_that_has_read_enough_is_no_error(run_python):
  code = (
    "import sys\n"
    "from t2t_af.bin import outcome\n"
    "def action():\n"
    "  while True: print('line')\n"
    "code = outcome.exit_code_of(action)\n"
    "sys.stderr.write(str(code))\n"
  )
  root = os.path.dirname(os.path.dirname(os.path.dirname(__file__)))
  done = run_python(
    "-c",
    "import subprocess, sys\n"
    "p = subprocess.Popen([sys.executable, '-c', sys.argv[1]],"
    " stdout=subprocess.PIPE, stderr=subprocess.PIPE)\n"
    "p.stdout.readline(); p.stdout.close()\n"
    "sys.stdout.write(p.stderr.read().decode())\n",
    code,
    path=[root],
  )
  assert done.stdout == "1", done.stderr
