"""TF_CONFIG, by which TensorFlow tells the workers of a cluster apart.

    {"cluster": {"worker": ["a:2222", "b:2222"]},
     "task": {"type": "worker", "index": 0}}

A "chief", where there is one, comes before the workers; else worker 0 is it.
"""

import json
import re
from typing import Any, NamedTuple

from t2t_af.errors import UserError

VARIABLE = "TF_CONFIG"
_JOBS = ("chief", "worker")  # In this order.
_ADDRESS = re.compile(r"(.+):(\d{1,5})")
_EXAMPLE = (
  '{"cluster": {"worker": ["host1:2222", "host2:2222"]}, '
  '"task": {"type": "worker", "index": 0}}'
)


class Cluster(NamedTuple):
  """Who takes part in a training.

  Attributes:
    addresses: "host:port" of every worker, the chief first. At most one: no
      cluster.
    index: of this process among them.
  """

  addresses: tuple[str, ...] = ()
  index: int = 0


def parse(text: str) -> Cluster:
  """The workers that TF_CONFIG names.

  Raises:
    UserError: it is not JSON of a cluster of workers and one of its tasks.
  """
  if not text.strip():
    return Cluster()
  try:
    fields = json.loads(text)
    jobs = fields.get("cluster") or {}
    task = fields.get("task") or {}
    tasks = {
      job: [str(a) for a in list(of_job)] for job, of_job in jobs.items()
    }
    kind, index = task.get("type", "worker"), task.get("index", 0)
  except (ValueError, AttributeError, TypeError, RecursionError) as error:
    raise _wrong(f"is not JSON of a cluster and a task ({error})") from error
  if not tasks:
    return Cluster()
  return _of_tasks(tasks, kind, index)


def _of_tasks(tasks: dict[str, list[str]], kind: Any, index: Any) -> Cluster:
  others = sorted(set(tasks) - set(_JOBS))
  if others:
    raise _wrong(
      f"names tasks of the kind {' and '.join(others)}: a training has workers "
      "alone, and the chief evaluates"
    )
  addresses = [a for job in _JOBS for a in tasks.get(job, ())]
  for address in addresses:
    match = _ADDRESS.fullmatch(address)
    if not match or not 0 < int(match.group(2)) < 2**16:
      raise _wrong(f"has {address!r}, which is no host:port")
  if len(set(addresses)) < len(addresses):
    raise _wrong("names an address twice")
  if isinstance(index, str) and index.isdigit():
    index = int(index)
  if (
    kind not in tasks
    or isinstance(index, bool)
    or not isinstance(index, int)
    or not 0 <= index < len(tasks[kind])
  ):
    raise _wrong(f"says that this is {kind} {index}, which the cluster has not")
  before = len(tasks.get("chief", ())) if kind == "worker" else 0
  return Cluster(tuple(addresses), before + index)


def _wrong(what: str) -> UserError:
  return UserError(
    f"{VARIABLE} {what}. Unset it, and one process trains; or give each worker "
    f"its own, as in {_EXAMPLE}"
  )
