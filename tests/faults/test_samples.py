"""A few of each kind of fault; `make test-faults` is all of them."""

import os

import numpy as np
import pytest

from t2t_af.bin import outcome
from tests.faults import cases
from tests.faults import flips
from tests.faults import inputs
from tests.faults import json_readers
from tests.faults import kills
from tests.faults import readers
from tests.faults import writes

# Those that need a command's flags, or seconds, are left out here.
_SAMPLED = sorted(
  {*readers.ALL, *json_readers.ALL} - {"hparams.json", "MP4", "AVI"}
)


def _generate(folder):
  data_dir = os.path.join(folder, "data")
  return outcome.exit_code_of(
    lambda: cases.FewParticles().generate_data(data_dir, None)
  )


GENERATION = cases.Case(
  lambda folder: None,
  lambda: None,
  _generate,
  lambda folder: cases.bytes_under(os.path.join(folder, "data")),
)


def test_a_generation_that_is_killed_ends_right_when_started_again():
  places, faults = kills.of_case(GENERATION, seed=0, points=6)
  assert places > 30 and not faults


def test_a_generation_whose_disk_fails_says_so_and_ends_right():
  met, faults = writes.of_case(GENERATION, seed=0, points=6)
  assert not faults and met["told"] > 2


def test_a_command_that_believes_a_part_is_caught(monkeypatch):
  """A mutant: a manifest that is there is taken for all of it."""

  def missing(self, store, details):
    return [] if os.path.exists(store.manifest_path) else self.dataset_splits

  monkeypatch.setattr(cases.FewParticles, "_missing", missing)
  _, faults = kills.of_case(GENERATION, seed=0, points=6)
  assert any("lost" in fault for fault in faults)


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
