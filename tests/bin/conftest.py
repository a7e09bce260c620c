"""What tests of the commands share."""

from absl import flags
from absl.testing import flagsaver
import pytest

# Defines tensor2tensor's flags.
from tensor2tensor.bin import t2t_trainer as _  # noqa: F401

from t2t_af.experiments import stoppable
from t2t_af.experiments import training_progress
from tests.bin import t2t_flags


@pytest.fixture
def parsed_flags():
  """Flags with their defaults; what a test parses is forgotten after it."""
  with flagsaver.flagsaver():
    flags.FLAGS.unparse_flags()
    flags.FLAGS(["test"])
    yield flags.FLAGS


@pytest.fixture(name="folder")
def _folder(parsed_flags, tmp_path, monkeypatch):
  """The data of `t2t_flags.of_a_new_run`; commands change nothing of stock."""
  t2t_flags.of_a_new_run(tmp_path)
  for adding in (stoppable, training_progress):
    monkeypatch.setattr(adding, "add_to", lambda stock: None)
  return tmp_path
