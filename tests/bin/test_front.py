"""What the four commands answer without TensorFlow, and what they leave."""

import importlib
import pathlib
import re

import pytest

from t2t_af.bin import front

_ROOT = pathlib.Path(__file__).parents[2]
_COMMANDS = ("t2t_datagen", "t2t_trainer", "t2t_eval", "t2t_decoder")
_SETUP = _ROOT.joinpath("setup.py").read_text(encoding="utf-8")
_ENTRY_POINTS = dict(
  re.findall(r'"(t2t-[a-z]+) = t2t_af\.bin\.front:(\w+)"', _SETUP)
)


def _run(run_python, command, *arguments):
  """The command as it is installed; fails if that loads TensorFlow."""
  code = (
    "import sys\nfrom t2t_af.bin import front\n"
    f"code = front.{_ENTRY_POINTS[command.replace('_', '-')]}()\n"
    "assert 'tensorflow' not in sys.modules\n"
    "sys.exit(code)\n"
  )
  return run_python("-c", code, *arguments, path=[_ROOT])


@pytest.mark.parametrize("command", _COMMANDS)
def test_help_is_the_commands_own(run_python, capsys, command):
  done = _run(run_python, command, "--problem=x", "--help")
  assert done.returncode == 0, done.stderr
  front.print_help(importlib.import_module(f"t2t_af.bin.{command}").__doc__)
  assert done.stdout == capsys.readouterr().out
  assert "--helpfull" in done.stdout and not done.stderr


@pytest.mark.parametrize("command", _COMMANDS)
def test_a_misspelt_flag_is_told(run_python, command):
  done = _run(run_python, command, "--data_dir=d", "--porblem=x")
  assert done.returncode == 2
  assert done.stderr == (
    'error: unknown flag "porblem". Did you mean "problem"? --helpfull lists '
    "all flags.\n"
  )


@pytest.mark.parametrize(
  "arguments, told",
  [
    (["--hp_depth"], "--hp_depth needs a value"),
    (["--problem"], "Missing value for flag --problem"),
    (["--registry_help=perhaps"], "perhaps"),
  ],
)
def test_other_mistakes_are_told_alike(capsys, arguments, told):
  assert front.answer("t2t_trainer", ["t2t-trainer", *arguments]) == 2
  assert told in capsys.readouterr().err


@pytest.mark.parametrize(
  "arguments",
  [
    [],
    ["--problem=x", "--train_steps", "3", "--noregistry_help"],
    ["--hp_depth=3"],
    ["--helpfull"],
    ["--t2t_usr_dir=mine", "--flag_of_mine=3"],
    ["--t2t_usr_dir", "mine", "--flag_of_mine=3"],
    ["--wiki_revision_num_train_shards=3"],  # of one of the stock problems
  ],
)
def test_the_rest_is_for_the_command_itself(arguments):
  assert front.answer("t2t_trainer", ["t2t-trainer", *arguments]) is None


def test_known_flags_are_those_that_the_commands_define(run_python):
  done = run_python(
    "-c",
    "from scripts import write_known_flags\n"
    "print(write_known_flags.text(), end='')",
    path=[_ROOT],
  )
  assert done.stdout == front.KNOWN_FLAGS.read_text(encoding="utf-8"), (
    f"python -m scripts.write_known_flags renews it; {done.stderr}"
  )


def test_every_command_is_installed_light():
  assert set(_ENTRY_POINTS) == {c.replace("_", "-") for c in _COMMANDS}
  assert '"t2t-af = t2t_af.bin.main:main"' in _SETUP
  assert all(hasattr(front, name) for name in _ENTRY_POINTS.values())
