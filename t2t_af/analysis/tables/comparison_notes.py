"""What a comparison's table says under a set, in words."""

import math

from t2t_af.analysis import formats
from t2t_af.analysis.results import trivial
from t2t_af.analysis.results.comparison import Comparison
from t2t_af.records.recordings import MIN_RECORDINGS


def notes_on(comparison: Comparison, name: str) -> list[str]:
  """What is missing, not finite, early, or beaten by something trivial."""
  return [
    *_parts_of_bound(comparison, name),
    *_left_out(comparison, name),
    *_on_scores(comparison, name),
    *_unbeaten(comparison, name),
  ]


def _left_out(comparison: Comparison, name: str) -> list[str]:
  """Seeds that were not run, or not scored as the others."""
  notes = []
  finals = comparison.final(name)
  left_out = comparison.left_out(name)
  missing = [
    seed
    for seed in comparison.seeds
    if seed not in finals and seed not in left_out
  ]
  if missing:
    notes.append(
      "not run: "
      + ", ".join(
        f"seed {seed}{_progress(comparison, name, seed)}" for seed in missing
      )
    )
  notes += [
    f"seed {seed} is left out: not scored as the newest "
    f"was, but differs in {formats.listing(words)}"
    for seed, words in left_out.items()
  ]
  return notes


def _on_scores(comparison: Comparison, name: str) -> list[str]:
  """Not finite, of few recordings, early."""
  notes = []
  finals, steps = comparison.final(name), comparison.config.get("steps")
  diverged = comparison.diverged(name)
  if diverged:
    notes.append("not finite: " + ", ".join(f"seed {s}" for s in diverged))
  few = sorted(
    {
      count
      for r in finals.values()
      if (count := r.get("num_recordings", math.inf)) < MIN_RECORDINGS
    }
  )
  notes += [
    f"{formats.plural(count, 'recording')}: too few for an error over "
    "recordings"
    for count in few
  ]
  early = sorted(
    {
      r["step"]
      for r in finals.values()
      if steps and r.get("step") is not None and r["step"] != steps
    }
  )
  if early:
    notes.append(
      f"scored at step {formats.listing([str(s) for s in early])} of {steps}"
    )
  return notes


def _unbeaten(comparison: Comparison, name: str) -> list[str]:
  """By what trivial model, and in which metric."""
  notes = []
  unbeaten = trivial.not_beaten(comparison, name)
  if unbeaten:
    notes.append(
      "does not beat: "
      + ", ".join(trivial.label(comparison, n) for n in unbeaten)
    )
  notes += [
    f"{metric} is not better than that of repeating the last given "
    f"{comparison.unit.step}"
    for metric in trivial.worse_than_a_copy(comparison, name)
  ]
  return notes


def _parts_of_bound(comparison: Comparison, name: str) -> list[str]:
  """What a bound is the sum of; that of one sample alone is one."""
  if not comparison.is_bound(name):
    return []
  parts = []
  for field, words in (
    ("reconstruction_nats_per_dim", "reconstruction"),
    ("kl_nats_per_dim", "KL"),
  ):
    estimate = comparison.estimate(name, field)
    if estimate:
      value = estimate.mean * comparison.unit.scale
      parts.append(f"{words} {formats.number(value)}")
  text_ = "upper bound with 1 sample"
  return [f"{text_}: {' + '.join(parts)}" if parts else text_]


def _progress(comparison: Comparison, name: str, seed: int) -> str:
  training = comparison.runs[name, seed].records["training"]
  if not training:
    return ""
  return (
    f" (training, at step {training[-1].get('step')} of "
    f"{comparison.config.get('steps', '?')})"
  )
