"""The checkpoint of a run with the lowest NLL on the dev split.

While a run is trained and evaluated in turn, `keep` puts the files of its best
checkpoint under <output_dir>/best. At the end `use` makes that one the run's
newest, so that every command that reads the run reads it. Both can be killed
at any moment, and are then done again.
"""

import os
import sys
from typing import Optional

from tensor2tensor.utils import decoding as t2t_decoding

from t2t_af.experiments import checkpoints
from t2t_af.records import json_lines
from t2t_af.records import run_folder

SPLIT = "dev"


def step_of(output_dir: str) -> int:
  """Training step of the newest checkpoint; -1 where there is none."""
  checkpoint = checkpoints.newest(output_dir)
  return t2t_decoding.get_step_from_ckpt_path(checkpoint) if checkpoint else -1


def kept(output_dir: str) -> str:
  """What is said when a training was stopped: from where it goes on."""
  step = step_of(output_dir)
  if step < 1:
    return "nothing is saved yet; the same command starts again"
  return (
    f"step {step} is saved ({checkpoints.newest(output_dir)}); the same "
    "command continues from there"
  )


def is_evaluated(output_dir: str, step: int) -> bool:
  """Whether there is a likelihood record of the dev split at this step."""
  return step in _by_step(output_dir)


def keep(output_dir: str) -> None:
  """Has best/ hold the best checkpoint that was evaluated, and no other."""
  step = _best_step_left(output_dir)
  if step is None:
    return
  best = _best(output_dir)
  if checkpoints.is_whole(best, step) or checkpoints.copy(
    step, output_dir, best
  ):
    checkpoints.remove_others(best, step)


def use(output_dir: str) -> None:
  """Makes the best checkpoint the newest one; the last is kept beside it.

  Without a finite NLL on the dev split, the last one stays the newest. Where
  the best one is lost, the best of those that are left is taken.
  """
  step = _best_step_left(output_dir)
  by_nll = _steps_by_nll(output_dir)
  if by_nll and step != by_nll[0]:
    instead = step_of(output_dir) if step is None else step
    _say(
      f"{output_dir}: the checkpoint of step {by_nll[0]}, the best on the dev "
      f"split, is lost; step {instead} is used instead"
    )
  if step is None or step == step_of(output_dir):
    return
  if checkpoints.is_whole(output_dir, step) or checkpoints.copy(
    step, _best(output_dir), output_dir
  ):
    checkpoints.make_newest(output_dir, step)


def _best(output_dir: str) -> str:
  return os.path.join(output_dir, "best")


def _best_step_left(output_dir: str) -> Optional[int]:
  """Of the evaluated steps whose checkpoint is there, the one of lowest NLL."""
  folders = (_best(output_dir), output_dir)
  for step in _steps_by_nll(output_dir):
    if any(checkpoints.is_whole(folder, step) for folder in folders):
      return step
  return None


def _steps_by_nll(output_dir: str) -> list[int]:
  """Steps with a finite NLL on the dev split, the lowest NLL first."""
  nlls = _by_step(output_dir)
  return sorted((s for s in nlls if nlls[s] is not None), key=lambda s: nlls[s])


def _by_step(output_dir: str) -> dict:
  """{step: NLL on the dev split}; of a step that was trained twice the last."""
  return {
    r["step"]: r["nll_nats_per_dim"]
    for r in json_lines.read(run_folder.results(output_dir, "likelihood"))
    if r["split"] == SPLIT
  }


def _say(line: str) -> None:
  sys.stderr.write(f"{line}\n")
