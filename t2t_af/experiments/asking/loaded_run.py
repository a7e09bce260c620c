"""`t2t_af.load(folder)`: a trained run in Python, on arrays and frames."""

from collections.abc import Sequence
from typing import Any, NamedTuple, Optional
import warnings

import numpy as np

from t2t_af import errors
from t2t_af.compat import graphs
from t2t_af.experiments.asking import asked_run
from t2t_af.experiments.asking import checked
from t2t_af.experiments.asking import columns
from t2t_af.experiments.asking import sampler as sampler_lib
from t2t_af.experiments.asking import scorer as scorer_lib
from t2t_af.experiments.asking import tails
from t2t_af.experiments.asking import units as units_lib
from t2t_af.experiments.asking import whole_flow

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


class Scores(NamedTuple):
  """Of each step of a sequence [time]; NaN where a step has none.

  Attributes:
    nll_nats: negative log-likelihood of the step given those before it, summed
      over its numbers: of series the density of the standardised numbers, of
      video that of the 8-bit levels with noise added, as in an evaluation: in
      the mean of the noise an upper bound of -log P(levels), a loose one where
      scales are narrower than a level. An upper bound of an SLVM.
    nll_raw_nats: the same in raw units; of video equal to nll_nats.
    nll_bits_per_dim: nll_nats / (numbers of a step * log 2).
    p_value: the tail probability (`tails`); all NaN where none was asked for.
  """

  nll_nats: np.ndarray
  nll_raw_nats: np.ndarray
  nll_bits_per_dim: np.ndarray
  p_value: np.ndarray


