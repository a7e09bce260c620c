"""Makes tensor2tensor 1.15.7 work on TensorFlow 2.15.1. Imported first.

tensor2tensor is archived and will not be mended upstream, so every mend is
here, each with what breaks without it and the condition under which it can
go (`t2t-af doctor` lists them). `apply()` must come before anything imports
tensor2tensor; where a foreign command has imported it already
(`--t2t_usr_dir` with tensor2tensor's stock trainer), the names that its
modules took at import are put right as well.
"""

import importlib
import importlib.util

from t2t_af.compat import onednn
from t2t_af.compat import quiet
from t2t_af.compat.mend import applied
from t2t_af.compat.mend import known
from t2t_af.compat.mend import Mend
from t2t_af.compat.mend import run_all
from t2t_af.errors import UserError

__all__ = ["Mend", "applied", "apply", "known"]

# Each family is applied before the next is imported: TensorFlow's behaviour
# is set before tensor2tensor's modules look at it, and glow can only be
# imported on a mended contrib.
_FAMILIES = (
  "before_tensorflow",
  "on_tensorflow",
  "on_demand",
  "on_tensor2tensor",
  "on_glow",
)


def apply() -> None:
  """Applies every mend, in order. Idempotent.

  Raises:
    UserError: tensor2tensor is not installed.
  """
  if importlib.util.find_spec("tensor2tensor") is None:
    raise UserError(
      "tensor2tensor is not installed, which no resolver can do beside "
      "TensorFlow 2.15. `t2t-af install` adds it: a minute or two."
    )
  quiet.before_tensorflow()
  onednn.before_tensorflow()
  with quiet.import_noise_dropped():
    for family in _FAMILIES:
      importlib.import_module(f"t2t_af.compat.{family}")
      run_all()
