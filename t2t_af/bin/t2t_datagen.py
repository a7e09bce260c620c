"""`t2t-datagen`: writes a problem's data. tensor2tensor's main and flags.

    t2t-datagen --problem=video_toy_pushing --data_dir=data [--tmp_dir=tmp]

--tmp_dir is where archives are downloaded to (default /tmp/t2t_datagen).
"""

import sys

from absl import flags

import t2t_af  # pylint: disable=unused-import
from t2t_af.bin import checks
from t2t_af.bin import command
from t2t_af.errors import suggest
from t2t_af.errors import UserError

FLAGS = flags.FLAGS


def main() -> None:
  sys.exit(command.run(
      "tensor2tensor.bin.t2t_datagen", __doc__, _prepare,
      interrupted=lambda: "files that were not complete do not count; the "
      "same command starts them again"))


def _prepare(stock) -> None:
  checks.given("problem", "data_dir")
  checks.expand_home("data_dir", "tmp_dir")
  from tensor2tensor.utils import registry
  # pylint: disable=protected-access
  known = (registry.list_base_problems() + registry.list_env_problems() +
           list(stock._SUPPORTED_PROBLEM_GENERATORS))
  for name in FLAGS.problem.split(","):
    found = any(k.startswith(name[:-1]) for k in known) \
        if name.endswith("*") else name in known
    if not found:
      raise UserError(suggest(name, known, "problem"))


if __name__ == "__main__":
  main()
