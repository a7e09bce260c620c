"""The record that says that an evaluation was made is its last one."""

from typing import NamedTuple

import numpy as np

from t2t_af.models import evaluation


class _Correlations(NamedTuple):
  """Of two signals."""

  def record_fields(self):
    return [{"signal": "x"}, {"signal": "y"}]


class _Killed(BaseException):
  """As if the process were gone."""


def test_killed_between_its_records_an_evaluation_is_not_taken_for_made(
  monkeypatch,
):
  written = []
  hook = evaluation.EvaluationRecordHook({}, {}, _Correlations(), None, {})
  hook._batches = [{"nll": np.zeros(1)}]

  def append(record):
    if len(written) == 2:
      raise _Killed
    written.append(record["kind"])

  monkeypatch.setattr(hook, "_append", append)
  monkeypatch.setattr(hook, "_identity", lambda *_: {})
  for module, name in (
    (evaluation.likelihood_record, "fields"),
    (evaluation.records, "likelihood"),
    (evaluation.records, "correlation"),
  ):
    kind = {"kind": name}
    monkeypatch.setattr(module, name, lambda *_, _kind=kind, **__: _kind)
  try:
    hook.end(None)
  except _Killed:
    pass
  assert written == ["correlation", "correlation"]
