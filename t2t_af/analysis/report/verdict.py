"""Which set won, and by how much, in sentences made from the records alone.

The words are fixed before any result is known: the same sentence serves
whichever set is lower, and each ends with what the number does not show.
"""

from typing import Optional

from t2t_af.analysis import formats
from t2t_af.analysis.results import trivial
from t2t_af.analysis.results.comparison import Comparison
from t2t_af.analysis.results.estimates import Difference


def sentences(comparison: Comparison) -> list[str]:
  """The winner; each set against the first; the winner against the next."""
  done = [s for s in comparison.sets if comparison.nll(s)]
  if not done:
    return [f"No set has a likelihood on the {comparison.split} split yet."]
  best = comparison.best_set()
  text = [_winner(comparison, best)] + _unbeaten(comparison, done)
  if len(done) < 2:
    return text + ["Nothing else has been evaluated, so nothing is compared."]
  first = comparison.sets[0]
  for name in done:
    if name != first and first in done:
      text.append(_against(comparison, name, first))
  others = sorted(
    (s for s in done if s != best), key=lambda s: comparison.nll(s).mean
  )
  if best and best != first and others[0] != first:
    text.append(_against(comparison, best, others[0]))
  conflicts = comparison.protocol_conflicts()
  if conflicts:
    text.append(
      "Not measured alike, so these differences do not compare "
      f"the models alone: {'; '.join(conflicts)}."
    )
  return text


def relation(difference: Difference) -> str:
  """ "lower", "higher" or "equal": the sign of `ours - theirs`."""
  if difference.mean == 0:
    return "equal"
  return "lower" if difference.mean < 0 else "higher"


def _winner(comparison: Comparison, best: Optional[str]) -> str:
  if best is None:
    reasons = formats.listing(comparison.differing())
    return (
      f"No set is called the lowest on the {comparison.split} split: they were "
      f"not scored alike, but differ in {reasons}."
    )
  estimate = comparison.nll(best)
  bound = "at most " if comparison.is_bound(best) else ""
  seeds = formats.plural(len(estimate.per_run), "seed")
  of_each = {
    tuple(other.per_run)
    for other in map(comparison.nll, comparison.sets)
    if other
  }
  unequal = (
    ""
    if len(of_each) == 1
    else " Not every set has a result for "
    "every seed; each mean is over the seeds that have one."
  )
  return (
    f"Lowest NLL on the {comparison.split} split: "
    f"{comparison.label(best)}, {bound}{formats.number(estimate.mean)} "
    f"{comparison.unit.name} (mean of {seeds}).{unequal}"
  )


def _unbeaten(comparison: Comparison, done: list[str]) -> list[str]:
  """A sentence for each set that some trivial model is as good as."""
  text = []
  for name in done:
    references = trivial.not_beaten(comparison, name)
    if references:
      which = formats.listing(
        [f'"{trivial.label(comparison, r)}"' for r in references]
      )
      value = "bound" if comparison.is_bound(name) else "NLL"
      text.append(
        f"{comparison.label(name)} does not beat the trivial model"
        f"{'s' * (len(references) > 1)} {which}: its {value} is not "
        "lower."
      )
  return text


def _against(comparison: Comparison, ours: str, theirs: str) -> str:
  """One set against another: size, standard errors, caveats."""
  difference = comparison.difference(ours, theirs)
  names = f"{comparison.label(ours)} and {comparison.label(theirs)}"
  if difference is None:
    reasons = comparison.why_not_compared(ours, theirs)
    if reasons:
      return (
        f"{names} were not scored alike, so they are not compared: they "
        f"differ in {formats.listing(reasons)}."
      )
    return f"{names} share no finished seed, so they are not compared."
  if relation(difference) == "equal":
    text = (
      f"{names} are equal to the last digit over "
      f"{formats.plural(len(difference.per_run), 'seed')}."
    )
  else:
    size = formats.with_error(abs(difference.mean), difference.stderr)
    text = (
      f"{comparison.label(ours)} is {relation(difference)} than "
      f"{comparison.label(theirs)} by {size} "
      f"{comparison.unit.name} over "
      f"{formats.plural(len(difference.per_run), 'seed')}"
      f"{_evidence(difference)}."
    )
  caveats = [
    _spread(difference),
    _bounds(comparison, ours, theirs, difference),
    _size(comparison, ours, theirs),
  ]
  return " ".join([text] + [c for c in caveats if c])


def _evidence(difference: Difference) -> str:
  """ " (3.0 standard errors; lower in 3 of 3 seeds)"."""
  parts = []
  if difference.stderr > 0:  # False for NaN.
    ratio = abs(difference.mean) / difference.stderr
    parts.append(f"{formats.number(ratio, 1)} standard errors")
  if len(difference.per_run) > 1:
    agreeing = sum(d * difference.mean > 0 for d in difference.per_run.values())
    parts.append(
      f"{relation(difference)} in {agreeing} of {len(difference.per_run)} seeds"
    )
  return f" ({'; '.join(parts)})" if parts else ""


def _spread(difference: Difference) -> str:
  """What the interval says, and what one seed cannot say."""
  if difference.interval is None:
    return "Without a standard error nothing says whether this is chance."
  low, high = difference.interval
  decimals = formats.digits_for(difference.stderr)
  interval = (
    f"{formats.signed(low, decimals)} to {formats.signed(high, decimals)}"
  )
  if len(difference.per_run) == 1:
    return (
      f"One seed only: the error is over {difference.basis}, and how "
      "much another seed would change it was not measured "
      f"(95 % interval {interval})."
    )
  clear = low > 0 or high < 0
  over = " over recordings" if difference.basis == "recordings" else ""
  return (
    f"The 95 % interval of the difference{over}, {interval}, "
    f"{'excludes' if clear else 'includes'} zero"
    f"{'.' if clear else f': these {difference.basis} do not settle it.'}"
  )


def _bounds(
  comparison: Comparison, ours: str, theirs: str, difference: Difference
) -> Optional[str]:
  """A bound that is higher proves nothing about the NLL itself."""
  bound = {s: comparison.is_bound(s) for s in (ours, theirs)}
  if not any(bound.values()):
    return None
  lower, higher = (ours, theirs) if difference.mean < 0 else (theirs, ours)
  which = formats.listing(
    [comparison.label(s) for s in (ours, theirs) if bound[s]]
  )
  if bound[higher]:
    return (
      f"The NLL of {which} is an upper bound, so the exact value of "
      f"{comparison.label(higher)} may be lower than shown."
    )
  return (
    f"The NLL of {which} is an upper bound and lower all the same, so "
    f"the exact value of {comparison.label(lower)} is lower too."
  )


def _size(comparison: Comparison, ours: str, theirs: str) -> Optional[str]:
  """Parameters, where they differ by more than one percent."""
  a, b = (comparison.from_run(s, "num_parameters") for s in (ours, theirs))
  if not a or not b or abs(a / b - 1) <= 0.01:
    return None
  return (
    f"{comparison.label(ours)} has {formats.significant(a / b)} times "
    f"the parameters of {comparison.label(theirs)}."
  )