class LoadedRun:
  """The weights of a trained run, and what they say of sequences.

  A sequence is, of a series, [time, features] in raw units, an array or a
  pandas frame whose columns are found by name; of video uint8 [time, height,
  width, channels]. A frame in gives a frame out, with the same index. Series
  are standardised by the run's own statistics, whatever data they are from.

  All graphs and sessions are its own, and the process is as it was after every
  call, in eager mode where it was. `close`, or `with t2t_af.load(folder) as
  run`, gives the memory back.

  Args:
    output_dir: of t2t-trainer, or `<set>/seed_<n>` of t2t-af compare; or the
      name of a model that comes along (`t2t_af.records.named_models`).
    data_dir: of the data it was trained on; needed for `threshold`, and where
      only the data knows the size of frames.
    hparams: other than the run's, "name=value,...": temperature of samples,
      num_importance_samples of an SLVM's bound.
    checkpoint: path of another one than the best on the dev split, or else the
      newest.

  Attributes:
    run: what is known of it: step, checkpoint, hparams, problem.
    names: of the features of a series.

  Raises:
    UserError: (all methods) says in a sentence what does not fit.
  """

  def __init__(
    self,
    output_dir: str,
    data_dir: Optional[str] = None,
    hparams: str = "",
    checkpoint: Optional[str] = None,
  ) -> None:
    self.run = asked_run.AskedRun(output_dir, data_dir, hparams, checkpoint)
    self._units = units_lib.Units(self.run)
    self._scorer = scorer_lib.Scorer(self.run)
    self._whole_flow: Optional[whole_flow.WholeFlow] = None
    self.names = list(self._units.names)

  @property
  @graphs.graph_mode()
  def num_bound_samples(self) -> int:
    """Samples of the bound that an NLL is; 0: it is exact."""
    return self._scorer.num_bound_samples

  def check(self, x: Any, name: str = "x") -> None:
    """Raises UserError where a sequence is none that the run takes."""
    self._units.steps(x, name)

  @graphs.graph_mode()
  def score(
    self,
    x: Any,
    name: str = "x",
    num_samples: int = 0,
    seed: int = 0,
    show_progress: bool = False,
  ) -> Scores:
    """The likelihood of every step of a sequence.

    Args:
      x: a sequence, at least as long as a window of the run.
      name: what the noise follows from that is added to the data (`Scorer`);
        and what it is called in errors.
      num_samples: futures of each window, for p_value; 0: none.
      seed: of these.
      show_progress: whether a bar is drawn where it takes long.
    """
    checked.whole("num_samples", num_samples, 0)
    run, steps = self.run, self._units.steps(x, name)
    nll = self._scorer.sequence(name, steps)
    p_value = np.full(len(steps), np.nan)
    if num_samples:
      p_value = tails.of_sequence(
        run, self._scorer, name, steps, nll, num_samples, seed, show_progress
      )
    nats = nll * run.dims
    return Scores(
      nats, nats + self._units.log_volume, nll / np.log(2.0), p_value
    )

  def log_prob(self, x: Any, name: str = "x") -> Any:
    """log p(x_t | steps before) of every step, nats in raw units, [time].

    Of series the density of the raw numbers, of video that of the levels with
    noise added (`Scores`); of an SLVM a lower bound. NaN at the first steps,
    which are conditioned on alone. Arguments as of `score`.
    """
    values = -self.score(x, name).nll_raw_nats
    if columns.is_frame(x):
      return columns.like_column(x, values, "log_prob")
    return values

  @graphs.graph_mode()
  def threshold(self, rate: float = 0.01) -> float:
    """nll_nats above which `rate` of the steps of the dev split are."""
    (rate,) = checked.shares("rate", [rate])
    nll = tails.threshold(self.run, self._scorer, rate)
    return nll * self.run.dims

  @graphs.graph_mode()
  def transform(self, x: Any) -> whole_flow.Transformed:
    """Noise, shift and log-scale of a sequence: raw = shift + exp(log_scale) y.

    y has no unit; shift and log_scale are in raw units (of video levels). The
    first steps (`num_unscored_steps`) are left as they are, standardised, by
    some of the transforms or by all.
    All three are as x: arrays, or frames.
    """
    made = self._flow().transform(self._units.steps(x))
    made = whole_flow.Transformed(
      made.y,
      self._units.raw_shift(made.shift),
      self._units.raw_log_scale(made.log_scale),
    )
    if not columns.is_frame(x):
      return made
    return whole_flow.Transformed(
      *(columns.like_frame(x, values, self.names) for values in made)
    )

  @graphs.graph_mode()
  def inverse(self, y: Any) -> Any:
    """The sequence, in raw units or levels, whose noise is y [time, ...]."""
    noise = (
      columns.of_frame(y, self.names)
      if columns.is_frame(y)
      else np.asarray(y, np.float32)
    )
    shape = tuple(self.run.step_shape)
    if not np.isfinite(noise).all():
      raise errors.UserError("y: there are numbers in it that are not finite")
    if noise.shape[1:] != shape:
      raise errors.UserError(
        f"y: its shape is {list(noise.shape)}; the run takes "
        f"{['steps', *shape]}"
      )
    x = self._units.from_x(self._flow().inverse(noise))
    return columns.like_frame(y, x, self.names) if columns.is_frame(y) else x

  @graphs.graph_mode()
  def num_unscored_steps(self) -> int:
    """First steps that some transforms leave as they are: no noise yet."""
    return self._flow().num_unscored

  @graphs.graph_mode()
  def digest(self) -> str:
    """Which flow it is: a SHA-256 of its weights and what they mean."""
    return self._flow().digest()

  @graphs.graph_mode()
  def sample(
    self,
    context: Any,
    num_samples: int = 1,
    steps: Optional[int] = None,
    seed: Optional[int] = 0,
    name: str = "the context",
  ) -> np.ndarray:
    """Futures [num_samples, steps, ...] of the end of a sequence.

    Args:
      context: a sequence, at least as long as what the run conditions on.
      num_samples: futures.
      steps: of each; None or 0: as many as the run was trained on.
      seed: of the draws; None: others each time.
      name: of the context, for errors.

    Returns:
      float64 in raw units, or uint8 frames.
    """
    run, given = self.run, self._units.steps(context, name)
    checked.whole("num_samples", num_samples, 1)
    steps = checked.whole("steps", steps or 0, 0) or run.num_targets
    if len(given) < run.num_inputs:
      raise errors.UserError(
        f"{name} has {len(given)} steps; {run.called} conditions on "
        f"{run.num_inputs}"
      )
    sampler = sampler_lib.Sampler(run, steps, num_samples, seed)
    return self._units.raw(sampler.futures(given[np.newaxis])[0])

  def forecast(
    self,
    x: Any,
    steps: Optional[int] = None,
    num_samples: int = 100,
    quantiles: Sequence[float] = QUANTILES,
    seed: Optional[int] = 0,
  ) -> Any:
    """Quantiles of what follows a series, in raw units.

    Args:
      x, steps, num_samples, seed: as of `sample`.
      quantiles: between 0 and 1.

    Returns:
      [quantiles, steps, features]; of a frame a frame with a row for each step,
      from 1, and a column "<name>_q<percent>" for each feature and quantile.
    """
    if not self.names:
      raise errors.UserError("forecast is of series; sample gives frames")
    quantiles = checked.shares("quantiles", quantiles)
    made = to_quantiles(self.sample(x, num_samples, steps, seed), quantiles)
    if not columns.is_frame(x):
      return made
    labels = [f"{n}_q{100 * q:g}" for n in self.names for q in quantiles]
    table = made.transpose(1, 2, 0).reshape([made.shape[1], -1])
    return type(x)(table, index=range(1, len(table) + 1), columns=labels)

  def describe(self) -> str:
    """Which checkpoint answers, in whose units: a line."""
    return self.run.describe()

  def close(self) -> None:
    """Gives the memory back."""
    self.run.close()

  def __enter__(self) -> "LoadedRun":
    return self

  def __exit__(self, *_: Any) -> None:
    self.close()

  def _flow(self) -> whole_flow.WholeFlow:
    if self._whole_flow is None:
      self._whole_flow = whole_flow.WholeFlow(self.run)
    return self._whole_flow


def to_quantiles(samples: np.ndarray, quantiles: Sequence[float]) -> np.ndarray:
  """[quantiles, ...] of samples [N, ...]; those that are not finite aside."""
  finite = np.where(np.isfinite(samples), samples, np.nan)
  with warnings.catch_warnings():  # Where none is finite.
    warnings.simplefilter("ignore", RuntimeWarning)
    return np.nanquantile(finite, quantiles, axis=0)
