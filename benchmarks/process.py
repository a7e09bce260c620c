"""A measurement in a new process, which nothing before it disturbs."""

import json
import os
import subprocess
import sys


def measure(module: str, *arguments: str) -> dict:
  """Runs `python -m module arguments` and reads its last line, a JSON object.

  Raises:
    subprocess.CalledProcessError: it failed.
  """
  return _last_line("-m", module, *arguments)


def measure_script(path: str, *arguments: str) -> dict:
  """The same of a script, or of a folder's __main__.py."""
  return _last_line(path, *arguments)


def _last_line(*arguments: str) -> dict:
  output = subprocess.run(
    [sys.executable, *arguments],
    check=True,
    stdout=subprocess.PIPE,
    env=dict(os.environ, TF_CPP_MIN_LOG_LEVEL="3"),
  )
  return json.loads(output.stdout.decode().strip().splitlines()[-1])
