"""The manifest of a data set as a file: read, or what is wrong with it told."""

import tensorflow.compat.v1 as tf

from t2t_af import json_text
from t2t_af.errors import UserError


class Unreadable(UserError):
  """The disk does not give what is in the file, which may be whole."""


def read(path: str, remedy: str) -> dict:
  """The object in the file; empty where there is no file.

  Args:
    path: the file.
    remedy: how its data is made anew, for the error.

  Raises:
    Unreadable: the disk, or the network, fails.
    UserError: it holds something else.
  """
  if not tf.gfile.Exists(path):
    return {}
  try:
    with tf.gfile.Open(path, "r") as stream:
      manifest = json_text.loads(stream.read(), with_names=True)
  except tf.errors.OpError as error:
    raise Unreadable(f"{path} cannot be read ({error.message})") from error
  except ValueError as error:
    raise UserError(
      f"{path} is not JSON ({error}): delete it and {remedy}"
    ) from error
  if not isinstance(manifest, dict):
    raise UserError(f"{path} is not a manifest: delete it and {remedy}")
  return manifest
