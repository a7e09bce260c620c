"""Keeps the noise of old packages down and lets real warnings through."""

from collections.abc import Iterator
import contextlib
import logging
import os
import pathlib
import re
import sys
import tempfile
import warnings

# What TensorFlow's C++ side, gym and others write straight to stderr while
# they are imported, on healthy machines too. Everything else is passed on.
_IMPORT_NOISE = re.compile(
  "|".join(
    [
      r"Unable to register cu\w+ factory",
      r"TF-TRT Warning: Could not find TensorRT",
      r"This TensorFlow binary is optimized to use available CPU",
      r"To enable the following instructions",
      r"Could not find cuda drivers on your machine",
    ]
  )
)

# Python warnings about the age of packages that are pinned here on purpose.
_PINNED_PACKAGES = (
  "gym",
  "tensorflow_addons",
  "tensor2tensor",
  "tf_slim",
  "tensorflow_gan",
  "tensorflow_hub",
  "tensorflow_datasets",
  "dopamine",
  "kfac",
  "mesh_tensorflow",
  "flask",
  "google",
  "pkg_resources",
  "keras",
  "tensorflow",
  "tensorflow_probability",
  "tf_keras",
  "tensorflow_estimator",
  "tensorboard",
  "bz2file",
  "oauth2client",
  "cv2",
  "setuptools",
  "jax",
  "distutils",
  "gin",
  "h5py",
  "httplib2",
  "future",
  "importlib",
  "typeguard",
)

# tensor2tensor sets its verbosity to INFO and reports every variable and
# feature. Of its INFO lines only these inform a person.
_INFORMATIVE = re.compile(
  "|".join(
    [
      r"^Saving checkpoints for \d+ into",
      r"^Saving dict for global step",
      r"^Generating (problem|data)",
      r"^Loss for final step",
      r"^Performing Decoding|^Decoding|^Completed inference",
      r"^Eval timeout: no new checkpoints within (?!0m)",
      r"^\s*Registry contents",
    ]
  )
)

# Warnings that TensorFlow 2.15.1 gives on every run of tensor2tensor and that
# nobody can act on.
_KNOWN_WARNINGS = re.compile(
  "|".join(
    [
      r"non-resource variables are not supported in the long term",
      r"^From .*(is deprecated|deprecated and will be removed)",
      r"^Using temporary folder as model directory",
      r"Assuming that training is running on a single machine",
      r"AutoGraph could not transform",
      r"^ValidationMonitor only works with --schedule=train_and_evaluate",
      r"^It seems that global step .* has not been increased",
      r"^Estimator's model_fn .* includes params argument",
      r"^The TFConfig|^Reraising captured error",
      r"^Issue encountered when serializing resources",
    ]
  )
)


_ROOT = pathlib.Path(__file__).parents[2]
# What our files say at INFO was written to be read.
_OURS = tuple(
  str(_ROOT / package) + os.sep for package in ("t2t_af", "problems", "hparams")
)


class _QuietFilter(logging.Filter):
  """Drops INFO of others that informs nobody, and the warnings listed above."""

  def filter(self, record: logging.LogRecord) -> bool:
    message = record.getMessage()
    if record.levelno >= logging.WARNING:
      return not _KNOWN_WARNINGS.search(message)
    return (
      record.pathname.startswith(_OURS)
      or _verbose()
      or bool(_INFORMATIVE.search(message))
    )


def _verbose() -> bool:
  """Whether the command line asked for more (absl's own --verbosity=0)."""
  from absl import flags

  if not flags.FLAGS.is_parsed() or "verbosity" not in flags.FLAGS:
    return False
  return flags.FLAGS["verbosity"].present and flags.FLAGS.verbosity >= 0


def before_tensorflow() -> None:
  """Sets what has to be set before TensorFlow is imported. Idempotent."""
  os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "1")  # hides INFO alone
  for package in _PINNED_PACKAGES:
    module = rf"{package}(\.|$)"
    for category in (
      DeprecationWarning,
      FutureWarning,
      UserWarning,
      SyntaxWarning,
      PendingDeprecationWarning,
    ):
      warnings.filterwarnings("ignore", category=category, module=module)
  # These name the caller's module, not the package that is at fault.
  for message in (
    r".*`tf\.layers",
    r".*`layer\.\w+` is deprecated",
    r".*pkg_resources is deprecated",
    r"[\s\S]*TensorFlow Addons \(TFA\)",
  ):
    warnings.filterwarnings("ignore", message=message)
  logger = logging.getLogger("tensorflow")
  logger.propagate = False  # it has a handler of its own: no line twice
  if not any(isinstance(f, _QuietFilter) for f in logger.filters):
    logger.addFilter(_QuietFilter())
  absl_logger = logging.getLogger("absl")
  if not any(isinstance(f, _QuietFilter) for f in absl_logger.filters):
    absl_logger.addFilter(_QuietFilter())


@contextlib.contextmanager
def import_noise_dropped() -> Iterator[None]:
  """Holds back stderr, then passes on all of it but the known noise.

  On the file descriptor, because the lines come from C++. What was held back
  is passed on whatever happens inside.
  """
  try:
    descriptor = sys.__stderr__.fileno()
    saved = os.dup(descriptor)
  except (AttributeError, OSError, ValueError):  # stderr is no file
    yield
    return
  with tempfile.TemporaryFile() as held:
    sys.stderr.flush()
    os.dup2(held.fileno(), descriptor)
    try:
      yield
    finally:
      sys.stderr.flush()
      os.dup2(saved, descriptor)
      os.close(saved)
      held.seek(0)
      _pass_on(held.read().decode(errors="replace"))


def _pass_on(text: str) -> None:
  for line in text.splitlines(keepends=True):
    if not _IMPORT_NOISE.search(line):
      sys.stderr.write(line)
