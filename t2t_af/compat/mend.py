"""What a mend is: one breakage, its cure, and when the cure can go."""

from typing import Callable, NamedTuple


class Mend(NamedTuple):
  """One repair of a package that is no longer maintained.

  Attributes:
    name: short, unique.
    breaks: what fails without it.
    until: the condition under which it can be deleted.
    cure: what is done instead, one line.
    run: does it; safe to call twice.
  """

  name: str
  breaks: str
  until: str
  cure: str
  run: Callable[[], None]


# In the order in which they are applied; later ones may need earlier ones.
_MENDS: dict[str, Mend] = {}
_APPLIED: list[str] = []


def mend(breaks: str, until: str) -> Callable:
  """Decorator: registers a function as a mend; its docstring is the cure."""

  def register(run: Callable[[], None]) -> Callable[[], None]:
    name = run.__name__
    assert name not in _MENDS, f"two mends are named {name}"
    cure = run.__doc__.strip().split("\n")[0]
    _MENDS[name] = Mend(name, breaks, until, cure, run)
    return run

  return register


def run_all() -> None:
  """Runs every registered mend that has not run yet, in order."""
  for name, one in _MENDS.items():
    if name not in _APPLIED:
      one.run()
      _APPLIED.append(name)


def known() -> list[Mend]:
  return list(_MENDS.values())


def applied() -> list[Mend]:
  """The mends that have run in this process, in order."""
  return [_MENDS[name] for name in _APPLIED]
