"""Numbers of every model are those that were written down.

No proof that they are right, which other tests give; but a change anywhere
between hparams and NLL is seen here, and is one on purpose or a fault.
"""

import itertools
import json

import numpy as np
import pytest
from tensor2tensor.utils import registry

from tests.models import golden

CASES = golden.cases()


def _assert_as_written(name, found):
  expected = golden.read()[name]
  assert set(found) == set(expected)
  for field, value in expected.items():
    np.testing.assert_allclose(
      found[field], value, rtol=golden.RTOL, err_msg=field
    )


@pytest.mark.parametrize("name", CASES)
def test_nll_is_what_it_was(name):
  _assert_as_written(name, golden.compute(CASES[name]))


def test_every_case_is_written_down_and_every_model_has_one():
  assert set(golden.read()) == set(CASES)
  ours = {
    name
    for name, cls in registry.Registries.models._registry.items()
    if cls.__module__.startswith("t2t_af.models")
  }
  assert ours == {case.model for case in CASES.values()}


def test_cases_differ():
  """Or an hparam that makes a case what it is has no effect."""
  found = {n: v[f"{golden.NLL}_per_step"] for n, v in golden.read().items()}
  for a, b in itertools.combinations(found, 2):
    if len(found[a]) == len(found[b]):
      change = np.abs(np.divide(found[a], found[b]) - 1.0).max()
      assert change > 10 * golden.RTOL, (a, b)


def test_a_number_that_moved_is_told(tmp_path, monkeypatch):
  name = "af1_series"
  monkeypatch.setattr(golden, "cases", lambda: {name: CASES[name]})
  monkeypatch.setattr(golden, "PATH", tmp_path / "expected" / "golden.json")
  (told,) = golden.write()
  assert told.startswith(f"{name}: None -> ")
  assert golden.write() == []
  moved = golden.read()
  moved[name][golden.NLL] += 1e-3
  golden.PATH.write_text(json.dumps(moved), encoding="utf-8")
  with pytest.raises(AssertionError, match="nll_nats_per_dim"):
    _assert_as_written(name, golden.compute(CASES[name]))
  (told,) = golden.write()
  assert told.startswith(name) and "None" not in told
