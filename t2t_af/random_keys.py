"""Keys of random numbers that follow from the graph's seed, and from what for.

A stateless operation draws from a key and a number: the same ones give the same
numbers, whatever was drawn before. So a training that goes on from a step sees
what an unbroken one sees there.
"""

from typing import Optional

import numpy as np
import tensorflow.compat.v1 as tf


def draw(count: int, *purpose: int) -> list[int]:
  """`count` keys, from 0 to 2**32 - 1.

  Args:
    count: how many.
    *purpose: numbers from 0; keys for different ones share nothing.

  Returns:
    The same ones in every graph of this seed; new ones in one without a seed.
  """
  seed: Optional[int] = tf.get_default_graph().seed
  entropy = None if seed is None else [seed, *purpose]
  return [int(k) for k in np.random.SeedSequence(entropy).generate_state(count)]
