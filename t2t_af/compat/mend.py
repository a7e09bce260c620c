"""What a mend is: one breakage, its cure, and when the cure can go."""

from typing import Any, Callable, NamedTuple


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


def wrap(owner: Any, name: str, wrapper: Callable[[Any], Any]) -> None:
  """Replaces `owner.name` by `wrapper` of it, once however often it is called.

  Args:
    owner: module or class.
    name: of a function in it.
    wrapper: from the stock function to the one that is to stand for it.
  """
  stock = getattr(owner, name)
  if not getattr(stock, "mended", False):
    wrapped = wrapper(stock)
    wrapped.mended = True
    setattr(owner, name, wrapped)


def run_all() -> None:
  """Runs every registered mend that has not run yet, in order."""
  for name, one in _MENDS.items():
    if name not in _APPLIED:
      one.run()
      _APPLIED.append(name)


def known() -> list[Mend]:
  """Every mend, in the order in which they are applied."""
  return list(_MENDS.values())


def applied() -> list[Mend]:
  """The mends that have run in this process, in order."""
  return [_MENDS[name] for name in _APPLIED]
