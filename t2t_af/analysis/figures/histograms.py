"""Histograms of the NLL of each sequence, training and test (Fig. 8a, b)."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from t2t_af.analysis import formats
from t2t_af.analysis.charts import plots
from t2t_af.analysis.formats import is_number
from t2t_af.analysis.results import selection
from t2t_af.analysis.results.folders import Run
from t2t_af.analysis.results.units import unit_of

SPLITS = ("train", "test")
MAX_BINS = 24
_FIELD = "nll_nats_per_dim_per_sequence"


class Histogram(NamedTuple):
  """Share of sequences per bin; `edges` are one more than the shares."""

  edges: np.ndarray
  shares: dict  # {split: [bins]}
  means: dict  # {split: mean NLL}
  overlap: float  # of both, 0 to 1: the sum of the smaller shares


def newest_scores(run: Run) -> dict:
  """{split: record with NLLs of each sequence} of both splits, scored alike.

  {} where there are none, and of training on a part of the sequences.
  """
  if not run.uses_all_training_data:
    return {}
  return selection.of_both_splits(run.scores(*SPLITS), _FIELD)


def histogram(values: dict) -> Histogram:
  """Of {split: NLLs}, over bins that both splits share.

  Raises:
    ValueError: if a split has no finite value.
  """
  finite = {
    split: np.array([v for v in of_split if is_number(v)])
    for split, of_split in values.items()
  }
  for split, of_split in finite.items():
    if not of_split.size:
      raise ValueError(f"the {split} split has no finite NLL")
  smallest = min(v.size for v in finite.values())
  bins = int(np.clip(np.sqrt(smallest) * 1.5, 4, MAX_BINS))
  edges = np.histogram_bin_edges(np.concatenate(list(finite.values())), bins)
  shares = {
    split: np.histogram(v, edges)[0] / v.size for split, v in finite.items()
  }
  overlap = float(np.min(list(shares.values()), axis=0).sum())
  return Histogram(
    edges,
    shares,
    {split: float(v.mean()) for split, v in finite.items()},
    overlap,
  )


def panel(run: Run) -> plots.Panel:
  """Both splits of one run.

  Raises:
    ValueError: if the run has not both splits, scored alike.
  """
  scores = newest_scores(run)
  if not scores:
    raise ValueError(f"{run.folder} has no NLLs of both splits, scored alike")
  unit = unit_of(list(scores.values()))
  shown = histogram(
    {
      split: [v * unit.scale for v in scores[split][_FIELD] if is_number(v)]
      for split in SPLITS
    }
  )
  bound = any(r.get("bound") for r in scores.values())
  lines = [
    outline(shown.edges, shown.shares[split], color)
    for color, split in enumerate(SPLITS)
  ]
  legend = {
    color: f"{split}: mean {formats.BOUND * bound}"
    f"{formats.number(shown.means[split])} over "
    f"{formats.plural(len(scores[split][_FIELD]), 'sequence')}"
    for color, split in enumerate(SPLITS)
  }
  title = f"{run.label}: overlap {formats.number(shown.overlap, 2)}"
  what = "bound of NLL" if bound else "NLL"
  return plots.Panel(
    title,
    lines,
    f"{what}, {unit.name}",
    "share of sequences",
    legend,
    whole_x=False,
  )


def outline(
  edges: Sequence[float], shares: Sequence[float], color: int
) -> plots.Line:
  """A histogram as one line: up, along and down each bin."""
  x = np.repeat(np.asarray(edges, float), 2)
  y = np.concatenate([[0.0], np.repeat(np.asarray(shares, float), 2), [0.0]])
  return plots.Line(x.tolist(), y.tolist(), color)
