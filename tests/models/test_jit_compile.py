"""Networks compiled by XLA: the same numbers, from the same noise."""

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from t2t_af import errors
from t2t_af import session as session_lib
from t2t_af.models import requirements
from tests import weights
from tests.models import small
from tests.models import tiny

# Measured: 0 to 1e-7 of the loss, 1e-6 of the largest gradient, 1e-6 of x.
LOSS, GRADIENT, SAMPLE = 1e-6, 1e-5, 1e-5


def _slow(*model):
  return pytest.param(*model, marks=pytest.mark.slow)


def _set(name):
  return lambda: small.hparams(name)


def _video_flow_af():
  return tiny.hparams(latent_dynamics="affine_af")


MODELS = [
  ("autoregressive_flow", small.SERIES, _set("af1_series_tiny")),
  _slow("autoregressive_flow", small.VIDEO, _set("af1_tiny")),
  _slow("slvm", small.VIDEO, _set("slvm_af1_tiny")),
  _slow("video_flow", tiny.FRAME_SHAPE, _video_flow_af),
]


def _run(fetches_fn):
  """What a session gives, and the operations that it ran."""
  with tf.Graph().as_default():
    tf.set_random_seed(3)
    np.random.seed(3)
    fetches = fetches_fn()
    with tf.Session(config=session_lib.config()) as session:
      weights.randomize(session)
      metadata = tf.RunMetadata()
      values = session.run(
        fetches,
        options=tf.RunOptions(output_partition_graphs=True),
        run_metadata=metadata,
      )
      return values, [n for g in metadata.partition_graphs for n in g.node]


def _is_compiled(node):
  return node.op == "_XlaCompile" or node.attr["_XlaMustCompile"].b


def _training_and_samples(name, step_shape, hparams, jit_compile):
  """((loss, gradients), futures)."""
  hparams.jit_compile = jit_compile
  num_inputs = hparams.video_num_input_frames
  num_steps = num_inputs + hparams.video_num_target_frames
  x = small.sequences(step_shape, num_steps)

  def training():
    _, loss = small.body(name, hparams, x, "train")
    gradients = tf.gradients(loss, tf.trainable_variables())
    return loss, [g for g in gradients if g is not None]

  def samples():
    return small.futures(name, hparams, x[:, :num_inputs], 2)

  both = []
  for fetches_fn in (training, samples):
    values, nodes = _run(fetches_fn)
    assert any(map(_is_compiled, nodes)) == jit_compile
    both.append(values)
  return both


@pytest.mark.parametrize("name, step_shape, make_hparams", MODELS)
def test_compiled_training_and_samples_are_the_plain_ones(
  name, step_shape, make_hparams
):
  (trained, sampled), (compiled_trained, compiled_sampled) = [
    _training_and_samples(name, step_shape, make_hparams(), jit_compile)
    for jit_compile in (False, True)
  ]
  (loss, gradients), (compiled_loss, compiled) = trained, compiled_trained
  np.testing.assert_allclose(compiled_loss, loss, rtol=LOSS)
  largest = max(np.abs(g).max() for g in gradients)
  for ours, plain in zip(compiled, gradients):
    np.testing.assert_allclose(ours, plain, rtol=0, atol=GRADIENT * largest)
  np.testing.assert_allclose(compiled_sampled, sampled, SAMPLE, SAMPLE)


def test_noise_is_never_compiled():
  """XLA's streams are others."""
  hparams = small.hparams("slvm_af1_series_tiny", jit_compile=True)
  num_inputs = hparams.video_num_input_frames
  num_steps = num_inputs + hparams.video_num_target_frames
  x = small.sequences(small.SERIES, num_steps)
  small.body("slvm", hparams, x, "train")
  small.futures("slvm", hparams, x[:, :num_inputs], 2)
  operations = tf.get_default_graph().get_operations()
  compiled = [op for op in operations if "_XlaCompile" in op.node_def.attr]
  assert len(compiled) > 100
  drawn = [op for op in operations if "Random" in op.type]
  assert any("Stateless" in op.type for op in drawn)
  # Initial values of variables are drawn by operations beside them.
  ours = [op for op in drawn if "/Initializer/" not in op.name]
  assert len(ours) > 3 and not set(compiled).intersection(ours)


def test_a_build_without_xla_is_told(monkeypatch):
  monkeypatch.setattr(tf.test, "is_built_with_xla", lambda: False)
  hparams = small.hparams("af1_series_tiny")
  requirements.one_of(hparams, {})
  hparams.jit_compile = True
  with pytest.raises(errors.UserError, match="jit_compile needs XLA"):
    requirements.one_of(hparams, {})
