"""Which records belong together: of one protocol, of the newest runs.

Numbers are averaged over runs only where their records share a protocol: set,
overrides, steps given and scored, added noise, precision, training steps,
whether weights began as another run's; and, of one problem, what they were made
of: data, parameters, hparams that a run keeps.
"""

import collections
from collections.abc import Hashable, Iterable, Sequence
from typing import Callable, Optional

from t2t_af.analysis.formats import is_number
from t2t_af.analysis.results import paper_values
from t2t_af.analysis.results import rows
from t2t_af.records import records as records_lib

_SCORING = (
  "hparams_set",
  "num_cond_steps",
  "num_scored_steps",
  "num_warmup_steps",
  "noise_std",
  "scale_floor",
  "dequantization",
  "precision",
)
_MADE_OF = (
  *("trained_data_fingerprint", "num_parameters"),
  *("log_scale_clip", "flow_log_scale_bound"),
)
_SAMPLING = ("temperature", "num_samples", *records_lib.SAMPLED_OTHERWISE)
_OF_NOISE = ("dequantization", "noise_std", "precision")


def scoring_of(record: dict) -> tuple:
  """The protocol, whatever the training step."""
  return (
    *(record.get(field) or 0 for field in _SCORING),
    rows.changes(record.get("hparams")),
    rows.training(record.get("hparams")),
    # Of which other run the weights were is another one of each seed.
    bool(record.get("warm_start_from")),
    *(record.get(f) for f in _SAMPLING if record.get("kind") == "samples"),
  )


def protocol_of(record: dict) -> tuple:
  """What records must share to be averaged over runs."""
  return (*scoring_of(record), _steps(record))


def newest_group(records: Sequence[dict]) -> list[dict]:
  """Of the protocol of the newest record, the newest of each run.

  Of every problem those alone that were made as the newest of it.
  """
  protocol = protocol_of(newest(records))
  group = [r for r in records if protocol_of(r) == protocol]
  newest_of = {
    problem: newest([r for r in group if r.get("problem") == problem])
    for problem in {r.get("problem") for r in group}
  }
  group = [r for r in group if is_made_alike(r, newest_of[r.get("problem")])]
  return list(records_lib.newest(group, ("problem", "seed")).values())


def of_usual_noise(records: Sequence[dict]) -> list[dict]:
  """Those under the noise that most are under; of equally many, the first.

  Records of version 0.2 and before, which do not say their noise, are of any.
  """
  return _of_most(records, _noise)


def of_usual_steps(records: Sequence[dict]) -> list[dict]:
  """Those after the training steps that most are after; else of the first."""
  return _of_most(records, _steps)


def _of_most(
  records: Sequence[dict], kind_of: Callable[[dict], Hashable]
) -> list[dict]:
  known = [kind for kind in map(kind_of, records) if kind is not None]
  most = max(known, key=known.count, default=None)
  return [r for r in records if kind_of(r) in (None, most)]


def _noise(record: dict) -> Optional[tuple]:
  if "dequantization" not in record:
    return None
  return tuple(record.get(field) or 0 for field in _OF_NOISE)


def _steps(record: dict) -> Optional[int]:
  return record.get("chosen_of_steps") or record.get("step")


def of_both_splits(records: Iterable[dict], field: str) -> dict[str, dict]:
  """{"train": record, "test": record} at one step, scored alike.

  At the last step that has both; {} where none has.

  Args:
    records: of one run.
    field: that is a number in each, or a list with one.
  """
  by_scoring = collections.defaultdict(dict)
  for r in records:
    values = r.get(field)
    if any(map(is_number, values if isinstance(values, list) else [values])):
      by_scoring[r.get("step") or 0, scoring_of(r)][r["split"]] = r
  both = [
    place
    for place, found in by_scoring.items()
    if found.keys() == {"train", "test"}
  ]
  return by_scoring[max(both, key=lambda place: place[0])] if both else {}


def is_made_alike(a: dict, b: dict) -> bool:
  """Whether data and model of two records are the same, as far as they say."""
  return a.get("data_fingerprint") == b.get("data_fingerprint") and all(
    a.get(field) == b.get(field) or None in (a.get(field), b.get(field))
    for field in _MADE_OF
  )


def newest(records: Sequence[dict]) -> dict:
  """The one written last; the first of those written at one time."""
  return max(records, key=lambda record: record.get("time") or "")


def by_run(records: Iterable[dict]) -> dict[tuple, dict]:
  """{(split of the data set, seed): record}, as estimates take them."""
  return {
    (paper_values.without_split(r["problem"])[1], r.get("seed") or 0): r
    for r in records
  }


def most_evaluated_split(
  records: Iterable[dict], preferred: Optional[str] = None
) -> str:
  """The split that was evaluated at most steps: usually dev.

  Args:
    records: with split and step.
    preferred: among splits with as many steps, and without records.
  """
  steps = {}
  for record in records:
    steps.setdefault(record.get("split") or "", set()).add(record.get("step"))
  return max(
    steps,
    key=lambda split: (len(steps[split]), split == preferred),
    default=preferred or "",
  )
