"""Mends of what TensorFlow does when it is imported."""

from t2t_af.compat.deferred import defer
from t2t_af.compat.mend import mend


@mend(
  breaks="importing TensorFlow imports Google's cloud client, which speaks to "
  "machines of Google's alone: tenths of a second",
  until="TensorFlow imports it where it is used",
)
def cloud_client() -> None:
  """Imports it when something of it is asked for."""
  defer("googleapiclient.discovery")
