"""`t2t-af`: its verbs, and that each reports a mistake in one line."""

import pathlib

import pytest

from t2t_af import version
from t2t_af.bin import main as t2t_af_command

_ROOT = pathlib.Path(__file__).parents[2]


def test_verbs_are_listed_and_suggested(capsys):
  assert t2t_af_command.main(["--help"]) == 0
  assert "doctor" in capsys.readouterr().out
  assert t2t_af_command.main(["docter"]) == 2
  assert 'Did you mean "doctor"' in capsys.readouterr().err


@pytest.mark.parametrize("argv", [[], ["-h"], ["help"]])
def test_help_has_a_line_for_every_verb(capsys, argv):
  assert t2t_af_command.main(argv) == 0
  lines = capsys.readouterr().out.splitlines()
  listed = {line.split()[0]: line for line in lines if line.startswith("  ")}
  assert set(listed) == set(t2t_af_command._VERBS)
  assert all(len(line) > 30 for line in listed.values())


def test_the_version_is_told(capsys):
  assert t2t_af_command.main(["--version"]) == 0
  assert capsys.readouterr().out == f"t2t_af {version.__version__}\n"


def test_help_says_defaults(capsys):
  with pytest.raises(SystemExit):
    t2t_af_command.main(["forecast", "--help"])
  told = " ".join(capsys.readouterr().out.split())
  assert "in per cent (default: 5,25,50,75,95)" in told
  assert "of what is drawn (default: 0)" in told
  with pytest.raises(SystemExit):
    t2t_af_command.main(["analyse", "--help"])
  assert "(default: 200)" in " ".join(capsys.readouterr().out.split())


def test_every_file_of_the_room_is_a_verb_or_known():
  """What t2t-af has no verb for: what commands share, and one run."""
  shared = {"__init__", "main", "arguments", "checks", "command", "outcome"}
  shared |= {"idle_flags", "schedules", "child", "force", "run_metadata"}
  shared |= {
    "cluster",
    "finding",
    "front",
    "gpus",
    "flag_parsing",
    "flag_ranges",
    "system_errors",
    "threads",
  }
  shared |= {"asking"}  # of score, transform, forecast, compress
  shared |= {"joining"}  # of several workers
  shared |= {"bench_all", "bench_steps", "bench_table"}  # of bench
  shared |= {"table_flags"}  # of t2t-datagen and score, transform, forecast
  # Of compare and data, with TensorFlow.
  shared |= {"comparing", "data_sets", "data_facts"}
  files = {path.stem for path in (_ROOT / "t2t_af" / "bin").glob("*.py")}
  stock = {name for name in files if name.startswith("t2t_")}
  assert files - stock == set(t2t_af_command._VERBS) | shared | {"run"}


@pytest.mark.parametrize("verb", sorted(t2t_af_command._VERBS))
def test_every_verb_explains_itself(capsys, verb):
  try:
    code = t2t_af_command.main([verb, "--help"])
  except SystemExit as left:  # as argparse does
    code = left.code
  assert code == 0
  assert verb in capsys.readouterr().out


@pytest.mark.parametrize("verb", sorted(set(t2t_af_command._VERBS) - {"bench"}))
def test_unknown_flags_are_refused_with_exit_code_2(capsys, verb):
  with pytest.raises(SystemExit) as left:
    t2t_af_command.main([verb, "--no_such_flag=1"])
  assert left.value.code == 2
  captured = capsys.readouterr()
  assert "error:" in captured.err and "Traceback" not in captured.err
  assert not captured.out


@pytest.mark.parametrize(
  "argv, message",
  [
    (["bench", "grap"], 'unknown bench "grap". Did you mean "graph"'),
    (["bench", "table", "/nowhere"], "/nowhere"),
    (["bench", "all", "--only=grow"], 'Did you mean "growth"'),
    (["bench", "startup", "--sizes=tini"], 'Did you mean "tiny"'),
    (["data", "--problem=video_bare"], 'Did you mean "video_bair"'),
    (["compare"], "--problem and --hparams_sets must be given"),
    (
      ["compare", "--problem=p", "--hparams_sets=s", "--eval_every=-1"],
      "--eval_every must be 0 or more",
    ),
    (
      ["compare", "--problem=video_bair", "--hparams_sets=slvm_tini"],
      'unknown hparams set "slvm_tini"',
    ),
    (
      ["analyse", "--output_dir=/nowhere"],
      "does not say its model and hparams_set and problem",
    ),
    (
      ["analyse", "--output_dir=/nowhere", "--num_contexts=0"],
      "--num_contexts -1 or at least 1",
    ),
    (
      ["analyse", "--output_dir=/nowhere", "--num_sequences=0"],
      "--num_sequences must be at least 1",
    ),
    (["params", "af3_tiny"], 'unknown hparams set "af3_tiny". Did you'),
    (["params", "af1_tiny", "--problem=nothing"], 'unknown problem "nothing"'),
    (
      ["references", "--problem=video_bair", "--num_targets=0"],
      "--num_inputs and --num_targets must be at least 1",
    ),
    (["references", "--problem=video_bair", "--data_dir=/nowhere"], "/nowhere"),
    (["convert", "--from_dir=/nowhere", "--to_dir=x"], "holds no checkpoint"),
    (["perceptual", "/nowhere"], "/nowhere"),
    (["table", "1", "/nowhere"], "/nowhere"),
    (["figure", "5", "/nowhere"], "/nowhere"),
    (["figure", "nothing"], "there is no figure nothing"),
    (["figure", "2"], "figure 2 is a diagram"),
    (["report", "/nowhere"], "/nowhere"),
  ],
)
def test_mistakes_are_one_line_and_exit_code_2(
  capsys, monkeypatch, tmp_path, argv, message
):
  monkeypatch.chdir(tmp_path)
  assert t2t_af_command.main(argv) == 2
  captured = capsys.readouterr()
  assert captured.err.startswith("error: ") and message in captured.err
  assert captured.err.count("\n") == 1 and not captured.out
  assert not list(tmp_path.iterdir()), "nothing may be written"


def _run_light(run_python, *argv):
  """The command as it is installed; fails if that loads TensorFlow."""
  code = (
    "import sys\nfrom t2t_af.bin import main\n"
    "try:\n"
    "  code = main.main()\n"
    "except SystemExit as left:\n"
    "  code = left.code\n"
    "assert 'tensorflow' not in sys.modules\n"
    "sys.exit(code)\n"
  )
  return run_python("-c", code, *argv, path=[_ROOT])


@pytest.mark.parametrize("verb", t2t_af_command._VERBS)
def test_help_loads_no_tensorflow(run_python, verb):
  done = _run_light(run_python, verb, "--help")
  assert done.returncode == 0, done.stderr
  assert verb in done.stdout


def test_mistakes_load_no_tensorflow(run_python):
  done = _run_light(run_python, "comprae")
  assert (done.returncode, done.stdout) == (2, "")
  assert 'unknown verb "comprae". Did you mean "compare"' in done.stderr
  done = _run_light(run_python, "compare", "--train_steps=many")
  assert done.returncode == 2 and "invalid int value" in done.stderr


def test_a_verb_without_tensorflow_loads_none(run_python):
  code = (
    "import sys\nfrom t2t_af.bin import main\n"
    "sys.argv = ['t2t-af', 'table', '3', sys.argv[1]]\n"
    "assert main.main() == 0\n"
    "assert 'tensorflow' not in sys.modules\n"
  )
  done = run_python("-c", code, _ROOT / "results" / "parameters", path=[_ROOT])
  assert done.returncode == 0, done.stderr
  assert "32,472,188" in done.stdout
