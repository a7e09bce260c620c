"""Files of data with a wrong byte: nothing is read from them in silence."""

import json
import os

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from problems.core import shards
from t2t_af.bin import outcome
from t2t_af.errors import UserError
from tests.contracts import generation_contract
from tests.fixtures import counting
from tests.fixtures import walks

_NUM_FLIPS = 300


@pytest.fixture(name="made", params=[walks.Walks, counting.Counting])
def _made(request, tmp_path, monkeypatch):
  """(problem, folder) of a small series or video; may be changed."""
  monkeypatch.setattr(shards, "_found", {})  # of other tests
  problem = request.param()
  problem.generate_data(str(tmp_path), str(tmp_path))
  return problem, str(tmp_path)


def _flip(path, position, bit=0):
  with open(path, "r+b") as stream:
    stream.seek(position)
    byte = stream.read(1)[0]
    stream.seek(position)
    stream.write(bytes([byte ^ (1 << bit)]))
  # As if later: a file system's clock may tick only every few milliseconds.
  later = os.stat(path).st_mtime_ns + 10**9
  os.utime(path, ns=(later, later))


def _values(problem, folder):
  return list(problem.each_sequence(folder, "dev"))


def _same(found, expected):
  return [name for name, _ in found] == [name for name, _ in expected] and all(
    np.array_equal(a, b) for (_, a), (_, b) in zip(found, expected)
  )


def _silent(problem, folder):
  """How many random flips give other numbers, or an error of another kind."""
  [shard] = problem.split_files(folder, "dev")
  expected, wrong = _values(problem, folder), 0
  rng = np.random.default_rng(0)
  for position, bit in zip(
    rng.integers(shard.num_bytes, size=_NUM_FLIPS),
    rng.integers(8, size=_NUM_FLIPS),
  ):
    _flip(shard.path, position, bit)
    try:
      wrong += not _same(_values(type(problem)(), folder), expected)
    except UserError as error:
      wrong += not str(error).startswith(shard.path)
    _flip(shard.path, position, bit)
  return wrong


def test_no_flipped_bit_is_read_in_silence(made):
  assert not _silent(*made)


def test_damaged_record_is_named_with_what_to_do(made):
  problem, folder = made
  [shard] = problem.split_files(folder, "dev")
  _flip(shard.path, shard.last_record // 2)
  told = (
    rf"^{shard.path}: the record at byte \d+ is damaged: .*: delete "
    rf"{folder}/{problem.name}.manifest.json and make it with .t2t-datagen"
  )
  with pytest.raises(UserError, match=told):
    _values(problem, folder)


@pytest.mark.parametrize("where", ["first", "last"])
def test_damage_at_either_end_is_found_before_anything_is_read(made, where):
  problem, folder = made
  [shard] = problem.split_files(folder, "dev")
  _flip(shard.path, 20 if where == "first" else shard.num_bytes - 10)
  with pytest.raises(UserError, match="the record at byte .* is damaged"):
    problem.split_files(folder, "dev")
  problem.generate_data(folder, folder)  # and is made anew
  assert _values(problem, folder)


def test_damage_that_tensorflow_meets_is_one_line(made, capsys):
  problem, folder = made
  path = _damage_the_middle(problem, folder)
  hparams = generation_contract.make_hparams(folder, targets=3)
  code = outcome.exit_code_of(
    lambda: len(generation_contract.batches(problem, "eval", hparams))
  )
  assert code == 2
  err = capsys.readouterr().err.splitlines()[-1]
  assert err.startswith(f"error: {path}: the record at byte ")
  assert "t2t-datagen" in err


def test_damage_of_something_else_is_not_put_on_the_data(made):
  problem, folder = made
  problem.split_files(folder, "dev")

  def _checkpoint():
    raise tf.errors.DataLossError(None, None, "a checkpoint")

  with pytest.raises(tf.errors.DataLossError):
    outcome.exit_code_of(_checkpoint)


def _damage_the_middle(problem, folder):
  """One bit of a record that is neither first nor last."""
  [shard] = problem.split_files(folder, "dev")
  with open(shard.path, "rb") as stream:
    length = int.from_bytes(stream.read(8), "little")
  _flip(shard.path, length + 16 + 20)
  return shard.path


def test_verifying_finds_any_damage_and_the_file_that_was_swapped(made):
  problem, folder = made
  store = problem.store(folder)
  assert all(damage is None for _, damage in store.verify())
  path = _damage_the_middle(problem, folder)
  found = {shard.path: damage for shard, damage in store.verify() if damage}
  assert list(found) == [path] and "record at byte" in found[path]
  # Records that are whole, but others than were written.
  other = path.replace("-dev-", "-test-")
  _change_manifest(problem, folder, "test", {"sha256": "0" * 64})
  found = {shard.path: damage for shard, damage in store.verify() if damage}
  assert "not those that were written" in found[other]


def test_data_from_before_checksums_is_read_and_verified(made):
  problem, folder = made
  expected = _values(problem, folder)
  for split in ("train", "dev", "test"):
    _change_manifest(problem, folder, split, {"sha256": None})
    _change_manifest(problem, folder, split, {"last_record": None})
  assert _same(_values(type(problem)(), folder), expected)
  store = problem.store(folder)
  assert all(damage is None for _, damage in store.verify())
  path = _damage_the_middle(problem, folder)
  assert [s.path for s, damage in store.verify() if damage] == [path]


def _change_manifest(problem, folder, split, change):
  path = os.path.join(folder, f"{problem.name}.manifest.json")
  with open(path, encoding="utf-8") as stream:
    manifest = json.load(stream)
  for shard in manifest["splits"][split]["shards"]:
    shard.update(change)
  with open(path, "w", encoding="utf-8") as stream:
    json.dump(manifest, stream)
