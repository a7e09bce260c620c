"""Workers on this machine: where they listen, and what each is told."""

from collections.abc import Sequence
import json
import os
import socket


def free_addresses(count: int) -> list[str]:
  """Of 127.0.0.1, at ports that nobody listens on."""
  probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
  addresses = [f"127.0.0.1:{probe.getsockname()[1]}" for probe in probes]
  for probe in probes:
    probe.close()
  return addresses


def environment(addresses: Sequence[str], index: int) -> dict[str, str]:
  """This process's, with the TF_CONFIG of a worker; without one where alone.

  Args:
    addresses: of all workers; one or none: it trains alone.
    index: which of them it is.
  """
  env = dict(os.environ)
  env.pop("TF_CONFIG", None)
  if len(addresses) > 1:
    task = {"type": "worker", "index": index}
    cluster = {"worker": list(addresses)}
    env["TF_CONFIG"] = json.dumps({"cluster": cluster, "task": task})
  return env
