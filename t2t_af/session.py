"""Settings of TensorFlow sessions."""

import tensorflow.compat.v1 as tf
from tensorflow.python.ops import resources

from t2t_af import workers

FLOAT32, MIXED = "float32", "mixed"
PRECISIONS = (FLOAT32, "tf32", MIXED)


def set_precision(precision: str) -> None:
  """How a GPU of Ampere or later multiplies matrices, in this process.

  TensorFlow's own default there is TF32, which keeps 10 bits of a factor's
  mantissa: products are good to 1e-3, and nobody has shown that a flow's
  likelihood then is good to the 1e-4 bits/dim that it is compared by. Elsewhere
  both are the same.

  Args:
    precision: one of PRECISIONS.
  """
  tf.config.experimental.enable_tensor_float_32_execution(precision == "tf32")


def tune(config: tf.ConfigProto) -> tf.ConfigProto:
  """Turns off the graph rewriter (Grappler) where there is no GPU.

  And has the session find the other workers, where there are any.

  Measured on two cores with the training graph of `video_flow_bair`: the
  first step takes 13 to 17 s with it and 3 s without, and a later step 2.0 s
  with it and 1.2 s without (constant folding is what slows steps down). On a
  GPU its layout optimiser matters, and nothing was measured: left on.
  """
  if not tf.config.list_physical_devices("GPU"):
    config.graph_options.rewrite_options.disable_meta_optimizer = True
  return workers.add_to(config)


def initializer() -> tf.Operation:
  """Initialises the default graph's variables, `StackedAdam`'s slots too."""
  return tf.group(
    tf.global_variables_initializer(),
    resources.initialize_resources(resources.shared_resources()),
  )


def config() -> tf.ConfigProto:
  """The configuration of a session that we make ourselves."""
  return tune(tf.ConfigProto(allow_soft_placement=True))
