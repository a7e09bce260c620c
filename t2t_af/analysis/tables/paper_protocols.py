"""What the numbers of a paper's table depend on, in sentences.

A place is (row, column of ours); a column of ours has problem, variant and
noise.
"""

import collections
from collections.abc import Mapping, Sequence
from typing import Optional

from t2t_af.analysis import formats
from t2t_af.analysis.formats import is_number
from t2t_af.analysis.results import paper_values
from t2t_af.analysis.results.folders import FOLDER
from t2t_af.analysis.results.rows import BOUND_OF
from t2t_af.analysis.results.selection import protocol_of
from t2t_af.analysis.results.selection import scoring_of

_UCI = tuple(paper_values.SERIES_COLUMNS.values())
_FOLDS = "five folds by recording"


def sentences(columns: Sequence, chosen: Mapping, paper) -> list[str]:
  """A sentence per column of ours: what its numbers depend on."""
  texts = []
  order = list(paper_values.LABELS)
  places = sorted(
    chosen,
    key=lambda place: (
      order.index(place[0].name) if place[0].name in order else len(order),
      place[0],
    ),
  )
  for column, key in columns:
    groups = {
      place[0].label: chosen[place] for place in places if place[1] == key
    }
    if groups:
      name = column.group
      if column.name != "ours" or key.problem in paper.columns.values():
        name += f", {column.name}"
      texts.append(f"{name}: {'; '.join(_protocol_parts(groups, paper))}.")
  return texts


def _protocol_parts(groups: dict, paper) -> list[str]:
  """groups: {row's label: records}; differences name their rows."""
  step = "step" if paper.unit == paper_values.NATS_PER_STEP else "frame"

  def part(words, value_of):
    return _once_or_by_row(groups, words, value_of)

  if paper.unit == paper_values.PARAMETERS:
    return [
      f"problem {_listed(groups, 'problem')}, trainable parameters",
      *part("with {}", lambda r: r.get("hparams")),
    ]
  return [
    f"problem {_listed(groups, 'problem')}, {paper.split} split",
    *part("{}", _split_protocol),
    *_data_parts(groups),
    *part("{} sequences", lambda r: r.get("num_sequences")),
    *part(f"{{}} {step}s given", lambda r: r.get("num_cond_steps")),
    *part("{} scored", lambda r: r.get("num_scored_steps")),
    *part(
      "{} of those given warm the model up",
      lambda r: r.get("num_warmup_steps") or None,
    ),
    *part("{} noise", _noise),
    *part(
      "noise of {} standard deviations added",
      lambda r: r.get("noise_std") or None,
    ),
    *part(
      "no predicted scale below {} standard deviations",
      lambda r: r.get("scale_floor") or None,
    ),
    *part("precision {}", lambda r: r.get("precision")),
    *part("weights begun from {}", lambda r: r.get("warm_start_from")),
    *part("{}", _steps),
    *part("seeds {}", lambda r: r.get("seed")),
    *part("with {}", lambda r: r.get("hparams")),
    *part("in raw units {} nats more", _raw_volume),
  ]


def _data_parts(groups: dict) -> list[str]:
  """Which data, where one problem's rows are not all of the same."""
  data_of = collections.defaultdict(set)
  for group in groups.values():
    for r in group:
      data_of[r["problem"]].add(r.get("data_fingerprint"))
  if all(len(found) == 1 for found in data_of.values()):
    return []
  return _once_or_by_row(
    groups, "data {}", lambda r: (r.get("data_fingerprint") or "unknown")[:8]
  )


def _split_protocol(record: dict) -> Optional[str]:
  """How recordings were split; of what was recorded before there was a choice,
  five folds."""
  before = _FOLDS if record["problem"].startswith(_UCI) else None
  return record.get("split_protocol", before)


def _noise(record: dict) -> Optional[str]:
  """Of video; nothing is added to series."""
  noise = record.get("dequantization")
  return None if noise == "none" else noise


def _raw_volume(record: dict) -> Optional[str]:
  """Of series: what standardising took from the density, nats per step."""
  raw, standardised = (
    record.get(f"nll_{kind}nats_per_step") for kind in ("raw_", "")
  )
  if not is_number(raw) or not is_number(standardised):
    return None
  return formats.signed(raw - standardised, 2)


def _listed(groups: dict, field: str) -> str:
  return formats.listing(
    sorted({str(r.get(field)) for group in groups.values() for r in group})
  )


def _once_or_by_row(groups: dict, words: str, value_of) -> list[str]:
  """["10 scored"], or ["3 given (1-AF, SLVM)", "6 given (2-AF)"]."""
  rows_of = collections.defaultdict(list)
  for label, group in groups.items():
    values = sorted(
      {str(value_of(r)) for r in group if value_of(r) not in (None, "")},
      key=lambda v: (len(v), v),
    )
    if values:
      rows_of[", ".join(values)].append(label)
  if len(rows_of) == 1 and len(next(iter(rows_of.values()))) == len(groups):
    return [words.format(*rows_of)]
  return [
    f"{words.format(value)} ({'; '.join(_without_bounds(labels))})"
    for value, labels in rows_of.items()
  ]


def _without_bounds(labels: Sequence[str]) -> list[str]:
  """A row's bound of more samples is named only where the row is not."""
  return [
    label
    for label in labels
    if label.split(BOUND_OF)[0] not in labels or BOUND_OF not in label
  ]


def _source(record: dict) -> tuple:
  """The run, and how it was scored; not at which of its steps."""
  run = (record.get(FOLDER), record["problem"], record.get("seed"))
  return (*run, scoring_of(record))


def left_out(pools: Mapping, chosen: Mapping) -> list[str]:
  """Which numbers have rivals of another protocol that are not shown."""
  texts = []
  for place, pool in pools.items():
    shown = set(map(_source, chosen[place]))
    rivals = {protocol_of(r) for r in pool if _source(r) not in shown}
    if rivals:
      (row, key), count = place, len(rivals)
      texts.append(
        f"{row.label} on {key.problem} ({key.variant}): "
        f"{formats.plural(count, 'other group')} of records not "
        "shown, of other data, overrides, training steps, seeds or steps "
        "scored."
      )
  return texts


def _steps(record: dict) -> str:
  chosen_of = record.get("chosen_of_steps")
  steps = formats.thousands(chosen_of or record.get("step"))
  return (
    f"scored after as many of {steps} training steps as were best on the "
    "dev split"
    if chosen_of
    else f"{steps} training steps"
  )
