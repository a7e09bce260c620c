"""Makes a named model of a trained run: `t2t_af.load("NAME")` then opens it.

    python -m scripts.publish_model RUN NAME [--data_dir=data]

RUN is the --output_dir of t2t-trainer, or <set>/seed_<n> of t2t-af compare,
with a likelihood record of the whole test split at the checkpoint that answers
(the best on the dev split, else the newest). t2t_af/trained/NAME then has the
weights without the optimizer's state, hparams.json, run.json, and a card with
what the run's records say: card.json, and README.md for people. The same run
gives the same bytes.

Before it gets its name the model is asked about the first test sequences,
drawn or from the data in --data_dir, and must say what the record says.
"""

import argparse
import os
import shutil
import sys
import tempfile
from typing import Any

import numpy as np

from scripts import model_card
import t2t_af
from t2t_af import errors
from t2t_af.records import named_models

# Of an NLL in nats per dimension: float32, other batches, another machine.
SAME = 2e-4
_MAX_BYTES = 25e6


def main() -> None:
  """Publishes a run; says where and how large it is."""
  parser = argparse.ArgumentParser(
    description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
  )
  parser.add_argument("run", metavar="RUN")
  parser.add_argument("name", metavar="NAME")
  parser.add_argument("--data_dir", help="of the run's data")
  args = parser.parse_args()
  try:
    folder = publish(args.run, args.name, args.data_dir)
  except errors.UserError as error:
    parser.exit(2, f"error: {error}\n")
  print(f"{folder}: {_num_bytes(folder) / 1e6:.2f} MB")
  total = _num_bytes(named_models.FOLDER)
  print(f"all named models: {total / 1e6:.2f} MB")
  if total > _MAX_BYTES:
    parser.exit(2, f"error: more than {_MAX_BYTES / 1e6:.0f} MB\n")


def publish(run_dir: str, name: str, data_dir: Any = None) -> str:
  """Makes or replaces the named model; returns its folder.

  Args:
    run_dir: of the run, where nothing is written.
    name: lower-case letters, digits and _.
    data_dir: of the run's data; None: where it was.

  Raises:
    UserError: the run has no whole checkpoint, or no likelihood record of the
      whole test split at it; the model does not say what its record says.
  """
  if not named_models.VALID.fullmatch(name):
    raise errors.UserError(f"{name}: a name is of a-z, 0-9 and _")
  t2t_af.register()  # Before TensorFlow is loaded.
  from scripts import run_copies

  target = os.path.join(named_models.FOLDER, name)
  os.makedirs(named_models.FOLDER, exist_ok=True)
  folder = tempfile.mkdtemp(dir=named_models.FOLDER, prefix=".")
  try:
    with t2t_af.load(run_dir, data_dir) as run:
      card = model_card.of_run(run, name)
      run_copies.write(run.run, folder)
    with t2t_af.load(folder, data_dir) as copy:
      card["probe"] = probe(copy)
      if not check(copy, card):
        sys.stderr.write(
          "not compared with its record: its data is not at hand (--data_dir)\n"
        )
    model_card.write(folder, card)
    os.chmod(folder, 0o755)
    shutil.rmtree(target, ignore_errors=True)
    os.rename(folder, target)
  finally:
    shutil.rmtree(folder, ignore_errors=True)
  return target


def check(run: Any, card: dict[str, Any]) -> int:
  """Asks a LoadedRun about the sequences of its card that are at hand.

  Returns:
    How many: 0 where the problem is not drawn and its data is not there.

  Raises:
    UserError: it says another NLL of one.
  """
  from t2t_af.experiments.asking import contexts

  expected = card["sequences"]
  if not (run.run.problem.is_drawn or run.run.has_data):
    return 0
  asked = 0
  for recording in contexts.first(run.run, "test", len(expected)):
    found = nll_nats_per_dim(run, recording.sequence_id, recording.values)
    before = expected[recording.sequence_id]
    if not abs(found - before) <= SAME * max(1.0, abs(before)):
      raise errors.UserError(
        f"{card['name']}: of {recording.sequence_id} the model says {found} "
        f"nats/dim, its record {before}. Evaluate the run again (t2t-eval)."
      )
    asked += 1
  return asked


def nll_nats_per_dim(run: Any, sequence_id: str, x: np.ndarray) -> float:
  """Of a sequence as an evaluation has it: the mean over its windows.

  Of video that is the first window, of series those that fit side by side.
  """
  inputs, targets = run.run.num_inputs, run.run.num_targets
  windows = (len(x) - inputs) // targets if run.names else 1
  nll = run.score(x[: inputs + windows * targets], sequence_id).nll_nats
  return float(np.mean(nll[inputs:])) / run.run.dims


def probe(run: Any) -> Any:
  """NLL in nats/dim of a walk that anybody can draw; None of video.

  So a model of data that is not at hand can be checked too.
  """
  if not run.names:
    return None
  steps = run.run.num_inputs + run.run.num_targets
  rng = np.random.default_rng(0)
  walk = np.cumsum(0.1 * rng.standard_normal([steps, run.run.dims]), axis=0)
  raw = run.run.statistics.to_raw(walk)
  return nll_nats_per_dim(run, "probe", raw)


def _num_bytes(folder: str) -> int:
  return sum(
    os.path.getsize(os.path.join(place, name))
    for place, _, names in os.walk(folder)
    for name in names
  )


if __name__ == "__main__":
  main()
