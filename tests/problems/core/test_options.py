"""Options of generation: defaults, checks, and that they are put back."""

import pytest

from problems.core import options
from t2t_af import errors


def test_defaults_are_those_of_the_flags():
  assert options.current() == options.Options(
    source_dir=None,
    allow_missing=False,
    frame_size=64,
    frame_rate=None,
    aspect="crop",
    grey=False,
  )


def test_options_hold_in_the_block_alone():
  with options.using(frame_size=32, grey=True):
    with options.using(aspect="pad"):
      assert options.current().frame_size == 32
      assert options.current().aspect == "pad"
    assert options.current().aspect == "crop" and options.current().grey
  assert options.current() == options.Options()


@pytest.mark.parametrize(
  "changes, message",
  [
    (dict(aspect="squash"), "none of crop, pad, stretch"),
    (dict(frame_size=0), "at least 1"),
    (dict(frame_rate=-2.0), "above 0"),
    (dict(frame_rate=float("nan")), "above 0"),
    (dict(levels=["0"]), "--levels=0 must be two numbers"),
    (dict(levels=["0", "white"]), "--levels=0,white must be two numbers"),
    (dict(levels=["9", "3"]), "a larger white"),
    (dict(levels=[0, float("inf")]), "two numbers"),
    (dict(array_axes="NHW"), "--array_axes=NHW must have T, H and W"),
    (dict(array_axes="THHW"), "each once"),
    (dict(array_axes="thw"), "must have T, H and W"),
  ],
)
def test_values_that_cannot_be_meant_are_refused(changes, message):
  with pytest.raises(errors.UserError, match=message):
    options.set(**changes)
  assert options.current() == options.Options()


def test_unknown_options_are_mistakes_of_the_program():
  with pytest.raises(ValueError):
    options.set(frame_sise=3)
