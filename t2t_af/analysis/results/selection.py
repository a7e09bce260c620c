"""Which records belong together: of one protocol, of the newest runs.

Numbers are averaged over runs only where their records share a protocol: set,
overrides, steps given and scored, added noise, precision, training steps,
whether weights began as another run's; and, of one problem, the data itself.
"""

from collections.abc import Iterable, Sequence
from typing import Optional

from t2t_af.analysis.results import paper_values
from t2t_af.records import records as records_lib

_SCORING = (
  "hparams_set",
  "hparams",
  "num_cond_steps",
  "num_scored_steps",
  "num_warmup_steps",
  "noise_std",
  "scale_floor",
  "dequantization",
  "precision",
)
_OF_NOISE = ("dequantization", "noise_std", "precision")


def scoring_of(record: dict) -> tuple:
  """The protocol, whatever the training step."""
  return (
    *(record.get(field) or 0 for field in _SCORING),
    # Of which other run the weights were is another one of each seed.
    bool(record.get("warm_start_from")),
  )


def protocol_of(record: dict) -> tuple:
  """What records must share to be averaged over runs."""
  return (
    *scoring_of(record),
    record.get("chosen_of_steps") or record.get("step"),
  )


def newest_group(records: Sequence[dict]) -> list[dict]:
  """Of the protocol of the newest record, the newest of each run.

  Of every problem those alone that were scored on the data that the newest of
  it was scored on.
  """
  protocol = protocol_of(newest(records))
  group = [r for r in records if protocol_of(r) == protocol]
  newest_of = {
    problem: newest([r for r in group if r.get("problem") == problem])
    for problem in {r.get("problem") for r in group}
  }
  group = [r for r in group if same_data(r, newest_of[r.get("problem")])]
  return list(records_lib.newest(group, ("problem", "seed")).values())


def of_usual_noise(records: Sequence[dict]) -> list[dict]:
  """Those of one run under the noise that it was mostly evaluated under.

  Of kinds with as many records, the first. What does not say its noise stays:
  records of version 0.2 and before.
  """
  kinds = [_noise(r) for r in records if _says_noise(r)]
  usual = max(kinds, key=kinds.count, default=None)
  return [r for r in records if not _says_noise(r) or _noise(r) == usual]


def _says_noise(record: dict) -> bool:
  return "dequantization" in record


def _noise(record: dict) -> tuple:
  return tuple(record.get(field) or 0 for field in _OF_NOISE)


def same_data(a: dict, b: dict) -> bool:
  """Whether two records are of the same data set, as far as they say."""
  return a.get("data_fingerprint") == b.get("data_fingerprint")


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
