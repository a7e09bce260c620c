"""Flags of tensor2tensor's commands, for tests of what is checked of them."""

import types

from absl import flags
from tensor2tensor.bin import t2t_decoder as stock_decoder  # noqa: F401
from tensor2tensor.bin import t2t_trainer as stock_trainer  # noqa: F401

from t2t_af.bin import t2t_decoder
from t2t_af.bin import t2t_eval
from t2t_af.bin import t2t_trainer

COMMANDS = (t2t_trainer, t2t_eval, t2t_decoder)


def give(**values):
  """Sets flags."""
  for name, value in values.items():
    setattr(flags.FLAGS, name, value)


def stock():
  """As much of a command's module as is changed in it."""
  return types.SimpleNamespace(decoding=types.SimpleNamespace())


def of_a_new_run(folder):
  """Data of every split is in the folder; flags of a run not there yet."""
  for split in ("train", "dev", "test"):
    (folder / f"video_toy_pushing-{split}-00000-of-00001").touch()
  give(
    problem="video_toy_pushing",
    model="slvm",
    hparams_set="slvm_tiny",
    data_dir=str(folder),
    output_dir=str(folder / "run"),
    train_steps=5,
    random_seed=2,
  )
