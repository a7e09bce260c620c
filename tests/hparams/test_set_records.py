"""A set's docstring is its experiment record, and agrees with the runs."""

import json
import pathlib
import re
import statistics

import pytest
from tensor2tensor.utils import registry

from hparams import autoregressive_flow
from hparams import slvm
from hparams import slvm_series
from hparams import video_flow
from t2t_af.experiments import model_names
from tests.hparams import sets

_RESULTS = pathlib.Path(__file__).parents[2] / "results"
_MODULES = (autoregressive_flow, slvm, slvm_series, video_flow)
_FOLDER = re.compile(r"\(results/(\w+)\)")
_VALUE = re.compile(r"Ours: (?:at most )?(-?[\d.]+)")
_TIME = re.compile(
  r"Time: ([\d.]+)\s+s/step,\s+(one\s+core|two\s+cores)\s+of\s+an\s+(AMD|Intel)"
)
_CPU = {"AMD": "AMD EPYC", "Intel": "Intel(R) Xeon(R) Processor @ 2.50GHz"}
_MEASURED = [n for n in sets.NAMES if _FOLDER.search(sets.docstring(n))]
_UNITS = ("nats per time step", "nats/dim")


@pytest.mark.parametrize("name", sets.NAMES)
def test_every_set_says_in_a_docstring_what_it_is(name):
  record = sets.docstring(name)
  assert len(record) > 30
  assert re.search(r"not\s+run|\d nats", record)
  assert max(map(len, record.splitlines())) <= 78
  first, empty = record.splitlines()[:2]
  assert first.endswith(".") and not empty


@pytest.mark.parametrize("name", sets.NAMES)
def test_a_value_has_its_unit_and_a_folder_of_results(name):
  record = sets.docstring(name)
  if _VALUE.search(record):
    assert any(unit in record for unit in _UNITS)
    assert (_RESULTS / _FOLDER.search(record).group(1)).is_dir()
    assert _TIME.search(record)
  else:
    assert "Ours: not run.\n" in record and "Time:" not in record


@pytest.mark.parametrize("name", sets.NAMES)
def test_the_command_names_the_set_its_problem_and_its_model(name):
  command = " ".join(sets.docstring(name).split("Command:")[1].split())
  assert f"={name} " in command
  (problem,) = re.findall(r"--problem=(\S+)", command)
  assert problem in registry.list_base_problems()
  column = model_names.problem_of(name)
  assert problem == column or name.endswith("_tiny")
  if command.startswith("t2t-trainer"):
    assert f"--model={model_names.model_of(name)} " in command


@pytest.mark.parametrize(
  "name, steps",
  [
    ("slvm_mmnist", 200_000),  # the rows that Table 1 trains for longer
    ("slvm_dx_mmnist", 200_000),
    ("slvm_af1_mmnist", 100_000),
    ("slvm_kth", 90_000),
    ("af2_bair", 200_000),
    ("af1_facial_exp", 2000),
  ],
)
def test_the_command_trains_for_as_many_steps_as_the_record_says(name, steps):
  assert f"--train_steps={steps}" in sets.docstring(name)


@pytest.mark.parametrize("name", sets.NAMES)
def test_steps_and_batch_are_those_that_the_paper_trained_with(name):
  """Where its value says them."""
  record = sets.docstring(name)
  for steps, batch in re.findall(r"\(([\d,]+) steps, batch (\d+)\)", record):
    assert f"--train_steps={steps.replace(',', '')}" in record
    assert registry.hparams(name).batch_size == int(batch)


@pytest.mark.parametrize("name", sets.NAMES)
def test_a_set_is_a_function_of_its_module_too(name):
  (module,) = [m for m in _MODULES if hasattr(m, name)]
  function = getattr(module, name)
  assert function.__name__ == function.__qualname__ == name
  assert function.__module__ == module.__name__
  assert function.__doc__ == sets.docstring(name)
  assert function() is not function()


def _runs(name):
  """(run.json, folder) of the runs that a record is about."""
  (folder,) = _FOLDER.findall(sets.docstring(name))
  for path in sorted((_RESULTS / folder).rglob("run.json")):
    run = json.loads(path.read_text(encoding="utf-8"))
    if run["hparams_set"] == name:
      yield run, path.parent


@pytest.mark.parametrize("name", _MEASURED)
def test_time_and_hardware_are_those_of_the_runs(name):
  seconds, cores, maker = _TIME.search(sets.docstring(name)).groups()
  runs = [
    run for run, _ in _runs(name) if run["hardware"]["cpu"] == _CPU[maker]
  ]
  median = statistics.median(run["seconds_per_step"] for run in runs)
  assert float(seconds) == round(median, 3)
  assert {run["hardware"]["cores"] for run in runs} == {
    {"one": 1, "two": 2}[cores.split()[0]]
  }


def _test_nll(folder):
  """The newest value of the test split, in the unit of the set's record."""
  lines = (folder / "results" / "likelihood.jsonl").read_text("utf-8")
  records = [json.loads(line) for line in lines.splitlines()]
  newest = [
    record
    for record in records
    if record["split"] == "test" and record["num_samples"] == 1
  ][-1]
  return newest.get("nll_nats_per_step", newest["nll_nats_per_dim"])


@pytest.mark.parametrize("name", _MEASURED)
def test_our_value_is_the_mean_of_the_runs(name):
  values = [
    _test_nll(folder)
    for run, folder in _runs(name)
    if not re.search("filled|_random|_time", run["problem"])
  ]
  value = _VALUE.search(sets.docstring(name)).group(1)
  places = len(value.partition(".")[2])
  assert float(value) == pytest.approx(
    statistics.fmean(values), abs=0.51 * 10**-places
  )
