"""The example of docs/flow_under_your_model.md, in a notebook's process."""

import pathlib
import re
import subprocess
import sys

import pytest

_ROOT = pathlib.Path(__file__).parents[2]
_PAGE = _ROOT.joinpath("docs", "flow_under_your_model.md")
_ERROR = re.compile(r"```\nValueError: (.*)\n```")

_BEFORE = """
import sys
import t2t_af
assert "tensorflow" not in sys.modules
"""
_AFTER = """
import math
assert tf.executing_eagerly() and "tensor2tensor" not in sys.modules

# It learns: the entropy of a step of the walk is known.
entropy = features * (0.5 * math.log(2 * math.pi * math.e) + math.log(0.1))
print("loss", losses[0], losses[-1], entropy)

# Its variables are found, from the flow and from the distribution.
assert len(flow.trainable_variables) == 4
assert len(model.trainable_variables) == 4

# Samples are noise again, and likelihoods those of the change of variables.
back = flow.inverse(tf.identity(flow.forward(tf.identity(y))))
print("back", float(tf.reduce_max(abs(back - y))))
assert sample.shape == [4, num_steps, features]
with tf.GradientTape() as tape:
  one = tf.reshape(walk[:1], [-1])
  tape.watch(one)
  out = flow.inverse(tf.reshape(one, [1, num_steps, features]))
  out = tf.reshape(out, [-1])
log_det = tf.linalg.slogdet(tape.jacobian(out, one))[1]
given = flow.inverse_log_det_jacobian(tf.identity(walk[:1]), 2)[0]
print("log_det", float(abs(log_det - given)))

# Saved and loaded.
path = tf.train.Checkpoint(flow=flow).save(sys.argv[1] + "/flow")
kept = flow.inverse(tf.identity(walk))
for variable in flow.trainable_variables:
  variable.assign(tf.zeros_like(variable))
assert float(tf.reduce_max(abs(flow.inverse(tf.identity(walk)) - kept))) > 0.1
tf.train.Checkpoint(flow=flow).restore(path).assert_consumed()
restored = flow.inverse(tf.identity(walk))
print("restored", float(tf.reduce_max(abs(restored - kept))))

# A conditioner that is wrong.
three = AffineAutoregressive(lambda x: (x, x, x), 3, event_rank=2)
try:
  three.inverse(walk)
except ValueError as error:
  print("error", error)
"""


@pytest.fixture(name="printed", scope="module")
def _printed(tmp_path_factory):
  (code,) = re.findall(r"```python\n(.*?)```", _PAGE.read_text(), re.DOTALL)
  done = subprocess.run(
    [sys.executable, "-c", _BEFORE + code + _AFTER]
    + [str(tmp_path_factory.mktemp("saved"))],
    env={"PYTHONPATH": str(_ROOT), "CUDA_VISIBLE_DEVICES": ""},
    capture_output=True,
    text=True,
    timeout=300,
    check=False,
  )
  assert done.returncode == 0, done.stderr
  return dict(line.split(" ", 1) for line in done.stdout.splitlines())


def test_eager_mode_stays_on_and_the_flow_learns(printed):
  first, last, entropy = map(float, printed["loss"].split())
  assert last < first - 1 and entropy - 0.3 < last < entropy + 0.6


@pytest.mark.parametrize("identity", ["back", "log_det", "restored"])
def test_identities_hold(printed, identity):
  assert float(printed[identity]) < 1e-3


def test_a_wrong_conditioner_is_told_as_the_page_says(printed):
  assert printed["error"] == _ERROR.search(_PAGE.read_text()).group(1)
