"""Settings of sessions, by what the machine has."""

import pytest
import tensorflow.compat.v1 as tf
from tensorflow.python.ops import resources

from t2t_af import session


@pytest.mark.parametrize("gpus, rewrites", [([], False), (["GPU:0"], True)])
def test_graphs_are_rewritten_only_for_a_gpu(monkeypatch, gpus, rewrites):
  monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: gpus)
  config = session.tune(tf.ConfigProto())
  options = config.graph_options.rewrite_options
  assert options.disable_meta_optimizer != rewrites


def test_settings_of_the_caller_are_kept():
  config = session.tune(tf.ConfigProto(inter_op_parallelism_threads=3))
  assert config.inter_op_parallelism_threads == 3
  assert not config.allow_soft_placement
  assert session.config().allow_soft_placement


def test_initializer_includes_resources_that_are_no_global_variables():
  """StackedAdam's slots are such; without, reading one is an error."""
  hidden = tf.Variable([1.0], collections=[], use_resource=True)
  known = tf.get_variable("known", [], initializer=tf.ones_initializer())
  resources.register_resource(
    hidden.handle, hidden.initializer, hidden.is_initialized()
  )
  with tf.Session() as session_:
    session_.run(tf.global_variables_initializer())
    with pytest.raises(tf.errors.FailedPreconditionError):
      session_.run(hidden.read_value())
    session_.run(session.initializer())
    assert session_.run([hidden.read_value(), known]) == [[1.0], 1.0]
