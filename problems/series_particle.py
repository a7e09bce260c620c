"""The particle with momentum of Appendix C: series whose density is known."""

import math
from typing import Optional

import numpy as np
from tensor2tensor.utils import registry

from problems.core import drawn_sequences
from problems.core import series_problem
from problems.core import series_statistics
from t2t_af import particle


def make_motion(
  split: str, index: int, num_steps: int, num_dims: int, sigma: float
) -> particle.Motion:
  """Motion number `index` of a split; each has another seed."""
  rng = np.random.default_rng(drawn_sequences.seed(split, index))
  return particle.simulate(rng, num_steps, num_dims, sigma)


@registry.register_problem
class SeriesParticle(
  drawn_sequences.DrawnSequences, series_problem.SeriesProblem
):
  """Positions in the plane, 24 steps; 2000 / 200 / 200 sequences.

  Given two steps before it, a position is Gaussian (Eq. 29),

      p(x[t] | x[t-1], x[t-2]) = N(x[t]; 2 x[t-1] - x[t-2], sigma^2 I),

  so no model that sees at least two steps back can have a lower expected
  negative log-likelihood than `optimal_nll_nats_per_step`, and that of Eq. 29
  has it. Two differences turn x into w: a stack of two affine flows, or
  Delta x and one, has this density as a special case.

  The variance of x[t] grows as t^3 / 3. So sequences are short and all start
  in the origin, else standardising would leave no more of sigma than of a
  rounding error: here it becomes about 0.03.
  """

  num_dims = 2
  sigma = 1.0
  num_features = num_dims
  feature_names = ("x0", "x1")
  steps_per_sequence = 24

  def draw_sequence(self, split: str, index: int) -> np.ndarray:
    """Positions, float64 [time, 2]."""
    return self.make_motion(split, index).x

  def make_motion(self, split: str, index: int) -> particle.Motion:
    """What sequence number `index` of a split shows, with its u and w."""
    return make_motion(
      split, index, self.steps_per_sequence, self.num_dims, self.sigma
    )

  def optimal_nll_nats_per_step(
    self, statistics: Optional[series_statistics.SeriesStatistics] = None
  ) -> float:
    """The entropy of w: the least expected NLL of a step, given two before it.

    0.5 dims log(2 pi e sigma^2) in raw units; in standardised ones less
    log_volume = sum log std.

    Args:
      statistics: those of the standardisation (`self.statistics(data_dir)`);
        None for raw units.
    """
    raw = 0.5 * self.num_dims * math.log(2 * math.pi * math.e * self.sigma**2)
    return raw - (statistics.log_volume if statistics else 0.0)
