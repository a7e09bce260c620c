"""Densities and divergences of diagonal Gaussians, against SciPy."""

import numpy as np
import scipy.integrate
import scipy.stats
import tensorflow.compat.v1 as tf

from t2t_af.bijectors import affine
from t2t_af.models import gaussian

SHAPE = (2, 3, 2, 2)  # batch, time, and two axes of a step


def _values(seed):
  return np.random.RandomState(seed).standard_normal(SHAPE).astype(np.float32)


def _gaussian(seed):
  loc, log_scale = _values(seed), 0.5 * _values(seed + 1)
  return gaussian.DiagonalGaussian(tf.constant(loc), tf.constant(log_scale))


def _run(tensors):
  with tf.Session() as session:
    return session.run(tensors)


def test_log_prob_is_scipys_summed_over_a_step():
  of_x = _gaussian(0)
  x = _values(2)
  ours, normal, (loc, log_scale) = _run(
    [
      of_x.log_prob(tf.constant(x)),
      gaussian.standard_normal_log_prob(tf.constant(x)),
      of_x,
    ]
  )
  theirs = scipy.stats.norm.logpdf(x, loc, np.exp(log_scale)).sum(axis=(2, 3))
  np.testing.assert_allclose(ours, theirs, rtol=1e-5)
  np.testing.assert_allclose(
    normal, scipy.stats.norm.logpdf(x).sum(axis=(2, 3)), rtol=1e-5
  )
  assert ours.shape == SHAPE[:2]


def test_kl_is_the_integral():
  """Number by number: the axes of a step have one number each."""
  narrow, wide = [
    gaussian.DiagonalGaussian(
      tf.constant([[[loc]]]), tf.constant([[[np.float32(np.log(scale))]]])
    )
    for loc, scale in ((0.3, 0.5), (-0.4, 1.5))
  ]
  there, back, none = _run([narrow.kl(wide), wide.kl(narrow), wide.kl(wide)])

  def integral(p, q):
    value, _ = scipy.integrate.quad(
      lambda x: p.pdf(x) * (p.logpdf(x) - q.logpdf(x)), -12, 12
    )
    return value

  p, q = scipy.stats.norm(0.3, 0.5), scipy.stats.norm(-0.4, 1.5)
  np.testing.assert_allclose(there, [[integral(p, q)]], rtol=1e-5)
  np.testing.assert_allclose(back, [[integral(q, p)]], rtol=1e-5)
  np.testing.assert_allclose(none, [[0.0]], atol=1e-7)


def test_sample_of_no_noise_is_the_mean_and_of_one_a_deviation_off():
  of_x = _gaussian(3)
  mean, off, (loc, log_scale) = _run(
    [of_x.sample(tf.zeros(SHAPE)), of_x.sample(tf.ones(SHAPE)), of_x]
  )
  np.testing.assert_array_equal(mean, loc)
  np.testing.assert_allclose(off - loc, np.exp(log_scale), rtol=1e-4)


def test_through_a_flow_it_is_the_density_of_the_flows_output():
  """log p(z) = log p(u) - sum of log beta (Eq. 12), and z is u's sample."""
  of_u = _gaussian(5)
  flow = affine.Affine(tf.constant(_values(7)), tf.constant(0.5 * _values(8)))
  of_z = of_u.through(flow)
  u, eps = tf.constant(_values(9)), tf.constant(_values(10))
  ours, base, log_det, sample, expected = _run(
    [
      of_z.log_prob(flow.forward(u)),
      of_u.log_prob(u),
      tf.reduce_sum(flow.inverse_log_det(), axis=[2, 3]),
      of_z.sample(eps),
      flow.forward(of_u.sample(eps)),
    ]
  )
  assert np.abs(log_det).min() > 0.01, "says nothing"
  np.testing.assert_allclose(ours, base + log_det, rtol=1e-4)
  np.testing.assert_allclose(sample, expected, rtol=1e-4, atol=1e-5)


def test_divergence_is_the_same_seen_through_a_flow():
  """KL(q || p) of z is that of u: a flow is invertible."""
  q, p = _gaussian(11), _gaussian(13)
  flow = affine.Affine(tf.constant(_values(15)), tf.constant(0.3 * _values(16)))
  of_u, of_z = _run([q.kl(p), q.through(flow).kl(p.through(flow))])
  np.testing.assert_allclose(of_z, of_u, rtol=1e-4)
