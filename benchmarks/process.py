"""A measurement in a new process, which nothing before it disturbs."""

import json
import os
import shlex
import subprocess
import sys

from t2t_af.errors import UserError


def measure(module: str, *arguments: str) -> dict:
  """Runs `python -m module arguments` and reads its last line, a JSON object.

  Raises:
    UserError: it failed.
  """
  return _last_line("-m", module, *arguments)


def measure_script(path: str, *arguments: str) -> dict:
  """The same of a script, or of a folder's __main__.py."""
  return _last_line(path, *arguments)


def _last_line(*arguments: str) -> dict:
  done = subprocess.run(
    [sys.executable, *arguments],
    stdout=subprocess.PIPE,
    env=dict(os.environ, TF_CPP_MIN_LOG_LEVEL="3"),
  )
  if done.returncode:
    raise UserError(
      f"the measurement `python {shlex.join(arguments)}` failed with exit code "
      f"{done.returncode}; what it said is above"
    )
  return json.loads(done.stdout.decode().strip().splitlines()[-1])
