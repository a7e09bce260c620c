"""The particle obeys its equations."""

import numpy as np

from t2t_af import particle


def test_motion_obeys_equations_25_and_26_from_rest():
  motion = particle.simulate(np.random.default_rng(0), 24, 2, 0.5)
  assert motion.x.shape == motion.u.shape == motion.w.shape == (24, 2)
  np.testing.assert_allclose(motion.x[1:], motion.x[:-1] + motion.u[1:])
  np.testing.assert_allclose(motion.u[1:], motion.u[:-1] + motion.w[1:])
  np.testing.assert_array_equal(motion.x[0], motion.w[0])
  np.testing.assert_array_equal(motion.u[0], motion.w[0])


def test_forces_are_white_and_have_the_standard_deviation_asked_for():
  w = particle.simulate(np.random.default_rng(1), 40000, 2, 0.5).w
  # Standard errors: 0.5 / sqrt(80000) and 1 / sqrt(40000).
  assert abs(w.std() - 0.5) < 5 * 0.5 / np.sqrt(2 * w.size)
  assert abs(np.corrcoef(w.T)[0, 1]) < 5 / np.sqrt(len(w))
  assert abs(np.corrcoef(w[1:, 0], w[:-1, 0])[0, 1]) < 5 / np.sqrt(len(w))


def test_many_sequences_are_independent_motions():
  motion = particle.simulate(np.random.default_rng(2), 5, 2, 1.0, 3)
  assert motion.x.shape == (3, 5, 2)
  np.testing.assert_allclose(motion.x[1], motion.w[1].cumsum(0).cumsum(0))
  assert len({w.tobytes() for w in motion.w}) == 3
