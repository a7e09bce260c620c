"""The bound that K importance weights of whole sequences give.

  log w = sum over t > W of
          log p(y_t | z_t) + log p(z_t | z_<t) - log q(z_t | y_<=t, z_<t)

with z drawn from q at all steps. The W steps of the warm-up have no weight:
their z are what q says, and the bound is one on the log-density of the scored
steps under the model that starts behind them,

  log E_q(z_<=W | y_<=W) [p(y_>W | z_<=W)],

a proper density of y_>W whatever q is; without a warm-up it is log p(y). The
bound rises with K, in expectation, towards it; for K = 1 it is the ELBO with
the KL estimated by the sample.
"""

import tensorflow.compat.v1 as tf


def samples_at_once(num_samples: int, at_most: int) -> int:
  """The largest divisor of num_samples that is at most so many."""
  candidates = range(1, min(at_most, num_samples) + 1)
  return max(n for n in candidates if not num_samples % n)


def bound(log_w: tf.Tensor) -> tf.Tensor:
  """log of the mean weight of a sequence, as a sum over its steps.

  Args:
    log_w: log-weights of the steps, [passes, batch, samples, steps].

  Returns:
    [batch, steps], nats: what a step adds to the bound of the steps before.
  """
  # The mean over samples weighted by what they were worth before a step; not
  # the difference of two long sums, which float32 would not resolve.
  before = tf.cumsum(log_w, axis=3, exclusive=True)
  before -= tf.reduce_logsumexp(before, axis=[0, 2], keepdims=True)
  return tf.reduce_logsumexp(before + log_w, axis=[0, 2])
