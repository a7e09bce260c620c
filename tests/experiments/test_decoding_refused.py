"""What `t2t-decoder` warns of, and what it leaves to tensor2tensor."""

import types

import numpy as np
from tensor2tensor.utils import decoding as t2t_decoding
from tensor2tensor.utils import hparam
import tensorflow.compat.v1 as tf

from t2t_af.experiments import decoding


def test_values_that_are_not_finite_are_warned_of_once(monkeypatch):
  warned = []
  monkeypatch.setattr(tf.logging, "warning", lambda *args: warned.append(args))
  samples = types.SimpleNamespace(non_finite_words="were drawn black")
  decoding._warn_of_non_finite([dict(scores=0), dict(scores=0)], samples)
  assert not warned
  decoding._warn_of_non_finite([dict(scores=2), dict(scores=3)], samples)
  ((text, *values),) = warned
  assert values == [5, "were drawn black"] and "temperature" in text


def test_another_models_samples_are_left_to_tensor2tensor(monkeypatch):
  """next_frame_glow returns one sample of a context: four axes."""
  asked = []
  monkeypatch.setattr(
    decoding,
    "_stock_decode_from_dataset",
    lambda *args: asked.append(args) or "theirs",
  )
  problem = types.SimpleNamespace(make_estimator_input_fn=lambda *a, **k: None)
  hparams = hparam.HParams(problem=problem, batch_size=2)
  decode_hp = t2t_decoding.decode_hparams("batch_size=7")
  estimator = types.SimpleNamespace(
    model_dir="",
    predict=lambda *a, **k: iter([dict(outputs=np.zeros([4, 8, 8, 3]))]),
  )
  assert (
    decoding.decode_from_dataset(
      estimator, "p", hparams, decode_hp, "file", "dev", "ckpt"
    )
    == "theirs"
  )
  assert asked == [(estimator, "p", hparams, decode_hp, "file", "dev", "ckpt")]
  assert hparams.batch_size == 7
