"""Mends are registered with their reasons, and applied once."""

import types

import pytest
from tensor2tensor.utils import contrib
from tensor2tensor.utils import devices
from tensor2tensor.utils import t2t_model

from t2t_af import compat
from t2t_af.compat import mend as mend_lib


@pytest.fixture(name="registry")
def _registry(monkeypatch):
  """An empty one."""
  monkeypatch.setattr(mend_lib, "_MENDS", {})
  monkeypatch.setattr(mend_lib, "_APPLIED", [])


def test_every_mend_is_applied_and_says_why():
  assert [m.name for m in compat.applied()] == [m.name for m in compat.known()]
  for one in compat.known():
    assert len(one.breaks) > 20 and len(one.until) > 5 and one.cure, one.name


def test_apply_is_idempotent():
  before = (
    t2t_model.T2TModel.call,
    contrib.framework,
    devices.data_parallelism,
  )
  compat.apply()
  assert before == (
    t2t_model.T2TModel.call,
    contrib.framework,
    devices.data_parallelism,
  )


def test_mends_run_once_and_in_order(registry):
  del registry
  ran = []

  @mend_lib.mend(breaks="b", until="c")
  def first():
    """Cures.

    More of it.
    """
    ran.append(1)

  @mend_lib.mend(breaks="b", until="c")
  def second():
    """Cures too."""
    ran.append(2)

  assert mend_lib.applied() == []
  mend_lib.run_all()
  mend_lib.run_all()
  assert ran == [1, 2]
  assert [one.name for one in mend_lib.applied()] == ["first", "second"]
  assert mend_lib.known()[0] == mend_lib.Mend(
    "first", "b", "c", "Cures.", first
  )
  assert mend_lib.known()[1].run is second


def test_a_mend_that_fails_is_not_counted_and_runs_again(registry):
  del registry
  errors = [ImportError("gone")]

  @mend_lib.mend(breaks="b", until="c")
  def fragile():
    """Cures."""
    if errors:
      raise errors.pop()

  with pytest.raises(ImportError):
    mend_lib.run_all()
  assert not mend_lib.applied()
  mend_lib.run_all()
  assert [one.name for one in mend_lib.applied()] == ["fragile"]


def test_two_mends_of_one_name_are_refused(registry):
  del registry

  def twice():
    """Cures."""

  mend_lib.mend(breaks="b", until="c")(twice)
  with pytest.raises(AssertionError, match="twice"):
    mend_lib.mend(breaks="b", until="c")(twice)


def test_a_function_is_wrapped_once():
  owner = types.SimpleNamespace(double=lambda x: 2 * x)
  for _ in range(2):
    mend_lib.wrap(owner, "double", lambda stock: lambda x: stock(x) + 1)
  assert owner.double(5) == 11
