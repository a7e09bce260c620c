"""Which hparams have an effect, declared beside the code that reads them.

An hparam that nothing reads is accepted by tensor2tensor, changes nothing and
is recorded as if it had. So models, optimizers and problems say what they
read, and under which conditions; what none of them says is refused.
"""

from collections.abc import Iterable
from typing import Callable, NamedTuple, Union

from t2t_af.annotations import HParams

VIDEO, SERIES = "video", "series"  # kinds of data


class Condition(NamedTuple):
  """Under which an hparam is read."""

  words: str  # e.g. "data_flow=affine_af"
  holds: Callable[[HParams, str], bool]  # of all hparams and the kind of data


class Rule(NamedTuple):
  """Names that are read where all conditions hold.

  Attributes:
    names: of hparams.
    conditions: all must hold.
    of_weights: whether a model's trained weights mean nothing under another
      value. Of the rest some steer training alone, others what is scored or
      sampled, and how.
  """

  names: tuple[str, ...]
  conditions: tuple[Condition, ...] = ()
  of_weights: bool = False


def equals(name: str, *values: Union[str, bool]) -> Condition:
  """That an hparam has one of these values."""
  return Condition(
    f"{name}={'|'.join(map(str, values))}",
    lambda hparams, kind: getattr(hparams, name, None) in values,
  )


def has_part(name: str, *parts: str) -> Condition:
  """That one of these is among the values that * joins in an hparam."""
  return Condition(
    f"{'|'.join(parts)} in {name}",
    lambda hparams, kind: any(
      part.strip() in parts for part in getattr(hparams, name, "").split("*")
    ),
  )


def data_is(wanted: str) -> Condition:
  """That the data are video, or series."""
  return Condition(f"{wanted} data", lambda hparams, kind: kind == wanted)


def names_read(
  rules: Iterable[Rule], hparams: HParams, kind: str
) -> frozenset[str]:
  """The hparams that have an effect, given all of them and VIDEO or SERIES."""
  return frozenset(
    name
    for rule in rules
    if all(condition.holds(hparams, kind) for condition in rule.conditions)
    for name in rule.names
  )


def names_of_weights(rules: Iterable[Rule]) -> frozenset[str]:
  """The hparams that a trained model's weights belong to."""
  return frozenset(
    name for rule in rules if rule.of_weights for name in rule.names
  )


def missing_conditions(
  rules: Iterable[Rule], name: str, hparams: HParams, kind: str
) -> list[str]:
  """What each rule with this name would need; [] where no rule has it."""
  return [
    " and ".join(c.words for c in rule.conditions if not c.holds(hparams, kind))
    for rule in rules
    if name in rule.names
  ]
