"""Writes the first sequences of a video problem as .npy files, split by split.

    python -m scripts.write_clips video_mmnist_idx clips --tmp_dir=mnist \\
        [--sizes=200,20,8]

FOLDER then has train/, dev/ and test/, as `t2t-datagen --problem=video_folder
--source_dir=FOLDER` takes them: a small data set, and files to ask a run about.
"""

import argparse
import io
import itertools
import os

import numpy as np

import t2t_af
from t2t_af import whole_file

_SPLITS = {"train": "train", "eval": "dev", "test": "test"}


def main() -> None:
  """Writes the files; prints how many."""
  parser = argparse.ArgumentParser(description=__doc__)
  parser.add_argument("problem")
  parser.add_argument("folder")
  parser.add_argument("--tmp_dir", default="", help="of the archives")
  parser.add_argument("--sizes", default="200,20,8", help="of the splits")
  args = parser.parse_args()
  t2t_af.register()
  from tensor2tensor.utils import registry

  from problems.core import options

  problem = registry.problem(args.problem)
  with options.using(allow_missing=True):
    problem.prepare_to_generate(args.folder, args.tmp_dir)
    for (split, called), size in zip(_SPLITS.items(), args.sizes.split(",")):
      sequences = problem.generate_sequences(args.folder, args.tmp_dir, split)
      for name, frames in itertools.islice(sequences, int(size)):
        _write(os.path.join(args.folder, called, name + ".npy"), frames)


def _write(path: str, frames: np.ndarray) -> None:
  stream = io.BytesIO()
  np.save(stream, frames)
  whole_file.write(path, stream.getvalue())


if __name__ == "__main__":
  main()
