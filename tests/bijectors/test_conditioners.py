"""What a conditioner must give, and what is said where it does not."""

import pytest
import tensorflow.compat.v1 as tf

from t2t_af.bijectors import affine_autoregressive
from t2t_af.bijectors import conditioners
from t2t_af.bijectors import splines

_STEPS, _NUM_COND = 6, 2


def _steps(num_steps=_STEPS - _NUM_COND, features=3, dtype=tf.float32):
  return tf.zeros([5, num_steps, features], dtype)


@pytest.mark.parametrize(
  "given, told",
  [
    (lambda: _steps(), r"must give a tuple \(shift, log_scale\)"),
    (lambda: (_steps(),), r"must give \(shift, log_scale\), and gave 1"),
    (lambda: (_steps(), "scale"), "log_scale .* must be a tensor .* a str"),
    (lambda: (_steps(), _steps(dtype=tf.float64)), "log_scale .* float64"),
    (lambda: (_steps(3), _steps()), r"shift .* must be \[batch, 4, ...\]"),
    (lambda: (_steps()[0], _steps()), r"shift .* must be \[batch, 4, ...\]"),
    (lambda: (_steps(), _steps(features=2)), r"a step of log_scale must be"),
  ],
)
def test_what_does_not_fit_is_told(given, told):
  flow = affine_autoregressive.AffineAutoregressive(
    lambda x: given(), _NUM_COND, event_rank=2
  )
  with pytest.raises(ValueError, match=told):
    flow.inverse(_steps(_STEPS))


@pytest.mark.parametrize("features", [1, 3])
def test_what_fits_or_broadcasts_is_taken(features):
  flow = affine_autoregressive.AffineAutoregressive(
    lambda x: [_steps(features=features), None], _NUM_COND, event_rank=2
  )
  assert flow.inverse(_steps(_STEPS)).shape == [5, _STEPS, 3]


def test_a_spline_asks_for_its_third_parameter():
  flow = splines.SplineAutoregressive(
    lambda x: (_steps(), _steps()), _NUM_COND, event_rank=2
  )
  with pytest.raises(ValueError, match=r"\(shift, log_scale, extra\)"):
    flow.inverse(_steps(_STEPS))


def test_variables_of_a_window_network_are_found():
  class Network(tf.Module):
    def __init__(self):
      super().__init__()
      self.weight = tf.Variable(1.0, use_resource=True)

  conditioner = conditioners.WindowConditioner(Network(), _NUM_COND)
  flow = affine_autoregressive.AffineAutoregressive(conditioner, _NUM_COND)
  assert len(flow.trainable_variables) == 1
