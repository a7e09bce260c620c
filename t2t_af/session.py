"""Settings of TensorFlow sessions."""

import tensorflow.compat.v1 as tf
from tensorflow.python.ops import resources


def tune(config: tf.ConfigProto) -> tf.ConfigProto:
  """Turns off the graph rewriter (Grappler) where there is no GPU.

  Measured on two cores with the training graph of `video_flow_bair`: the
  first step takes 13 to 17 s with it and 3 s without, and a later step 2.0 s
  with it and 1.2 s without (constant folding is what slows steps down). On a
  GPU its layout optimiser matters, and nothing was measured: left on.
  """
  if not tf.config.list_physical_devices("GPU"):
    config.graph_options.rewrite_options.disable_meta_optimizer = True
  return config


def initializer() -> tf.Operation:
  """Initialises the default graph's variables, `StackedAdam`'s slots too."""
  return tf.group(
    tf.global_variables_initializer(),
    resources.initialize_resources(resources.shared_resources()),
  )


def config() -> tf.ConfigProto:
  """The configuration of a session that we make ourselves."""
  return tune(tf.ConfigProto(allow_soft_placement=True))
