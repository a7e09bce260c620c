"""Which data a run was trained on, and which it meets now.

run.json keeps, from a run's first step on:

  data_fingerprint   of the data it was trained on (`Store.fingerprint`)
  data_statistics    of a series: what its numbers were standardised by
  data_dir           where that data was when it was last trained on
  other_data         fingerprints of other data it was trained on since

A run stays one of its data: training goes on with other data only where that
was allowed, and then in the first data's units.
"""

import os
from typing import Any, Optional

from t2t_af import errors
from t2t_af.annotations import HParams
from t2t_af.records import run_folder

_FINGERPRINT = run_folder.DATA_FINGERPRINT
_STATISTICS = "data_statistics"
DATA_DIR = "data_dir"
_OTHER, _ALLOWED = "other_data", "allow_other_data"


def fingerprint(hparams: HParams) -> Optional[str]:
  """Of the data in hparams.data_dir; None of a problem that is not ours."""
  if not hasattr(hparams.problem, "data_fingerprint"):
    return None
  return hparams.problem.data_fingerprint(hparams.data_dir)


def is_known(output_dir: str) -> bool:
  """Whether the run says what it was trained on."""
  return bool(run_folder.read(output_dir).get(_FINGERPRINT))


def check(output_dir: str, data: Optional[str], data_dir: str) -> None:
  """Raises UserError where a run would go on with other data.

  Args:
    output_dir: of the run, which may not be there yet.
    data: fingerprint of the data in data_dir.
    data_dir: its folder.
  """
  known = run_folder.read(output_dir)
  mine = known.get(_FINGERPRINT)
  if mine in (None, data) or known.get(_ALLOWED):
    return
  raise errors.UserError(
    f"{output_dir} was trained on other data than is in {data_dir} (its "
    f"fingerprint is {_short(mine)}, not {_short(data)}). Give the data it was "
    "trained on or another --output_dir; --allow_other_data goes on with this."
  )


def allow(output_dir: str) -> None:
  """Lets the run go on with other data."""
  run_folder.update(output_dir, **{_ALLOWED: True})


def of_training(hparams: HParams) -> dict[str, Any]:
  """What run.json is to keep of the data that a training is about to see.

  Raises:
    UserError: it is other data than the run's, and that was not allowed.
  """
  data = fingerprint(hparams)
  if data is None:
    return {}
  check(hparams.model_dir, data, hparams.data_dir)
  known = run_folder.read(hparams.model_dir)
  place = {DATA_DIR: os.path.abspath(hparams.data_dir)}
  if _FINGERPRINT not in known:
    fields: dict[str, Any] = {_FINGERPRINT: data, **place}
    if hasattr(hparams.problem, "statistics"):
      statistics = hparams.problem.statistics(hparams.data_dir)
      fields[_STATISTICS] = statistics.to_json()
    return fields
  if data == known[_FINGERPRINT]:
    return place
  others = known.get(_OTHER, [])
  if data in others:
    return {}
  return {_OTHER: [*others, data]}


def described(trained_on: Optional[str], data: Optional[str]) -> str:
  """For the line of an evaluation: "" where it is the run's own data."""
  if trained_on in (None, data):
    return ""
  return f", OTHER data ({_short(data)}) than it was trained on"


def _short(digest: Optional[str]) -> str:
  return (digest or "none")[:12]
