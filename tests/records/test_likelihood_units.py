"""Units and standard errors, against numbers worked out by hand."""

import math

import numpy as np
import pytest

from t2t_af.records import likelihood


def test_uniform_model_has_eight_bits():
  bits = likelihood.bits_from_nats(likelihood.UNIFORM_NATS_PER_DIM)
  assert bits == pytest.approx(8.0, abs=1e-12)
  assert likelihood.UNIFORM_NATS_PER_DIM == pytest.approx(5.545177, abs=1e-6)


def test_bits_of_an_array_are_those_of_its_values():
  nats = np.array([-math.log(2.0), 0.0, math.log(8.0)])
  np.testing.assert_allclose(likelihood.bits_from_nats(nats), [-1.0, 0.0, 3.0])
  assert likelihood.bits_from_nats(1.53) == pytest.approx(2.20733, abs=1e-5)


def test_standard_error_is_that_of_a_sample():
  # Deviations -1, 0, 1: variance 2 / (3 - 1) = 1, error 1 / sqrt(3). With
  # ddof = 0 it would be 0.471.
  mean, stderr = likelihood.mean_and_stderr([1.0, 2.0, 3.0])
  assert mean == 2.0
  assert stderr == pytest.approx(1.0 / math.sqrt(3.0))


def test_one_value_has_no_standard_error():
  mean, stderr = likelihood.mean_and_stderr([4.0])
  assert mean == 4.0 and math.isnan(stderr)


@pytest.mark.parametrize("values", [[], [[1.0, 2.0]], 3.0])
def test_anything_but_a_list_of_values_is_refused(values):
  with pytest.raises(ValueError, match="must be"):
    likelihood.mean_and_stderr(values)


def test_values_that_do_not_vary_have_no_error():
  assert likelihood.mean_and_stderr([2.5] * 4) == (2.5, 0.0)


def test_the_error_shrinks_with_the_root_of_the_number():
  values = [0.0, 2.0] * 8
  few = likelihood.mean_and_stderr(values)
  many = likelihood.mean_and_stderr(values * 4)
  assert many.mean == few.mean == 1.0
  # Of 16 values and of 64: variances 16 / 15 and 64 / 63.
  assert few.stderr == pytest.approx(math.sqrt(16 / 15 / 16))
  assert many.stderr == pytest.approx(math.sqrt(64 / 63 / 64))


def test_numbers_of_low_precision_are_summed_in_high():
  values = np.full([100_000], 0.1, np.float32)
  mean, _ = likelihood.mean_and_stderr(values)
  assert mean == pytest.approx(float(np.float32(0.1)), abs=1e-12)


def test_a_value_that_is_not_finite_is_not_hidden():
  assert math.isnan(likelihood.mean_and_stderr([1.0, math.nan]).mean)
  assert math.isinf(likelihood.mean_and_stderr([1.0, math.inf]).mean)
