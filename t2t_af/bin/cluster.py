"""TF_CONFIG, by which TensorFlow tells the workers of a cluster apart."""

import json
import os

from t2t_af.errors import UserError

_VARIABLE = "TF_CONFIG"


def check() -> None:
  """Raises UserError where TF_CONFIG asks for several workers, or for nothing.

  tensor2tensor's own way of several workers, parameter servers of TensorFlow
  1, is gone from TensorFlow 2.
  """
  text = os.environ.get(_VARIABLE, "").strip()
  if not text:
    return
  try:
    cluster = json.loads(text).get("cluster") or {}
    tasks = [task for tasks in cluster.values() for task in tasks]
  except (ValueError, AttributeError, TypeError, RecursionError) as error:
    raise UserError(
      f"{_VARIABLE} is not JSON of a cluster and a task ({error}). Unset it: "
      "one process trains, on the GPUs of one machine."
    ) from error
  if tasks:
    raise UserError(
      f"{_VARIABLE} names a cluster of {len(tasks)} "
      f"task{'s' if len(tasks) > 1 else ''} ({', '.join(sorted(cluster))}), "
      "and one process trains here, on the GPUs of one machine "
      f"(--worker_gpu=N). Unset {_VARIABLE}."
    )
