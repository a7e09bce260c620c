"""Frames at another rate, by their times alone."""

import itertools

import numpy as np
import pytest

from problems.files import video_times
from t2t_af.errors import UserError


def _at_rate(times, rate, tick=0.0, duration=None):
  timed = (video_times.Timed(k, time, duration) for k, time in enumerate(times))
  return list(video_times.at_rate(timed, rate, tick, "clip"))


@pytest.mark.parametrize("seed", range(20))
def test_the_last_frame_that_is_shown_is_taken(seed):
  """Against the definition, for frames at any times."""
  rng = np.random.default_rng(seed)
  times = 5 + np.cumsum(rng.exponential(0.1, size=50))
  rate = rng.uniform(1, 40)
  last = rng.uniform(0.01, 1)
  wanted = [
    np.flatnonzero(times - times[0] <= k / rate)[-1]
    for k in itertools.takewhile(
      lambda k: k / rate < times[-1] + last - times[0], itertools.count()
    )
  ]
  assert _at_rate(times, rate, duration=last) == wanted


@pytest.mark.parametrize("rate", [15, 10, 7.5, 30])
def test_times_in_milliseconds_give_even_frames(rate):
  times = [round(k / 30, 3) for k in range(90)]
  found = _at_rate(times, rate, tick=1e-3)
  assert found == list(range(0, 90, round(30 / rate)))


def test_a_time_that_jumps_is_an_error():
  with pytest.raises(UserError, match="clip: time jumps back by 3 seconds"):
    _at_rate([0, 1, 2, 3, 0, 1], 5)
  with pytest.raises(UserError, match="would be repeated [0-9]* times"):
    _at_rate([0, 1, 2, 1e9], 5)
  with pytest.raises(UserError, match="does not say when its frames are shown"):
    _at_rate([0, None], 5)


def test_a_pause_is_kept():
  """A screen that nobody touched for two minutes."""
  assert _at_rate([0, 0.2, 120, 120.2], 5) == [0] + [1] * 599 + [2, 3]


def test_a_time_that_stands_still_shows_the_newer_frame():
  assert _at_rate([0, 0.2, 0.2, 0.19, 0.4], 5) == [0, 3, 4]


@pytest.mark.parametrize(
  "times, even",
  [
    ([], True),
    ([3], True),
    ([0, 33, 67, 100, 133], True),
    ([0, 33, 67, 133, 167], False),  # one is missing
    ([0, 33, 83, 117, 167], False),  # telecine
    ([0, 40, 80, 80, 120], False),
  ],
)
def test_what_comes_evenly(times, even):
  seconds = [time / 1000 for time in times]
  assert video_times.is_even(seconds, 1e-3) == even


def test_a_gif_counts_hundredths():
  thirty = [round(k / 30, 2) for k in range(60)]
  assert video_times.is_even(thirty, 1e-2)
  assert not video_times.is_even(thirty[:20] + thirty[21:], 1e-2)


def test_a_rate_that_is_meant_by_another():
  times = [k * 1001 / 30000 for k in range(100)]
  assert video_times.is_just_below(times, 0.0, 30)
  assert not video_times.is_just_below(times, 0.0, 29)
  assert not video_times.is_just_below(times, 0.0, 31)
