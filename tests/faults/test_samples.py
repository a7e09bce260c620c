"""A few of each kind of fault; `make test-faults` is all of them."""

import pathlib

import numpy as np
import pytest

from tests.faults import flips
from tests.faults import forked_samples
from tests.faults import inputs
from tests.faults import json_readers
from tests.faults import readers

ROOT = pathlib.Path(__file__).parents[2]

# Those that need a command's flags, or seconds, are left out here.
_SAMPLED = sorted(
  {*readers.ALL, *json_readers.ALL} - {"hparams.json", "MP4", "AVI"}
)


def test_kills_and_failing_disks_lose_nothing_and_mutants_are_caught(
  run_python,
):
  done = run_python(
    "-m", "pytest", "-q", forked_samples.__file__, path=[ROOT], cwd=ROOT
  )
  assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", _SAMPLED)
def test_changed_files_are_told_or_read_right(name):
  count = 3 if " in a " in name else 15  # A report takes longer.
  _, faults = inputs.of_reader(name, seed=0, count=count)
  assert not faults


def test_a_reader_that_checks_nothing_is_caught(monkeypatch):
  def careless(folder):
    whole = readers.ALL["idx"](folder)
    return whole._replace(
      read=lambda: np.fromfile(whole.path, np.uint8)[16:96].reshape(5, 4, 4)
    )

  monkeypatch.setitem(readers.ALL, "npy", careless)
  _, faults = inputs.of_reader("npy", seed=0, count=15)
  assert any("reshape" in fault for fault in faults)
  assert any("other bytes" in fault for fault in faults)


@pytest.mark.parametrize("kind", ["series", "video"])
def test_flipped_bits_are_told(kind):
  told, harmless, silent = flips.of_kind(kind, seed=0, count=20)
  assert not silent and told + harmless == 20
