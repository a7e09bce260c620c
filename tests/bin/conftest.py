"""What tests of the commands share."""

from absl import flags
from absl.testing import flagsaver
import pytest

# Defines tensor2tensor's flags.
from tensor2tensor.bin import t2t_trainer as _  # noqa: F401


@pytest.fixture
def parsed_flags():
  """Flags with their defaults; what a test parses is forgotten after it."""
  with flagsaver.flagsaver():
    flags.FLAGS.unparse_flags()
    flags.FLAGS(["test"])
    yield flags.FLAGS
