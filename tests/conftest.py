"""What all tests share: the CPU, a graph of one's own, a way to run Python."""

import os
import pathlib
import signal
import subprocess
import sys

# The same results with and without a GPU; CUDA_VISIBLE_DEVICES=0 tests on one.
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

# A shell that runs the tests as a job in the background has them, and what they
# start, ignore Ctrl-C, which some of them send.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
  signal.signal(signal.SIGINT, signal.default_int_handler)

import numpy as np
import pytest

# Before any test module imports tensor2tensor, or TensorFlow itself.
from t2t_af import mended  # noqa: F401

# isort: split
import tensorflow.compat.v1 as tf

import t2t_af
from tests.fixtures.asked_runs import series_run  # noqa: F401
from tests.fixtures.asked_runs import slvm_run  # noqa: F401
from tests.fixtures.asked_runs import video_run  # noqa: F401

t2t_af.register()

ROOT = pathlib.Path(__file__).parents[1]


@pytest.fixture(autouse=True, scope="module")
def seeded_module():
  """What the fixtures of a module draw does not depend on other modules."""
  np.random.seed(0)


@pytest.fixture(autouse=True)
def fresh_graph():
  """Every test builds in an empty graph with fixed seeds.

  NumPy's as well: Glow's rotations start from it, ours and tensor2tensor's.
  """
  np.random.seed(0)
  tf.reset_default_graph()
  with tf.Graph().as_default():
    tf.set_random_seed(0)
    yield


@pytest.fixture
def run_python(tmp_path):
  """Runs Python in another directory; returns the finished process."""

  def run(*arguments, path=(), cwd=tmp_path, timeout=300):
    env = dict(os.environ, PYTHONPATH=os.pathsep.join(map(str, path)))
    return subprocess.run(
      [sys.executable, *map(str, arguments)],
      env=env,
      cwd=cwd,
      capture_output=True,
      text=True,
      timeout=timeout,
      check=False,
    )

  return run
