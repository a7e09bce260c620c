"""`t2t-trainer` with TF_CONFIG: processes on loopback, and their faults.

A process takes as long to start as TensorFlow takes to be imported, so all but
what one process can find is marked slow.
"""

import os
import pathlib
import signal
import socket
import subprocess
import sys
import time

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from benchmarks import loopback
from t2t_af import workers
from t2t_af.bin import joining
from t2t_af.errors import UserError
from t2t_af.experiments import together
from tests.models import test_exact_resume as cases

_ROOT = pathlib.Path(__file__).parents[2]
_STARTS_WITHIN_S = 300  # on a machine with much else to do
# The order of additions, of losses and of what actnorm starts from.
CLOSE = dict(rtol=1e-4, atol=1e-5)
_REGISTERED = """
from tensor2tensor.utils import registry
from tests.models import test_exact_resume as cases

for problem in (cases.Particle, cases.Stamps):
  registry.register_problem(problem.name)(problem)

def _set(name):
  def hparams():
    hp = cases.CASES[name][2]()
    if "normalization" in hp:
      hp.normalization = "none"  # Else each worker's own.
    return hp

  registry.register_hparams("small_" + name)(hparams)

for name in cases.CASES:
  _set(name)
"""


class _Runs:
  """Trainings of one case, by one process or several."""

  def __init__(self, folder, name):
    self.model, problem, _ = cases.CASES[name]
    self._name, self._problem, self.folder = name, problem.name, folder
    problem().generate_data(str(folder / "data"), None)
    (folder / "small_sets").mkdir()
    (folder / "small_sets" / "__init__.py").write_text(_REGISTERED)

  def start(self, run, index, addresses, steps, *more, batch=2):
    """One worker; alone where there are no addresses."""
    env = loopback.environment(addresses or (), index)
    env["PYTHONPATH"] = os.pathsep.join([str(_ROOT), *sys.path])
    return subprocess.Popen(
      [
        *(sys.executable, "-m", "t2t_af.bin.t2t_trainer"),
        f"--t2t_usr_dir={self.folder / 'small_sets'}",
        f"--problem={self._problem}",
        f"--data_dir={self.folder / 'data'}",
        f"--model={self.model}",
        f"--hparams_set=small_{self._name}",
        f"--hparams=batch_size={batch}",
        f"--output_dir={self.folder / run}",
        f"--train_steps={steps}",
        *("--schedule=train", "--random_seed=3", *more),
      ],
      env=env,
      stdout=subprocess.DEVNULL,
      stderr=subprocess.PIPE,
      text=True,
    )

  def start_all(self, run, count, steps, *more, batch=2):
    addresses = loopback.free_addresses(count)
    return [
      self.start(run, i, addresses, steps, *more, batch=batch)
      for i in range(count)
    ]

  def values(self, run):
    reader = tf.train.load_checkpoint(str(self.folder / run))
    return {n: reader.get_tensor(n) for n in reader.get_variable_to_shape_map()}


@pytest.fixture
def particles(tmp_path):
  return _Runs(tmp_path, "af1")


def _ended(processes, within_s=_STARTS_WITHIN_S):
  """(exit code, stderr) of each."""
  ended = []
  for one in processes:
    _, told = one.communicate(timeout=within_s)
    ended.append((one.returncode, told))
  return ended


def _wait_for(path):
  deadline = time.monotonic() + _STARTS_WITHIN_S
  while not path.exists():
    assert time.monotonic() < deadline, f"{path} never came"
    time.sleep(0.1)


def _check_close(values, expected):
  assert values.keys() == expected.keys()
  for name, value in expected.items():
    np.testing.assert_allclose(values[name], value, **CLOSE, err_msg=name)


