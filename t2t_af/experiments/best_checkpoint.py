"""The checkpoint of a run with the lowest NLL on the dev split.

While a run is trained and evaluated in turn, `keep_if_best` puts the files of
its best checkpoint under <output_dir>/best. At the end `use` makes that one
the run's newest, so that every command that reads the run reads it.
"""

import glob
import os
import shutil
from typing import Optional

from tensor2tensor.utils import decoding as t2t_decoding
import tensorflow.compat.v1 as tf

from t2t_af.errors import UserError
from t2t_af.records import json_lines
from t2t_af.records import run_folder

SPLIT = "dev"


def step_of(output_dir: str) -> int:
  """Training step of the newest checkpoint; -1 where there is none."""
  checkpoint = tf.train.latest_checkpoint(output_dir)
  return t2t_decoding.get_step_from_ckpt_path(checkpoint) if checkpoint else -1


def check_exists(output_dir: str) -> None:
  """Raises if there is nothing to restore."""
  if not tf.train.latest_checkpoint(output_dir):
    raise UserError(
      f"--output_dir={output_dir} holds no checkpoint. t2t-trainer with "
      "the same --output_dir writes one."
    )


def is_evaluated(output_dir: str, step: int) -> bool:
  """Whether there is a likelihood record of the dev split at this step."""
  return any(r["step"] == step for r in _evaluations(output_dir))


def keep_if_best(output_dir: str) -> None:
  """Copies the newest checkpoint to best/ if no step has a lower NLL."""
  step = step_of(output_dir)
  if _best_step(output_dir) != step:
    return
  folder = os.path.join(output_dir, "best")
  shutil.rmtree(folder, ignore_errors=True)
  os.makedirs(folder)
  for path in glob.glob(os.path.join(output_dir, f"model.ckpt-{step}.*")):
    shutil.copy2(path, folder)


def use(output_dir: str) -> None:
  """Makes the best checkpoint the newest one; the last is kept beside it.

  Without a finite NLL on the dev split, the last one stays the newest.
  """
  step = _best_step(output_dir)
  if step is None or step == step_of(output_dir):
    return
  last = tf.train.latest_checkpoint(output_dir)
  for path in glob.glob(
    os.path.join(output_dir, "best", f"model.ckpt-{step}.*")
  ):
    shutil.copy2(path, output_dir)
  best = os.path.join(os.path.abspath(output_dir), f"model.ckpt-{step}")
  tf.train.update_checkpoint_state(
    output_dir, best, all_model_checkpoint_paths=[last, best]
  )


def _best_step(output_dir: str) -> Optional[int]:
  finite = [
    r for r in _evaluations(output_dir) if r["nll_nats_per_dim"] is not None
  ]
  if not finite:
    return None
  return min(finite, key=lambda r: r["nll_nats_per_dim"])["step"]


def _evaluations(output_dir: str) -> list:
  return [
    r
    for r in json_lines.read(run_folder.results(output_dir, "likelihood"))
    if r["split"] == SPLIT
  ]
