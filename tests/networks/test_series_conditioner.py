"""The fully connected conditioner of series."""

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from t2t_af import session as session_lib
from t2t_af.networks import series_conditioner
from tests.contracts import conditioner_contract

X = np.random.RandomState(0).standard_normal([2, 5, 4]).astype(np.float32)
WIDTH = 6
HIDDEN = (3 * 4 + 1) * WIDTH + 2 * (WIDTH + 1) * WIDTH
HEAD = (WIDTH + 1) * 4


@pytest.mark.parametrize(
  "options, number",
  [
    ({}, HIDDEN + 2 * HEAD),
    (dict(mask="learned"), HIDDEN + 2 * HEAD + 3 * 4),
    (dict(num_extra=5), HIDDEN + 7 * HEAD),
  ],
  ids=["plain", "mask", "extra"],
)
def test_keeps_the_conditioner_contract(options, number):
  conditioner = series_conditioner.SeriesConditioner(width=WIDTH, **options)
  shapes = [[4]] * 2 + [[20]] * ("num_extra" in options)
  with tf.Session(config=session_lib.config()) as session:
    conditioner_contract.check(session, conditioner, 3, X, shapes, number)
