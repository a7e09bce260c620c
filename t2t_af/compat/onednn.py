"""oneDNN, TensorFlow's library of fast CPU kernels: switched on, asked for."""

import ctypes
import os
import platform
import sys

_SWITCH = "TF_ENABLE_ONEDNN_OPTS"
# `bool tensorflow::IsMKLEnabled()`: what TensorFlow settled on when it was
# loaded. Python has no name for it: IsMklEnabled of test_util looks at the
# environment of now, and knows nothing of the default.
_IS_ON = "_ZN10tensorflow12IsMKLEnabledEv"


def before_tensorflow() -> None:
  """Switches oneDNN on, unless the user has decided. Idempotent.

  TensorFlow does so by itself on CPUs with AVX512-VNNI or AMX alone, but
  training is faster with it on others as well.
  """
  is_x86 = platform.machine().lower() in ("x86_64", "amd64")
  if is_x86 and "tensorflow" not in sys.modules:
    os.environ.setdefault(_SWITCH, "1")


def is_on() -> bool:
  """Whether TensorFlow uses oneDNN in this process; False if unknown."""
  import tensorflow.compat.v1 as tf

  library = os.path.join(tf.sysconfig.get_lib(), "libtensorflow_framework.so.2")
  try:
    answer = getattr(ctypes.CDLL(library), _IS_ON)
  except (AttributeError, OSError):  # another build, another system
    return False
  answer.restype = ctypes.c_bool
  return answer()
