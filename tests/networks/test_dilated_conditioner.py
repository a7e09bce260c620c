"""The conditioner with a longer memory."""

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from t2t_af import session as session_lib
from t2t_af.networks import dilated_conditioner
from tests.contracts import conditioner_contract

SERIES = np.random.RandomState(0).standard_normal([2, 8, 3]).astype(np.float32)
VIDEO = (
  np.random.RandomState(0).standard_normal([2, 7, 2, 3, 1]).astype(np.float32)
)
WIDTH = 6


@pytest.mark.parametrize(
  "num_cond, expected",
  [
    (1, []),
    (2, [1]),
    (3, [1, 1]),
    (4, [1, 2]),
    (8, [1, 2, 4]),
    (13, [1, 2, 4, 5]),
    (16, [1, 2, 4, 8]),
  ],
)
def test_dilations_see_every_step_of_the_window(num_cond, expected):
  rates = dilated_conditioner.dilations(num_cond)
  assert rates == expected
  seen = {0}
  for rate in rates:
    seen |= {t + rate for t in seen}
  assert seen == set(range(num_cond))


@pytest.mark.parametrize("num_cond", [1, 3, 6])
@pytest.mark.parametrize("mask", ["none", "learned"])
def test_keeps_the_conditioner_contract_on_series(num_cond, mask):
  conditioner = dilated_conditioner.DilatedConditioner(
    num_cond, WIDTH, mask=mask
  )
  joins = {1: 0, 3: 2, 6: 3}[num_cond]
  number = (
    (3 + 1) * WIDTH
    + joins * (2 * WIDTH + 1) * WIDTH
    + (2 * (WIDTH + 1) * 3)
    + joins * 2 * WIDTH * (mask == "learned")
  )
  with tf.Session(config=session_lib.config()) as session:
    conditioner_contract.check(
      session, conditioner, num_cond, SERIES, [[3], [3]], number
    )


@pytest.mark.parametrize("normalization", ["batch", "none"])
def test_keeps_the_conditioner_contract_on_video(normalization):
  conditioner = dilated_conditioner.DilatedConditioner(
    6, WIDTH, normalization, num_extra=2
  )
  number = (
    (9 + 1) * WIDTH
    + 3 * (2 * 9 * WIDTH + 1) * WIDTH
    + (4 * (9 * WIDTH + 1))
    + 4 * 2 * WIDTH * (normalization == "batch")
  )
  with tf.Session(config=session_lib.config()) as session:
    conditioner_contract.check(
      session, conditioner, 6, VIDEO, [[2, 3, 1], [2, 3, 1], [2, 3, 2]], number
    )
