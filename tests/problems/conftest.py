"""Fixtures of the tests of data sets."""

import pytest
import tensorflow.compat.v1 as tf


@pytest.fixture(name="warned")
def _warned(monkeypatch):
  """The warnings that are logged, in order."""
  told = []
  monkeypatch.setattr(
    tf.logging, "warning", lambda words, *values: told.append(words % values)
  )
  return told
