"""Every model keeps the contract, and each check has a mutant that fails it."""

import pytest
from tensor2tensor.utils import registry
import tensorflow.compat.v1 as tf

from t2t_af.models import autoregressive_flow
from t2t_af.models import sequence_model
from tests.contracts import model_contract
from tests.contracts import mutants
from tests.models import small
from tests.models import tiny

AutoregressiveFlow = autoregressive_flow.AutoregressiveFlow


class TestAutoregressiveFlow(model_contract.ModelContract):
  """1-AF on series."""

  NAME = "autoregressive_flow"
  STEP_SHAPE = small.SERIES

  @classmethod
  def make_hparams(cls):
    return small.hparams(
      "af1_series_tiny", video_num_input_frames=3, video_num_target_frames=3
    )


class TestSlvm(model_contract.ModelContract):
  """SLVM + 1-AF on series."""

  NAME = "slvm"
  STEP_SHAPE = small.SERIES

  @classmethod
  def make_hparams(cls):
    return small.hparams(
      "slvm_af1_series_tiny",
      video_num_input_frames=4,
      video_num_target_frames=3,
      num_warmup_steps=1,
    )


class TestVideoFlow(model_contract.ModelContract):
  """VideoFlow + AF."""

  NAME = "video_flow"
  STEP_SHAPE = tiny.FRAME_SHAPE

  @classmethod
  def make_hparams(cls):
    return tiny.hparams(latent_dynamics="affine_af")


def _changed(change):
  """A wrong `score`: the right one's NLL, changed."""
  right = AutoregressiveFlow.score

  def score(self, steps, noise):
    scores = right(self, steps, noise)
    return scores._replace(nll=change(scores.nll, steps))

  return score


def _repeated(self, inputs):
  """A wrong `sample`: one future, as often as is asked for."""
  one = inputs[:, None, -1:] + tf.random_normal([])
  shape = [
    1,
    model_contract.NUM_DECODES,
    self.hparams.video_num_target_frames,
    1,
  ]
  return tf.tile(one, shape)


_MUTANTS = [
  (
    "test_nll_is_of_every_scored_step_and_the_loss_its_mean_in_bits",
    AutoregressiveFlow,
    "score",
    _changed(lambda nll, steps: nll[:, 1:]),
  ),
  (
    "test_nll_is_of_every_scored_step_and_the_loss_its_mean_in_bits",
    sequence_model.likelihood,
    "bits_from_nats",
    lambda nats: nats,
  ),
  (
    "test_evaluation_gives_the_same_number_again",
    AutoregressiveFlow,
    "score",
    _changed(lambda nll, steps: nll + tf.random_normal([])),
  ),
  (
    "test_a_step_is_scored_given_the_past_alone",
    AutoregressiveFlow,
    "score",
    _changed(lambda nll, steps: nll + tf.reduce_mean(steps)),
  ),
  (
    "test_a_step_is_scored_given_its_past",
    AutoregressiveFlow,
    "score",
    _changed(lambda nll, steps: tf.reduce_mean(steps[:, 3:] ** 2, axis=2)),
  ),
  (
    "test_samples_are_so_many_different_futures_of_each_context",
    AutoregressiveFlow,
    "sample",
    _repeated,
  ),
]


@mutants.each(_MUTANTS)
def test_mutants_fail(monkeypatch, tmp_path, check, owner, attribute, wrong):
  monkeypatch.setattr(owner, attribute, wrong)
  with pytest.raises(AssertionError):
    mutants.check(TestAutoregressiveFlow(), check, tmp_path)


def test_every_check_has_a_mutant():
  assert {check for check, *_ in _MUTANTS} == mutants.checks(
    model_contract.ModelContract
  )


def test_every_model_of_ours_is_under_the_contract():
  ours = {
    name
    for name, cls in registry.Registries.models._registry.items()
    if getattr(cls, "__module__", "").startswith("t2t_af.models")
  }
  assert ours == {
    cls.NAME for cls in model_contract.ModelContract.__subclasses__()
  }
