"""What a training was started with: flags.txt, flags_t2t.txt, hparams.json."""

import os
from typing import Any

from absl import flags
from tensor2tensor.utils import hparams_lib

from t2t_af import whole_file
from t2t_af.annotations import HParams

FLAGS = flags.FLAGS
_OF_TENSOR2TENSOR = "tensor2tensor.utils.flags"


def write(hparams: HParams) -> None:
  """The files that tensor2tensor's `save_metadata` writes, each whole.

  A training that is killed meanwhile would leave a part of hparams.json, from
  which it then could not go on.
  """
  of_tensor2tensor = FLAGS.flags_by_module_dict()[_OF_TENSOR2TENSOR]
  saved = hparams_lib.copy_hparams(hparams)
  saved.del_hparam("modality")  # Classes, which JSON has not.
  for name, text in {
    "flags.txt": FLAGS.flags_into_string(),
    "flags_t2t.txt": "\n".join(
      f"--{flag.name}={flag.value}" for flag in of_tensor2tensor
    ),
    "hparams.json": saved.to_json(indent=0, sort_keys=True),
  }.items():
    path = os.path.join(os.path.expanduser(FLAGS.output_dir), name)
    whole_file.write(path, text.encode("utf-8"))


def add_to(stock: Any) -> None:
  """Has the stock trainer write them so."""
  stock.save_metadata = write
