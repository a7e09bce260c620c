"""A few kills and failing disks, by `test_samples` in a process of its own.

Not collected by name: these fork, which no process may that had a session.
"""

import os

from t2t_af.bin import outcome
from tests.faults import cases
from tests.faults import kills
from tests.faults import writes


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
