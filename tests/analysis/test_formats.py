"""Numbers as text: digits, signs, absences."""

import math

import numpy as np
import pytest

from t2t_af.analysis import formats


@pytest.mark.parametrize(
  "value, expected",
  [
    (1, True),
    (1.5, True),
    (-0.0, True),
    (np.float64(2.0), True),
    (np.float32(2.0), False),  # no float: records hold Python's
    (True, False),
    (None, False),
    ("1", False),
    (math.nan, False),
    (-math.inf, False),
  ],
)
def test_what_is_a_number(value, expected):
  assert formats.is_number(value) is expected


@pytest.mark.parametrize(
  "value, decimals, expected",
  [
    (1.2345, 3, "1.234"),
    (-1.2345, 1, "−1.2"),
    (2.0, 0, "2"),
    (None, 3, "–"),
    (math.inf, 3, "–"),
  ],
)
def test_number(value, decimals, expected):
  assert formats.number(value, decimals) == expected


@pytest.mark.parametrize(
  "value, expected",
  [(0.01, "+0.010"), (-0.01, "−0.010"), (0.0, "+0.000"), (None, "–")],
)
def test_signed_has_a_sign_always(value, expected):
  assert formats.signed(value) == expected


@pytest.mark.parametrize(
  "stderr, expected",
  [
    (0.5, 3),
    (0.001, 3),
    (0.0004, 4),
    (0.000001, 4),
    (0.0, 3),
    (math.nan, 3),
    (None, 3),
  ],
)
def test_digits_are_three_or_four(stderr, expected):
  assert formats.digits_for(stderr) == expected


def test_error_never_takes_digits_from_the_value():
  assert formats.with_error(1.23456, 0.5) == "1.235 ± 0.500"
  assert formats.with_error(1.23456, 0.5, 4) == "1.2346 ± 0.5000"
  assert formats.with_error(0.5, 0.1, sign=True) == "+0.500 ± 0.100"


@pytest.mark.parametrize(
  "value, expected",
  [(871236, "871,236"), (999.6, "1,000"), (0, "0"), (None, "–")],
)
def test_thousands(value, expected):
  assert formats.thousands(value) == expected


@pytest.mark.parametrize(
  "value, digits, expected",
  [
    (-0.012345, 3, "−0.0123"),
    (1e-12, 3, "0.000000000"),  # at most nine decimals, never an exponent
    (None, 3, "–"),
    (0.5, 1, "0.5"),
  ],
)
def test_significant(value, digits, expected):
  assert formats.significant(value, digits) == expected


def test_counts_have_their_plural():
  assert [formats.plural(n, "seed") for n in (0, 1, 2)] == [
    "0 seeds",
    "1 seed",
    "2 seeds",
  ]


@pytest.mark.parametrize(
  "parts, expected",
  [
    ([], ""),
    (["a"], "a"),
    (["a", "b"], "a and b"),
    (["a", "b", "c"], "a, b and c"),
  ],
)
def test_listing(parts, expected):
  assert formats.listing(parts) == expected
