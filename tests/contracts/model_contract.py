"""What every registered model must do; a test of a model inherits it.

    class TestMyModel(model_contract.ModelContract):

      NAME = "my_model"
      STEP_SHAPE = (5,)

      @classmethod
      def make_hparams(cls): ...   # small, with a short window

Weights are random: at initialisation heads are zero, and a model that ignores
its inputs would pass.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from tensor2tensor.utils import hparam
import tensorflow.compat.v1 as tf

from tests import weights
from tests.models import small

NLL = "nll_nats_per_dim"
NUM_DECODES = 3
TOLERANCE = 1e-4  # float32, through a flow and its log-determinant


class ModelContract:
  """Mixed into a pytest class; see the module."""

  NAME: str
  STEP_SHAPE: Sequence[int]

  @classmethod
  def make_hparams(cls) -> hparam.HParams:
    """Of the model, small; the contract takes their window."""
    raise NotImplementedError

  def _sequences(self, hparams: hparam.HParams) -> np.ndarray:
    """[BATCH, inputs + targets, ...] as the problem's modality gives them."""
    num_steps = hparams.video_num_input_frames + hparams.video_num_target_frames
    return small.sequences(self.STEP_SHAPE, num_steps)

  def _evaluate(self, *batches: np.ndarray) -> list[tuple[np.ndarray, Any]]:
    """(NLL [BATCH, scored], loss) of each batch, all by the same weights."""
    outputs = []
    for x in batches:
      scores, loss = small.body(self.NAME, self.make_hparams(), x)
      outputs.append((scores[NLL], loss))
    with tf.Session() as session:
      weights.randomize(session)
      return session.run(outputs)

  def test_nll_is_of_every_scored_step_and_the_loss_its_mean_in_bits(self):
    """Checks shapes and units; not the value, which NumPy should recompute."""
    hparams = self.make_hparams()
    ((nll, loss),) = self._evaluate(self._sequences(hparams))
    assert nll.shape == (small.BATCH, hparams.video_num_target_frames)
    assert np.isfinite(nll).all()
    np.testing.assert_allclose(loss, nll.mean() / np.log(2.0), rtol=TOLERANCE)

  def test_evaluation_gives_the_same_number_again(self):
    """Two models are compared under the same noise."""
    x = self._sequences(self.make_hparams())
    (first, _), (second, _) = self._evaluate(x, x)
    np.testing.assert_array_equal(first, second)

  def test_a_step_is_scored_given_the_past_alone(self):
    """A change of the last step changes the last NLL, and no other."""
    x = self._sequences(self.make_hparams())
    changed = x.copy()
    changed[:, -1] = changed[:, -1, ..., ::-1] * 0.5 + 0.1
    (before, _), (after, _) = self._evaluate(x, changed)
    np.testing.assert_allclose(after[:, :-1], before[:, :-1], rtol=TOLERANCE)
    assert (np.abs(after[:, -1] - before[:, -1]) > TOLERANCE).all()

  def test_a_step_is_scored_given_its_past(self):
    """A change of the last input changes the NLL of the first target."""
    hparams = self.make_hparams()
    x = self._sequences(hparams)
    changed = x.copy()
    changed[:, hparams.video_num_input_frames - 1] *= 0.5
    (before, _), (after, _) = self._evaluate(x, changed)
    assert (np.abs(after[:, 0] - before[:, 0]) > TOLERANCE).all()

  def test_samples_are_so_many_different_futures_of_each_context(self):
    """[BATCH, num_decodes, targets, ...], finite."""
    hparams = self.make_hparams()
    inputs = self._sequences(hparams)[:, : hparams.video_num_input_frames]
    x = small.futures(self.NAME, hparams, inputs, NUM_DECODES)
    with tf.Session() as session:
      weights.randomize(session)
      x = session.run(x)
    assert x.shape == (
      small.BATCH,
      NUM_DECODES,
      hparams.video_num_target_frames,
      *self.STEP_SHAPE,
    )
    assert np.isfinite(x).all()
    futures = x.reshape(small.BATCH * NUM_DECODES, -1)
    assert len(np.unique(futures, axis=0)) == len(futures)
