"""Products in bfloat16: what is rounded, and what is not."""

import ml_dtypes
import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from t2t_af import session as session_lib
from t2t_af.networks import conv_conditioner
from t2t_af.networks import products
from t2t_af.networks import window_conv

RNG = np.random.RandomState(0)
X = RNG.standard_normal([40, 30]).astype(np.float32)
KERNEL = RNG.standard_normal([30, 20]).astype(np.float32)


def _rounded(x):
  return np.asarray(x, np.float32).astype(ml_dtypes.bfloat16).astype(np.float32)


def _product(x, kernel, precision):
  x, kernel = tf.constant(x), tf.constant(kernel)
  y = products.matmul(x, products.factor(kernel, precision))
  upstream = tf.constant(X[:, :20])
  return y, *tf.gradients(y, [x, kernel], upstream)


def test_factors_results_and_gradients_are_rounded_once():
  with tf.Session() as session:
    y, of_x, of_kernel = session.run(_product(X, KERNEL, "mixed"))
  x, kernel, upstream = _rounded(X), _rounded(KERNEL), _rounded(X[:, :20])
  for ours, exact in (
    (y, x @ kernel),
    (of_x, upstream @ kernel.T),
    (of_kernel, x.T @ upstream),
  ):
    assert ours.dtype == np.float32 and (ours == _rounded(ours)).all()
    # Sums in another order may be rounded to the neighbour, 2^-7 away.
    np.testing.assert_allclose(ours, exact, rtol=2**-7, atol=1e-4)
    assert (ours == _rounded(exact)).mean() > 0.95


@pytest.mark.parametrize("precision", ["float32", "tf32"])
def test_other_precisions_leave_the_operation_alone(precision):
  _product(X, KERNEL, precision)
  types = {op.type for op in tf.get_default_graph().get_operations()}
  assert "Cast" not in types and "MatMul" in types


def test_a_gpu_multiplies_in_bfloat16_itself(monkeypatch):
  monkeypatch.setattr(
    products.tf.config, "list_physical_devices", lambda kind: ["GPU:0"]
  )
  y, *_ = _product(X, KERNEL, "mixed")
  made = [
    op for op in tf.get_default_graph().get_operations() if op.type == "MatMul"
  ]
  assert {op.get_attr("T") for op in made} == {tf.bfloat16}
  assert len(made) == 3 and y.dtype == tf.float32


def test_a_window_gives_the_same_alone_and_among_others():
  """Or training and sampling would use two conditioners."""
  frames = tf.constant(RNG.standard_normal([1, 6, 4, 4, 8]).astype(np.float32))
  kernel = tf.constant(RNG.standard_normal([3, 3, 24, 4]).astype(np.float32))
  kernel = products.factor(kernel, session_lib.MIXED)
  together = window_conv.window_conv(frames, kernel, by_pairs=False)
  alone = tf.concat(
    [
      window_conv.window_conv(frames[:, i : i + 3], kernel, by_pairs=False)
      for i in range(4)
    ],
    axis=1,
  )
  with tf.Session() as session:
    together, alone = session.run([together, alone])
  assert (together == alone).mean() > 0.95  # sums in another order
  np.testing.assert_allclose(together, alone, rtol=2**-7, atol=1e-4)


@pytest.mark.parametrize("precision, pairs", [("float32", 4), ("tf32", 1)])
def test_windows_are_paired_in_float32_alone(precision, pairs):
  conditioner = conv_conditioner.ConvConditioner(
    width=2, normalization="none", precision=precision
  )
  conditioner(tf.zeros([1, 6, 4, 4, 1]))
  operations = tf.get_default_graph().get_operations()
  made = [op for op in operations if op.type == "Conv2D"]
  assert len(made) == pairs + 2 * conv_conditioner.NUM_LAYERS
