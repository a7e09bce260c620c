"""Executes one run of a comparison, given as JSON; `t2t-af compare` calls it.

    python -m t2t_af.bin.run '{"model": "video_flow", ...}' [--force]

The fields are those of `experiments.run.Run`. --force runs it though another
process seems to.
"""

from collections.abc import Sequence
import json
import sys
from typing import Optional

import t2t_af
from t2t_af.bin import outcome


def main(argv: Optional[Sequence[str]] = None) -> int:
  """Returns the exit code."""
  t2t_af.register()  # before anything of tensor2tensor is imported
  from t2t_af.experiments import best_checkpoint
  from t2t_af.experiments import run

  fields, *flags = sys.argv[1:] if argv is None else argv
  given = run.Run(**json.loads(fields))
  return outcome.exit_code_of(
    lambda: run.execute(given, force="--force" in flags),
    lambda: best_checkpoint.kept(given.output_dir),
  )


if __name__ == "__main__":
  sys.exit(main())
