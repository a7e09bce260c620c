"""Models that are compared see the same noise on the same windows."""

import types

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from t2t_af import windows
from t2t_af.bijectors import stack
from t2t_af.models import likelihood_record
from t2t_af.models import noise
from t2t_af.models import signals
from t2t_af.models import slvm
from t2t_af.models import video_flow_core
from t2t_af.records import recordings
from tests import weights
from tests.models import small
from tests.models import tiny

NLL, OF_DRAWS = likelihood_record.NLL, likelihood_record.NLL_OF_DRAWS
SCORED = 10
ROWS = ("af1", "af2", "slvm", "slvm_dx", "slvm_af1")
COLUMNS = {"tiny": small.VIDEO, "series_tiny": small.SERIES}
STD = 0.05  # of the noise of series
# Three windows; the last two are of one sequence.
ORIGINS = (("walk/0", 4), ("run/0", 0), ("run/0", 10))


def _hparams(row, column, **overrides):
  if column == "series_tiny":
    overrides["series_noise"] = STD
  return small.hparams(f"{row}_{column}", **overrides)


def _model(row):
  return "slvm" if row.startswith("slvm") else "autoregressive_flow"


def _steps(hparams, step_shape, num_windows=len(ORIGINS)):
  num_steps = hparams.video_num_input_frames + hparams.video_num_target_frames
  every = [
    small.sequences(step_shape, num_steps, seed)
    for seed in range(num_windows // small.BATCH + 1)
  ]
  return np.concatenate(every)[:num_windows]


class _Evaluation:
  """A model's graph of a batch of any size, and what it draws in there.

  Attributes:
    x: what the flow, or VideoFlow's core, is given.
    eps: the posterior's, [batch, steps, latent_size]; of an SLVM.
  """

  def __init__(self, monkeypatch, name, hparams, step_shape):
    self.hparams, self.x, self.eps = hparams, None, None
    self._catch(monkeypatch)
    num_inputs = hparams.video_num_input_frames
    num_steps = num_inputs + hparams.video_num_target_frames
    self._steps = tf.placeholder(tf.float32, [None, num_steps, *step_shape])
    self._ids = tf.placeholder(tf.string, [None])
    self._starts = tf.placeholder(tf.int32, [None])
    self.features = {
      "inputs": self._steps[:, :num_inputs],
      "targets": self._steps[:, num_inputs:],
      windows.SEQUENCE_ID: self._ids,
      windows.START: self._starts,
    }
    with tf.variable_scope("model", reuse=tf.AUTO_REUSE):
      self.model = small.model(name, hparams, "eval")
      self.outputs, _ = self.model.body(self.features)

  def run(self, session, fetches, steps, origins=ORIGINS):
    return session.run(
      fetches,
      {
        self._steps: steps,
        self._ids: [name for name, _ in origins],
        self._starts: [start for _, start in origins],
      },
    )

  def of_draw(self, number):
    """Scores of one draw alone."""
    keys = noise.window_keys(self.features)
    with tf.variable_scope("model", reuse=tf.AUTO_REUSE):
      return self.model.score(self._steps, noise.WindowNoise(keys, number))

  def _catch(self, monkeypatch):
    def first(name, value):
      if getattr(self, name) is None:  # A later one is in a loop over draws.
        setattr(self, name, value)

    inverses = stack.Stack.inverses
    score = video_flow_core.VideoFlowCore.score
    noise_fn = slvm.Slvm._noise_fn

    def caught_inverses(flow, x, *args):
      first("x", x)
      return inverses(flow, x, *args)

    def caught_score(core, x):
      first("x", x)
      return score(core, x)

    def caught_noise_fn(model, source):
      draw = noise_fn(model, source)

      def caught(*arguments):
        eps = draw(*arguments)
        first("eps", tf.transpose(eps, [1, 0, 2]))
        return eps

      return caught

    monkeypatch.setattr(stack.Stack, "inverses", caught_inverses)
    monkeypatch.setattr(video_flow_core.VideoFlowCore, "score", caught_score)
    monkeypatch.setattr(slvm.Slvm, "_noise_fn", caught_noise_fn)


def _drawn(name, hparams, step_shape, steps, orders):
  """({x, eps} of the scored steps) for each order of the windows."""
  found = []
  with (
    pytest.MonkeyPatch.context() as patch,
    tf.Graph().as_default(),
    tf.Session() as session,
  ):
    tf.set_random_seed(len(found))
    made = _Evaluation(patch, name, hparams, step_shape)
    weights.randomize(session)
    fetches = {"x": made.x}
    if made.eps is not None:
      fetches["eps"] = made.eps
    for order in orders:
      values = made.run(
        session, fetches, steps[order], [ORIGINS[i] for i in order]
      )
      found.append({key: v[:, -SCORED:] for key, v in values.items()})
  return found


# All at once; in another order; two; one; one twice.
ORDERS = ([0, 1, 2], [2, 0, 1], [1, 2], [2], [1, 1])


def _assert_follows_from_windows(found):
  """The same of a window, whatever the batch; other of other windows."""
  every = found[0]
  for name, values in every.items():
    for order, part in zip(ORDERS[1:], found[1:]):
      np.testing.assert_array_equal(part[name], values[order])
    assert (values[1] != values[2]).any()


@pytest.mark.parametrize("column", COLUMNS)
def test_all_models_of_data_space_score_the_same_noisy_steps(column):
  step_shape = COLUMNS[column]
  of_row = {}
  for row in ROWS:
    hparams = _hparams(row, column)
    steps = _steps(hparams, step_shape)
    found = _drawn(_model(row), hparams, step_shape, steps, ORDERS)
    _assert_follows_from_windows(found)
    of_row[row] = found[0]
  v = steps[:, -SCORED:]
  if column == "tiny":
    added = of_row["af1"]["x"] * 256.0 - np.round(v * 255.0)
    assert added.min() >= 0.0 and added.max() <= 1.0
    np.testing.assert_allclose(added.mean(), 0.5, atol=0.02)  # 1 / sqrt(12 N)
  else:
    added = (of_row["af1"]["x"] - v) / STD
    np.testing.assert_allclose(added.std(), 1.0, atol=0.2)  # 1 / sqrt(2 N)
  for row in ROWS[1:]:
    np.testing.assert_array_equal(of_row[row]["x"], of_row["af1"]["x"])
  for row in ("slvm_dx", "slvm_af1"):
    np.testing.assert_array_equal(of_row[row]["eps"], of_row["slvm"]["eps"])


def test_both_video_flows_score_the_same_noisy_frames():
  found = []
  for dynamics in ("skip", "affine_af"):
    hparams = tiny.hparams(
      latent_dynamics=dynamics, video_num_target_frames=SCORED
    )
    steps = _steps(hparams, tiny.FRAME_SHAPE)
    found.append(_drawn("video_flow", hparams, tiny.FRAME_SHAPE, steps, ORDERS))
    _assert_follows_from_windows(found[-1])
  x = found[0][0]["x"]
  np.testing.assert_array_equal(x, found[1][0]["x"])
  added = (x + 0.5 - steps[:, -SCORED:]) * 256.0
  np.testing.assert_allclose([added.min(), added.max()], [0, 1], atol=1e-2)


def _largest_correlation():
  """Of any number of the posterior's epsilon with any of the data's noise."""
  num_windows = 600
  hparams = _hparams("slvm", "series_tiny")
  with (
    pytest.MonkeyPatch.context() as patch,
    tf.Graph().as_default(),
    tf.Session() as session,
  ):
    made = _Evaluation(patch, "slvm", hparams, small.SERIES)
    steps = np.zeros_like(_steps(hparams, small.SERIES, num_windows))
    x, eps = made.run(
      session, [made.x, made.eps], steps, [("walk", i) for i in range(600)]
    )
  x, eps = x.reshape([num_windows, -1]), eps.reshape([num_windows, -1])
  return np.abs(np.corrcoef(x, eps, rowvar=False)[: x.shape[1], x.shape[1] :])


def test_the_posteriors_noise_is_not_that_of_the_data(monkeypatch):
  """65 x 39 pairs, of which none is 5 standard errors from zero."""
  limit = 5.0 / np.sqrt(600)
  assert _largest_correlation().max() < limit
  monkeypatch.setattr(noise, "POSTERIOR", noise.DATA)  # the mutant
  assert _largest_correlation().max() > 0.99


CASES = {
  "af1_series": ("af1", "series_tiny", {}),
  "slvm_af1_video": ("slvm_af1", "tiny", {}),
  "slvm_importance": ("slvm", "series_tiny", dict(num_importance_samples=3)),
  "video_flow": ("video_flow", None, dict(latent_dynamics="affine_af")),
}


def _case(row, column, overrides):
  """(model, hparams, step shape) with three draws of noise."""
  overrides = dict(overrides, eval_noise_draws=3)
  if row == "video_flow":
    return row, tiny.hparams(**overrides), tiny.FRAME_SHAPE
  hparams = _hparams(row, column, **overrides)
  return _model(row), hparams, COLUMNS[column]


def _scored(made, hparams, step_shape):
  """(outputs of the evaluation, scores of each of three draws alone)."""
  draws = [made.of_draw(number) for number in range(3)]
  singles = [dict(d.parts, **{NLL: d.nll}) for d in draws]
  with tf.Session() as session:
    weights.randomize(session)
    return made.run(
      session,
      [signals.split(made.outputs).scores, singles],
      _steps(hparams, step_shape),
    )


@pytest.mark.parametrize("case", CASES)
def test_several_draws_are_recorded_as_their_mean_and_spread(monkeypatch, case):
  name, hparams, step_shape = _case(*CASES[case])
  made = _Evaluation(monkeypatch, name, hparams, step_shape)
  outputs, singles = _scored(made, hparams, step_shape)
  means = [single[NLL].mean() for single in singles]
  assert len(set(means)) == 3
  hparams.add_hparam(
    "problem", types.SimpleNamespace(recording=lambda name: name)
  )
  ids = np.array([sequence_id.encode() for sequence_id, _ in ORIGINS])
  record = likelihood_record.fields(
    {**outputs, windows.SEQUENCE_ID: ids}, {}, hparams, {}
  )
  assert record["num_noise_draws"] == 3
  # float32 of 1e-7, in a loop and outside of it.
  np.testing.assert_allclose(record[NLL], np.mean(means), rtol=1e-5)
  np.testing.assert_allclose(
    record[f"{NLL}_noise_stderr"],
    np.std(means, ddof=1) / np.sqrt(3),
    rtol=1e-5,
    atol=1e-6 * abs(record[NLL]),
  )
  np.testing.assert_allclose(
    record[f"{NLL}_per_step"],
    np.mean([single[NLL].mean(axis=0) for single in singles], axis=0),
    rtol=1e-5,
  )
  for part in set(singles[0]) - {NLL}:
    np.testing.assert_allclose(
      record[part], np.mean([s[part] for s in singles]), rtol=1e-5
    )
  expected = np.mean([single[NLL].mean(axis=1) for single in singles], axis=0)
  np.testing.assert_allclose(
    record[f"{NLL}_per_sequence"],
    recordings.group([name for name, _ in ORIGINS]).means(expected),
    rtol=1e-5,
  )


def test_one_draw_says_nothing_of_its_spread(monkeypatch):
  hparams = _hparams("af1", "series_tiny")
  made = _Evaluation(monkeypatch, "autoregressive_flow", hparams, small.SERIES)
  assert OF_DRAWS not in made.outputs
