"""TF_CONFIG in the commands: which of them may be one of several workers."""

import os

from t2t_af import tf_config
from t2t_af.errors import UserError

# What one process does.
_ALONE = (
  "{n} workers train together with t2t-trainer; here one process works. Unset "
  + tf_config.VARIABLE
  + "."
)


def named() -> tf_config.Cluster:
  """The cluster of TF_CONFIG.

  Raises:
    UserError: it names no such thing.
  """
  return tf_config.parse(os.environ.get(tf_config.VARIABLE, ""))


def check(trains: bool) -> None:
  """Raises UserError where TF_CONFIG asks for what there is not.

  Args:
    trains: whether the command can be one of several workers.
  """
  cluster = named()
  count = len(cluster.addresses)
  if count > 1 and not trains:
    raise UserError(_ALONE.format(n=count))
  if count == 1:
    del os.environ[tf_config.VARIABLE]  # As if there were none.
