"""Models whose noise is known, for tests that compute the same by hand."""

import tensorflow.compat.v1 as tf

from t2t_af.models import noise


def uniform_is(monkeypatch, value: float) -> None:
  """All noise of U(0, 1) is this value, in training and evaluation."""
  for source in (noise.GraphNoise, noise.StepNoise, noise.WindowNoise):
    monkeypatch.setattr(
      source, "uniform", lambda self, shape: tf.fill(shape, value)
    )