@pytest.mark.slow
@pytest.mark.parametrize("name, count", [("slvm", 4), ("video_flow", 2)])
def test_workers_train_as_one_process(name, count, tmp_path):
  runs = _Runs(tmp_path, name)
  alone = [runs.start("alone", 0, None, 4, batch=4)]
  assert _ended(alone)[0][0] == 0
  several = runs.start_all("several", count, 4, batch=4 // count)
  assert [code for code, _ in _ended(several)] == [0] * count
  _check_close(runs.values("several"), runs.values("alone"))


@pytest.mark.slow
def test_a_killed_worker_ends_all_and_all_go_on(particles):
  often = ("--iterations_per_loop=2", "--local_eval_frequency=2")
  chief, other = particles.start_all("run", 2, 10**6, *often)
  _wait_for(particles.folder / "run" / "model.ckpt-4.index")
  other.kill()
  killed = time.monotonic()
  ((code, told),) = _ended([chief])
  assert time.monotonic() - killed < together.LOST_S
  assert code == 2
  assert "is lost: a training of 2 workers" in told
  assert "Traceback" not in told
  _ended([other])
  step = max(
    int(path.stem.rpartition("-")[2])
    for path in (particles.folder / "run").glob("model.ckpt-*.index")
  )
  both = particles.start_all("run", 2, step + 3)
  assert [code for code, _ in _ended(both)] == [0, 0]
  unbroken = particles.start("alone", 0, None, step + 3, batch=4)
  assert _ended([unbroken])[0][0] == 0
  _check_close(particles.values("run"), particles.values("alone"))


@pytest.mark.slow
@pytest.mark.parametrize("told_one", [0, 1])
def test_a_signal_to_one_saves_and_ends_all(particles, told_one):
  both = particles.start_all("run", 2, 10**6)
  _wait_for(particles.folder / "run" / "results" / "training.jsonl")
  both[told_one].send_signal(signal.SIGINT)
  ended = _ended(both, within_s=60)
  assert ended[told_one][0] == 130
  assert ended[1 - told_one][0] == 143
  assert "another worker was told to stop" in ended[1 - told_one][1]
  assert "is saved (" in ended[0][1] and "the chief saves" in ended[1][1]


@pytest.mark.slow
def test_workers_with_other_hparams_are_told(particles):
  addresses = loopback.free_addresses(2)
  both = [
    particles.start("run", i, addresses, 3, batch=2 + i) for i in range(2)
  ]
  for code, told in _ended(both):
    assert code == 2
    assert (
      f"error: worker 1 ({addresses[1]}) has other settings than the chief: "
      "batch_size 3 instead of 2."
    ) in told
  assert not (particles.folder / "run" / "run.json").exists()


@pytest.mark.slow
def test_a_worker_that_never_comes_is_told(particles):
  addresses = loopback.free_addresses(2)
  waiting = particles.start("run", 0, addresses, 3, "--wait_for_workers=3")
  ((code, told),) = _ended([waiting])
  assert code == 2
  assert f"error: {addresses[1]} did not come within 3 s" in told


def test_a_taken_port_is_told():
  with socket.create_server(("127.0.0.1", 0)) as taken:
    port = taken.getsockname()[1]
    here = workers.Workers((f"127.0.0.1:{port}", "127.0.0.1:1"), 0)
    with pytest.raises(UserError, match=f"port {port} of 127.0.0.1:{port} can"):
      joining._serve(here)


def test_what_differs_is_named(monkeypatch):
  two = workers.Workers(("a:1", "b:1"), 0)
  monkeypatch.setattr(workers._State, "workers", two)
  chief = {"model": "slvm", "hparams": {"a": 1, "b": 2}, "seed": 3, "step": 4}
  other = {"model": "slvm", "hparams": {"a": 1, "b": 3}, "seed": 5, "step": 0}
  joining._check_same([chief, dict(other, hparams=chief["hparams"])])
  with pytest.raises(UserError, match=r"1 \(b:1\) .*chief: b 3 instead of 2"):
    joining._check_same([chief, other])


@pytest.mark.parametrize(
  "flags, told",
  [
    (dict(schedule="evaluate"), "--schedule=evaluate: several workers"),
    (dict(generate_data=True), "--generate_data: make the data before"),
    (dict(model="next_frame_glow"), "train the models of t2t_af alone"),
    (dict(problem="image_mnist"), "reads sequences"),
  ],
)
def test_what_several_workers_cannot_do_is_told(
  parsed_flags, monkeypatch, flags, told
):
  given = dict(model="slvm", problem="series_particle", schedule="train")
  for name, value in (given | flags).items():
    monkeypatch.setattr(parsed_flags, name, value)
  monkeypatch.setenv("TF_CONFIG", '{"cluster": {"worker": ["a:1", "b:1"]}}')
  with pytest.raises(UserError, match=told):
    joining.check_flags()
  monkeypatch.delenv("TF_CONFIG")
  joining.check_flags()
