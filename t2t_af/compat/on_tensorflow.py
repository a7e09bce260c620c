"""Mends of TensorFlow's behaviour and of tf_slim upon it."""

import fnmatch
import os
import sys
from typing import Callable

import tensorflow.compat.v1 as tf
from tensorflow.python.framework import ops
from tensorflow.python.lib.io import file_io
from tensorflow.python.ops import array_ops
from tensorflow.python.ops import control_flow_ops
from tensorflow.python.ops import variable_scope
from tensorflow.python.training import basic_session_run_hooks
from tensorflow.python.training import training_util
from tensorflow.python.util import deprecation

from t2t_af.compat.mend import mend
from t2t_af.compat.mend import wrap


@mend(
  breaks="tensor2tensor builds graphs; with v2 behaviour Keras layers "
  "ignore AUTO_REUSE and two convolutions of one name silently make two "
  "kernels, and decoding ends in a RuntimeError of tf.summary",
  until="tensor2tensor is gone",
)
def graph_mode() -> None:
  """Turns v2 behaviour off before tensor2tensor looks at it."""
  tf.disable_v2_behavior()


@mend(
  breaks="under --t2t_usr_dir of a stock command, tensor2tensor was "
  "imported with v2 behaviour on and has taken Keras layers for tf.layers",
  until="tensor2tensor is gone",
)
def late_import() -> None:
  """Gives modules that are already imported the layers of graph mode."""
  common_layers = sys.modules.get("tensor2tensor.layers.common_layers")
  if common_layers is None:
    return
  taken = common_layers._cached_layers
  common_layers._cached_layers = tf.layers
  if taken is None or taken is tf.layers:
    return
  for name, module in list(sys.modules.items()):
    if (
      name.startswith("tensor2tensor.")
      and vars(module).get("tfl") is taken  # getattr would run what is put off
    ):
      module.tfl = tf.layers


@mend(
  breaks="every deprecated call of tensor2tensor is reported, hundreds "
  "of lines in each run",
  until="tensor2tensor is gone",
)
def deprecation_notes() -> None:
  """Switches TensorFlow's notes on deprecated calls off."""
  deprecation._PRINT_DEPRECATION_WARNINGS = False


@mend(
  breaks="every training writes its graph as text, graph.pbtxt, which nothing "
  "reads: a tenth of the time to the first step",
  until="the Estimator is gone",
)
def graph_as_text() -> None:
  """Leaves it out: the graph is in the .meta file of every checkpoint."""
  training_util.write_graph = lambda *args, **kwargs: None


@mend(
  breaks="before its first step a training writes weights that nothing has "
  "set yet, which may not be evaluated, and its graph three times",
  until="the Estimator is gone",
)
def checkpoint_of_step_0() -> None:
  """Leaves it out: the first checkpoint is of weights that were trained."""
  hook = basic_session_run_hooks.CheckpointSaverHook
  wrap(hook, "after_create_session", _from_step_1)


def _from_step_1(stock: Callable) -> Callable:
  def after_create_session(self, session, coord):
    step = session.run(self._global_step_tensor)
    if step == 0:
      self._timer.update_last_triggered_step(step)
    else:
      stock(self, session, coord)

  return after_create_session


@mend(
  breaks="a run's folder with [ ] in its name is taken for a pattern: its "
  "checkpoints are not found, and old ones never deleted",
  until="TensorFlow looks for checkpoints by their names",
)
def folder_names() -> None:
  """Takes a folder that is there for what it is, not for a pattern."""
  wrap(file_io, "get_matching_files", _in_a_folder_that_is_there)


def _in_a_folder_that_is_there(stock: Callable) -> Callable:
  def matching(filename):
    folder, pattern = os.path.split(os.fspath(filename))
    if not set("[*?") & set(folder) or not os.path.isdir(folder):
      return stock(filename)
    names = fnmatch.filter(os.listdir(folder), pattern)
    return [os.path.join(folder, name) for name in sorted(names)]

  return lambda filename: (
    matching(filename)
    if isinstance(filename, (str, os.PathLike))
    else stock(filename)
  )


# What tf_slim 1.1.0 (and nothing else here) asks of TensorFlow's private
# modules, and the public name of the same thing.
_MOVED = {
  control_flow_ops: {
    "case": tf.case,
    "cond": tf.cond,
    "Assert": tf.Assert,
    "while_loop": tf.while_loop,
  },
  array_ops: {"stack": tf.stack, "unstack": tf.unstack},
  ops: {"Tensor": tf.Tensor, "IndexedSlices": tf.IndexedSlices},
  variable_scope: {"variable": tf.Variable},
}


@mend(
  breaks="tf_slim's image decoder calls control_flow_ops.case and .cond, "
  "and its optimize_loss asks for ops.Tensor: no video problem can be "
  "read and no optimizer built",
  until="tf_slim > 1.1.0 uses public names",
)
def slim_names() -> None:
  """Puts the names that moved back where tf_slim looks for them."""
  for module, names in _MOVED.items():
    for name, value in names.items():
      if not hasattr(module, name):
        setattr(module, name, value)
