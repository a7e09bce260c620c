"""`t2t-af bench all`: what is run, what is there, and what a kill leaves."""

import pytest

from t2t_af import errors
from t2t_af.analysis.results import benches
from t2t_af.bin import arguments
from t2t_af.bin import bench
from t2t_af.bin import bench_all
from t2t_af.bin import bench_steps
from t2t_af.records import environment
from t2t_af.records import json_lines
from tests.analysis.results import test_benches

_TWO = "--only=step_tiny,graph"


class _Benches:
  """Benches that leave records of this machine, in no time."""

  def __init__(self, path):
    self.folder = str(path)
    self.argvs = []
    self.code = environment.code()
    self.failing = ""

  def call(self, command):
    argv = command[command.index("bench") + 1 :]
    self.argvs.append(argv)
    file = argv[-1].removeprefix("--json=")
    for record in benches.records([test_benches.RECORDS])[:2]:
      here = dict(hardware=environment.hardware(), code=self.code)
      rounds = [a for a in argv if a.startswith("--rounds=")] or ["--rounds=1"]
      here["ours_rounds"] = [1.0] * int(rounds[0][9:])
      json_lines.append(file, {**record, **here})
      if self.failing in argv:
        return 137
    return 0

  def run(self, *flags):
    """(exit code, the benches that were run)."""
    self.argvs.clear()
    code = bench.main(["all", self.folder, *flags])
    return code, [argv[0] for argv in self.argvs]


@pytest.fixture(name="faked")
def _faked(monkeypatch, tmp_path):
  faked = _Benches(tmp_path / "records")
  monkeypatch.setattr(bench_all.child, "call", faked.call)
  return faked


def test_every_bench_runs_once_and_a_table_is_shown(faked, capsys):
  assert faked.run(_TWO) == (0, ["step", "graph"])
  assert "are reached." in capsys.readouterr().out
  assert faked.run(_TWO) == (0, [])  # all of it is there
  assert "step_tiny: its records are there" in capsys.readouterr().err


def test_what_was_killed_is_run_again(faked, capsys):
  faked.failing = "graph"
  assert faked.run(_TWO) == (1, ["step", "graph"])
  assert "failed: graph" in capsys.readouterr().err
  faked.failing = ""
  assert faked.run(_TWO) == (0, ["graph"])


def test_records_of_other_code_count_if_that_is_wanted(faked):
  faked.code = "0" * 12
  faked.run(_TWO)
  assert faked.run(_TWO, "--keep") == (0, [])
  assert faked.run(_TWO) == (0, ["step", "graph"])


def test_records_of_another_machine_do_not_count(faked, monkeypatch):
  faked.run(_TWO)
  monkeypatch.setattr(environment, "hardware", lambda: {"cpu": "another"})
  assert faked.run(_TWO, "--keep")[1] == ["step", "graph"]


def test_flags_reach_the_benches_that_have_them(faked):
  faked.run("--only=input,graph", "--rounds=2", "--data_dir=d")
  of_input, of_graph = faked.argvs
  assert {"--rounds=2", "--data_dir=d"} <= set(of_input)
  assert not {"--rounds=2", "--data_dir=d"} & set(of_graph)


def test_fewer_rounds_are_not_enough(faked):
  faked.run(_TWO, "--rounds=2")
  assert faked.run(_TWO, "--rounds=3") == (0, ["step"])
  assert faked.run(_TWO, "--rounds=1") == (0, [])


def test_a_quick_run_takes_no_other_runs_place(faked):
  faked.run("--quick", "--only=graph")
  assert faked.run("--only=graph") == (0, ["graph"])
  assert faked.run("--quick", "--only=graph") == (0, [])


def test_a_quick_run_leaves_out_the_large_sizes(faked):
  faked.run("--quick", "--only=sampling,step_paper")
  (argv,) = faked.argvs
  assert argv[:4] == ["sampling", "--frames=2", "--num_samples=4", "--rounds=1"]


def test_a_bench_whose_package_is_missing_is_left_out(
  faked, monkeypatch, capsys
):
  monkeypatch.setattr(bench_all.importlib.util, "find_spec", lambda name: None)
  assert faked.run("--only=graph,pytorch_af1")[1] == ["graph"]
  assert "pytorch_af1: left out, for it needs torch" in capsys.readouterr().err


def test_a_misspelt_bench_is_told_before_any_runs(faked):
  with pytest.raises(errors.UserError, match='"step_tiny"'):
    faked.run("--only=graph,step_tini")
  assert not faked.argvs


@pytest.mark.parametrize("name", list(bench_steps.STEPS))
def test_every_step_is_a_command_that_its_bench_understands(name):
  step = bench_steps.STEPS[name]
  bench_name, *flags = step.argv.split()
  (module,) = bench._BENCHES[bench_name]
  main = bench.importlib.import_module(f"benchmarks.{module}").main
  parser = arguments.parser_of(main)
  given = [*flags, *(step.quick or "").split(), "--json=x"]
  given += ["--rounds=1"] * step.has_rounds + ["--data_dir=d"] * step.has_data
  assert parser.parse_args(given).json == "x"
