"""Writing with Apache Beam: the files of the plain path, byte for byte.

What workers do is tested without Beam too, by hand: parts in any order, from
copies of what a worker is sent.
"""

import os

import cloudpickle
import pytest

from problems.core import beam_generation
from problems.core import options
from t2t_af.errors import UserError
from tests.contracts import generation_contract
from tests.fixtures import counting


def _by_hand(job, runs):
  """Does what a runner does, without Beam."""
  counts = {}
  for part in reversed(list(enumerate(runs))):
    sent = cloudpickle.loads(cloudpickle.dumps(job))
    number, count = sent.write_part(part)
    counts[number] = count
  for shard in reversed(range(len(job.paths))):
    cloudpickle.loads(cloudpickle.dumps(job)).write_shard(shard, counts)


@pytest.fixture(name="by_hand")
def _by_hand_fixture(monkeypatch):
  monkeypatch.setattr(beam_generation, "_run", _by_hand)
  monkeypatch.setattr(beam_generation.importlib.util, "find_spec", _found)


def _found(name):
  return name


def _with_beam(problem, folder):
  with options.using(beam=True):
    problem.generate_data(str(folder), None)
  return generation_contract.contents(str(folder))


def _plainly(problem, folder):
  problem.generate_data(str(folder), None)
  return generation_contract.contents(str(folder))


@pytest.mark.parametrize(
  "total, most", [(23, 1000), (20, 4), (31, 1), (None, 4)]
)
def test_files_are_those_of_the_plain_path(
  by_hand, monkeypatch, tmp_path, total, most
):
  """Whatever number of sequences was announced."""
  monkeypatch.setattr(beam_generation, "_MAX_PARTS", most)
  problem = counting.Counting()
  problem.num_sequences = lambda split: total
  made = _with_beam(problem, tmp_path / "beam")
  assert made == _plainly(problem, tmp_path / "plain")
  assert len(made) == 13  # ten, one and one file, and the manifest


def test_a_killed_generation_goes_on_with_what_is_whole(
  by_hand, monkeypatch, tmp_path
):
  problem, made = counting.Counting(), []

  def stop(self, split, k):
    if (split, k) == ("train", 11):
      raise KeyboardInterrupt

  # Of the class, of which no copies are sent.
  monkeypatch.setattr(counting.Counting, "on_sequence", stop)
  with pytest.raises(KeyboardInterrupt):
    _with_beam(problem, tmp_path / "beam")
  hidden = tmp_path / "beam" / ".video_counting-train.incomplete"
  parts = sorted(hidden.glob("part-?????"))
  assert len(parts) == 11  # 22, 21, ..., 12
  parts[0].write_bytes(parts[0].read_bytes()[:-1])  # of sequence 12
  monkeypatch.setattr(
    counting.Counting, "on_sequence", lambda self, *at: made.append(at)
  )
  after = _with_beam(problem, tmp_path / "beam")
  again = [k for split, k in made if split == "train"]
  assert sorted(again) == list(range(13))
  assert after == _plainly(counting.Counting(), tmp_path / "plain")


def test_parts_of_another_source_are_not_taken(by_hand, tmp_path):
  hidden = tmp_path / ".video_counting-train.incomplete"
  problem = counting.Counting()
  problem.source = lambda: {"sha256": "a"}
  make = beam_generation.folder(problem, "train", {})
  with pytest.raises(KeyboardInterrupt), make(str(hidden)):
    (hidden / "part-00000").write_text("")
    raise KeyboardInterrupt
  problem.source = lambda: {"sha256": "b"}
  with beam_generation.folder(problem, "train", {})(str(hidden)):
    assert os.listdir(hidden) == ["plan"]
  assert not hidden.exists()


def test_an_error_of_a_worker_ends_all_and_is_told_as_it_is(
  by_hand, monkeypatch, tmp_path
):
  made = []

  def fail(self, split, k):
    made.append(k)
    if k == 7:
      raise UserError("clip7.avi is damaged")

  monkeypatch.setattr(counting.Counting, "on_sequence", fail)
  problem = counting.Counting()
  with pytest.raises(UserError, match="^clip7.avi is damaged$"):
    _with_beam(problem, tmp_path)
  assert made == list(range(22, 6, -1))
  monkeypatch.setattr(beam_generation, "_run", lambda job, runs: 1 / 0)
  with pytest.raises(UserError, match="DirectRunner failed: division by zero"):
    _with_beam(problem, tmp_path)


def test_without_the_package_one_line_says_what_to_install(
  monkeypatch, tmp_path
):
  monkeypatch.setattr(
    beam_generation.importlib.util, "find_spec", lambda name: None
  )
  with pytest.raises(UserError, match=r"pip install 't2t_af\[beam\]'"):
    _with_beam(counting.Counting(), tmp_path)


def test_a_problem_that_is_not_made_by_item_is_refused(by_hand, tmp_path):
  class Whole(counting.Counting):
    def generate_sequences(self, data_dir, tmp_dir, split):
      return super().generate_sequences(data_dir, tmp_dir, split)

  with pytest.raises(UserError, match="made item by item"):
    _with_beam(Whole(), tmp_path)


def test_with_beam_killed_and_started_again(tmp_path):
  """In a process that is killed at a sequence, and then in this one."""
  pytest.importorskip("apache_beam", reason="the extra [beam] is not installed")
  folder = tmp_path / "beam"
  child = os.fork()
  if not child:
    problem = counting.Counting()
    problem.on_sequence = lambda *at: at == ("train", 11) and os._exit(9)
    _with_beam(problem, folder)
    os._exit(0)
  assert os.WEXITSTATUS(os.waitpid(child, 0)[1]) == 9
  hidden = folder / ".video_counting-train.incomplete"
  assert list(hidden.glob("part-?????")) and not list(folder.glob("*.json"))
  made = _with_beam(counting.Counting(), folder)
  assert made == _plainly(counting.Counting(), tmp_path / "plain")
