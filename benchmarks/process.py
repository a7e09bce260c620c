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
  output = subprocess.run(
    [sys.executable, "-m", module, *arguments],
    check=True,
    stdout=subprocess.PIPE,
    env=dict(os.environ, TF_CPP_MIN_LOG_LEVEL="3"),
  )
  return json.loads(output.stdout.decode().strip().splitlines()[-1])
