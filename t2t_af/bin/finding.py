"""What `t2t-af doctor` reports, and the commands that cure."""

import pathlib
from typing import NamedTuple, Optional

REQUIREMENTS = pathlib.Path(__file__).parents[2] / "requirements.txt"
if REQUIREMENTS.exists():
  SETUP = "make setup"
  OTHER_VERSION = f"rm .venv/setup.stamp; {SETUP}"
  OTHER_PYTHON = f"{SETUP} PYTHON=/path/to/python3.11"
  WITH_GPU = f"{SETUP} GPU=1"
else:  # from a wheel, which has no Makefile
  SETUP = OTHER_VERSION = "t2t-af install"
  OTHER_PYTHON = "an environment of Python 3.9, 3.10 or 3.11"
  WITH_GPU = 'pip install "t2t_af[gpu]"'


class Finding(NamedTuple):
  """One line of the report.

  Attributes:
    what: what was looked at.
    found: what was found.
    cure: the command that mends it; None if nothing is wrong.
  """

  what: str
  found: str
  cure: Optional[str] = None
