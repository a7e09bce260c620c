"""Dilated convolutions: the two forms agree, and one trains everywhere."""

import pathlib
import platform
import types

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from t2t_af.compat import dilated
from t2t_af.compat import onednn

ROOT = pathlib.Path(__file__).parents[2]
SWITCH = "TF_ENABLE_ONEDNN_OPTS"
ON_X86 = pytest.mark.skipif(
  platform.machine().lower() not in ("x86_64", "amd64"),
  reason="oneDNN is switched on on x86 alone",
)

# Shape of x and of the kernel.
FRAMES = ((3, 9, 13, 4), (3, 3, 4, 5))
WINDOWS = ((2, 3, 9, 13, 4), (2, 3, 3, 4, 5))


def _by_taps(x, kernel, dilation, padding):
  """The sum over taps, of nothing but slices and matrix products."""
  is_window = x.shape.rank == 5
  if not is_window:
    x, kernel = x[:, None], kernel[None]
  if padding == "SAME":
    past = int(kernel.shape[0]) - 1  # TensorFlow pads behind first.
    margin = [dilation, dilation]
    x = tf.pad(
      x, [[0, 0], [past // 2, past - past // 2], margin, margin, [0, 0]]
    )
  time, height, width = [
    size - reach
    for size, reach in zip(
      x.shape.as_list()[1:4],
      [int(kernel.shape[0]) - 1, 2 * dilation, 2 * dilation],
    )
  ]
  y = 0.0
  for t in range(int(kernel.shape[0])):
    for i in range(3):
      for j in range(3):
        top, left = dilation * i, dilation * j
        y += tf.tensordot(
          x[:, t : t + time, top : top + height, left : left + width],
          kernel[t, i, j],
          1,
        )
  return y if is_window else y[:, 0]


def _values_and_gradients(convolve, x_shape, kernel_shape, static_batch):
  """[y, dL/dx, dL/dkernel] and the static shape of y; L is no plain sum."""
  generator = np.random.RandomState(0)
  x = generator.standard_normal(x_shape).astype(np.float32)
  kernel = tf.constant(generator.standard_normal(kernel_shape), tf.float32)
  # Constants would be folded, on whatever kernel that takes.
  x = tf.placeholder_with_default(
    x, x_shape if static_batch else [None, *x_shape[1:]]
  )
  y = convolve(x, kernel)
  with tf.Session() as session:
    return session.run(
      [y] + tf.gradients(tf.reduce_sum(tf.sin(y)), [x, kernel])
    ), y.shape


@pytest.mark.parametrize("padding", ["SAME", "VALID"])
@pytest.mark.parametrize("dilation", [1, 2, 3, 4])
@pytest.mark.parametrize("shapes", [FRAMES, WINDOWS], ids=["frames", "windows"])
@pytest.mark.parametrize("form", [dilated.by_blocks, dilated.convolution])
def test_values_and_gradients_are_those_of_a_sum_over_taps(
  form, shapes, dilation, padding
):
  dilations = [1] * (len(shapes[0]) - 3) + [dilation, dilation, 1]
  static_batch = dilation % 2 == 0
  expected, _ = _values_and_gradients(
    lambda x, kernel: _by_taps(x, kernel, dilation, padding),
    *shapes,
    static_batch,
  )
  found, shape = _values_and_gradients(
    lambda x, kernel: form(x, kernel, dilations, padding), *shapes, static_batch
  )
  assert shape.as_list() == [
    shapes[0][0] if static_batch else None,
    *expected[0].shape[1:],
  ]
  for ours, theirs in zip(found, expected):
    assert theirs.std() > 0.1, "says nothing"
    np.testing.assert_allclose(ours, theirs, 1e-5, 1e-5 * np.abs(theirs).max())


@pytest.mark.parametrize(
  "on, gpus, native",
  [(True, [], True), (False, ["a GPU"], True), (False, [], False)],
)
def test_is_taken_apart_where_there_is_no_choice(monkeypatch, on, gpus, native):
  monkeypatch.setattr(onednn, "is_on", lambda: on)
  monkeypatch.setattr(tf.config, "list_physical_devices", lambda *_: gpus)
  for dilation in (1, 2):
    with tf.Graph().as_default() as graph:
      dilated.convolution(
        tf.zeros(FRAMES[0]),
        tf.zeros(FRAMES[1]),
        [1, dilation, dilation, 1],
        "SAME",
      )
      (conv,) = [op for op in graph.get_operations() if op.type == "Conv2D"]
      apart = any("SpaceToBatch" in op.type for op in graph.get_operations())
    assert apart == (dilation == 2 and not native)
    assert conv.get_attr("dilations") == (
      [1, 1, 1, 1] if apart else [1, dilation, dilation, 1]
    )


# Our network and tensor2tensor's, on windows whose pixels 2 apart belong
# together.
_TRAINING = """
import sys
if {first}:
  import tensorflow
import t2t_af
t2t_af.register()
import numpy as np
import tensorflow.compat.v1 as tf
from tensor2tensor.models.research import glow_ops
from t2t_af.compat import onednn
from t2t_af.networks import conv_stack
tf.set_random_seed(0)
x = tf.constant(np.random.RandomState(0).standard_normal(
    [4, 2, 7, 9, 3]).astype(np.float32))
target = tf.roll(x, [2, 2], [2, 3])
with tf.variable_scope("ours"):
  network = conv_stack.ConvStack(3, 8, 3, "relu", dilation=2, num_steps=2)
  steps = network.apply(tuple(tf.unstack(x, axis=1)), network.weights())
  ours = tf.stack(steps, axis=1)
theirs = glow_ops.conv_stack("theirs", x, 8, 3, dilations=[1, 1, 2, 2, 1])
losses = [tf.reduce_mean((y - target) ** 2) for y in (ours, theirs)]
train = tf.train.AdamOptimizer(0.01).minimize(tf.add_n(losses))
with tf.Session() as session:
  session.run(tf.global_variables_initializer())
  before = session.run(losses)
  for _ in range(30):
    session.run(train)
  after = session.run(losses)
assert all(b < 0.9 * a for a, b in zip(before, after)), (before, after)
print(onednn.is_on())
"""


@ON_X86
@pytest.mark.parametrize(
  "value, first, on",
  [
    ("0", False, False),
    (None, False, True),
    pytest.param("1", False, True, marks=pytest.mark.slow),
    pytest.param("0", True, False, marks=pytest.mark.slow),
  ],
  ids=["0", "unset", "1", "0_tensorflow_first"],
)
def test_trains_however_onednn_is_set(
  run_python, monkeypatch, value, first, on
):
  monkeypatch.delenv(SWITCH, raising=False)
  if value is not None:
    monkeypatch.setenv(SWITCH, value)
  done = run_python("-c", _TRAINING.format(first=first), path=[ROOT])
  assert done.returncode == 0, done.stderr
  assert done.stdout.strip() == str(on)


@ON_X86
@pytest.mark.parametrize(
  "value, loaded, expected",
  [(None, False, "1"), ("0", False, "0"), ("", False, ""), (None, True, None)],
)
def test_the_user_has_the_last_word_on_onednn(
  monkeypatch, value, loaded, expected
):
  # Set first, so that what the tested function sets is taken back too.
  monkeypatch.setenv(SWITCH, value or "")
  if value is None:
    monkeypatch.delenv(SWITCH)
  monkeypatch.setattr(
    onednn,
    "sys",
    types.SimpleNamespace(modules={"tensorflow": tf} if loaded else {}),
  )
  onednn.before_tensorflow()
  assert onednn.os.environ.get(SWITCH) == expected


def test_unknown_builds_of_tensorflow_count_as_without_onednn(monkeypatch):
  monkeypatch.setattr(onednn, "_IS_ON", "no_such_function")
  assert not onednn.is_on()
  monkeypatch.setattr(tf.sysconfig, "get_lib", lambda: "/no/such/folder")
  assert not onednn.is_on()
