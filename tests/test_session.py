"""Settings of sessions, by what the machine has."""

import pytest
import tensorflow.compat.v1 as tf

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
