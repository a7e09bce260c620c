"""`t2t-af completion`: what a shell offers at the end of a line."""

import os
import shutil
import subprocess

import pytest

from t2t_af.bin import completion
from t2t_af.bin import main as t2t_af_command

pytest.importorskip("shtab")

# Asks the function that bash would call, as it would.
_ASK = """
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
asked=$(complete -p "$1" | sed 's/.*-F \\([^ ]*\\).*/\\1/')
$asked 2> /dev/null
printf '%s\\n' "${COMPREPLY[@]}"
"""


def _script(shell, capsys):
  assert t2t_af_command.main(["completion", shell]) == 0
  return capsys.readouterr().out


@pytest.fixture(name="offered")
def _offered(tmp_path, capsys):
  path = tmp_path / "script"
  path.write_text(_script("bash", capsys), encoding="utf-8")
  folder = tmp_path / "here"
  (folder / "runs" / "af").mkdir(parents=True)
  (folder / "rain.csv").touch()

  def offered(*words):
    done = subprocess.run(
      ["bash", "-c", _ASK, "bash", str(path), *words],
      cwd=folder,
      capture_output=True,
      text=True,
      check=True,
    )
    return set(done.stdout.split())

  return offered


@pytest.mark.skipif(not shutil.which("bash"), reason="there is no bash")
def test_bash_completes_verbs_flags_runs_and_files(offered):
  assert set(offered("t2t-af", "")) >= set(t2t_af_command._VERBS)
  assert offered("t2t-af", "scor") == {"score"}
  assert offered("t2t-af", "score", "r") == {"runs"}
  assert offered("t2t-af", "score", "runs/") == {"runs/af"}
  assert offered("t2t-af", "score", "runs/af", "r") == {"runs", "rain.csv"}
  assert offered("t2t-af", "score", "runs/af", "--ra") == {"--rate"}
  assert offered("t2t-af", "check", "--split", "d") == {"dev"}
  assert offered("t2t-af", "bench", "st") == {"startup", "step"}
  assert offered("t2t-trainer", "--hparams_s") == {"--hparams_set"}
  assert offered("t2t-eval", "--output_dir", "r") == {"runs"}


def test_every_flag_of_every_verb_is_there(capsys):
  told = _script("bash", capsys)
  for flag in ("--num_contexts", "--time_column", "--decode_from_file"):
    assert flag in told
  first, *stock = completion.parsers()
  assert [parser.prog for parser in stock] == list(completion._STOCK)
  (verbs,) = [a for a in first._actions if a.dest == "==SUPPRESS=="]
  assert set(verbs.choices) == set(t2t_af_command._VERBS)


def test_zsh_has_a_script_of_each_command(capsys, tmp_path):
  told = _script("zsh", capsys)
  assert told.count("#compdef ") == 5 and "--num_contexts" in told
  if shutil.which("zsh"):
    path = tmp_path / "script"
    path.write_text(told, encoding="utf-8")
    assert subprocess.call(["zsh", "-n", os.fspath(path)]) == 0


def test_another_shell_is_told(capsys):
  with pytest.raises(SystemExit):
    t2t_af_command.main(["completion", "fish"])
  assert "choose from" in capsys.readouterr().err
