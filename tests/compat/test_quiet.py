"""Known noise is dropped; whatever else is said gets through."""

import logging
import os
import sys
import types
import warnings

import pytest
import tensorflow.compat.v1 as tf

from t2t_af.compat import quiet


@pytest.mark.parametrize(
  "level, message, shown",
  [
    (logging.WARNING, "Found unknown flag: --x", True),
    (logging.WARNING, "Your loss is NaN", True),
    (logging.ERROR, "Model diverged with loss = NaN.", True),
    (logging.WARNING, "From x.py:3: tf.foo is deprecated.", False),
    (logging.INFO, "Saving dict for global step 3: loss = 2", True),
    (logging.INFO, "Transforming feature 'inputs' with video_modality", False),
  ],
)
def test_log_keeps_warnings_and_informative_lines(level, message, shown):
  record = logging.LogRecord("tensorflow", level, "x.py", 1, message, (), None)
  assert quiet._QuietFilter().filter(record) == shown


def test_import_noise_is_dropped_and_the_rest_passed_on(capfd, monkeypatch):
  # pytest has put its own stderr on descriptor 2 by now.
  monkeypatch.setattr(sys, "__stderr__", os.fdopen(os.dup(2), "w"))
  monkeypatch.setattr(sys, "stderr", os.fdopen(os.dup(2), "w", buffering=1))
  monkeypatch.setattr(
    sys, "__stderr__", type("Stderr", (), {"fileno": lambda self: 2})()
  )
  with pytest.raises(RuntimeError):
    with quiet.import_noise_dropped():
      os.write(2, b"E cuda_dnn.cc:9261] Unable to register cuDNN factory\n")
      os.write(2, b"libcuda.so: out of memory\n")
      raise RuntimeError("an import that fails")
  assert capfd.readouterr().err == "libcuda.so: out of memory\n"


def test_log_keeps_what_our_files_say(monkeypatch):
  shown = []
  handler = logging.Handler()
  handler.emit = lambda record: shown.append(record.getMessage())
  handler.addFilter(quiet._QuietFilter())
  logger = logging.getLogger("tensorflow")
  monkeypatch.setattr(logger, "handlers", [handler])
  verbosity = tf.logging.get_verbosity()
  tf.logging.set_verbosity(tf.logging.INFO)
  try:
    tf.logging.info("said by a test")
    monkeypatch.setattr(quiet, "_OURS", (os.path.dirname(__file__),))
    tf.logging.info("said by one of us")
  finally:
    tf.logging.set_verbosity(verbosity)
  assert shown == ["said by one of us"]


def _shown(level, message, path="x.py"):
  record = logging.LogRecord("tensorflow", level, path, 1, message, (), None)
  return quiet._QuietFilter().filter(record)


@pytest.mark.parametrize(
  "present, value, shown",
  [(True, 0, True), (True, 1, True), (True, -1, False), (False, 0, False)],
)
def test_everything_is_shown_where_it_is_asked_for(
  monkeypatch, present, value, shown
):
  class Flags(dict):
    """absl's flags, parsed."""

    verbosity = value

    def is_parsed(self):
      return True

  parsed = Flags(verbosity=types.SimpleNamespace(present=present))
  monkeypatch.setattr("absl.flags.FLAGS", parsed)
  assert _shown(logging.INFO, "Transforming feature 'inputs'") == shown
  assert not _shown(logging.WARNING, "From x.py:3: tf.foo is deprecated.")


def test_before_flags_are_parsed_nothing_more_is_shown(monkeypatch):
  unparsed = types.SimpleNamespace(is_parsed=lambda: False)
  monkeypatch.setattr("absl.flags.FLAGS", unparsed)
  assert not _shown(logging.INFO, "Transforming feature 'inputs'")


@pytest.mark.parametrize("room", ["t2t_af", "problems", "hparams"])
def test_our_files_are_those_of_the_packages(room):
  path = os.path.join(str(quiet._ROOT), room, "some.py")
  assert _shown(logging.INFO, "anything", path)
  assert not _shown(logging.INFO, "anything", "/elsewhere/" + room + "/x.py")


def test_the_user_keeps_the_last_word_on_tensorflows_log(monkeypatch):
  monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "0")
  with warnings.catch_warnings():
    quiet.before_tensorflow()
  assert os.environ["TF_CPP_MIN_LOG_LEVEL"] == "0"


def test_a_second_call_adds_no_second_filter():
  logger = logging.getLogger("tensorflow")
  with warnings.catch_warnings():
    quiet.before_tensorflow()
    quiet.before_tensorflow()
  filters = [f for f in logger.filters if isinstance(f, quiet._QuietFilter)]
  assert len(filters) == 1 and not logger.propagate


@pytest.mark.parametrize(
  "module, shown", [("gym.spaces", False), ("gymnastics", True)]
)
def test_warnings_of_pinned_packages_are_dropped(module, shown):
  with warnings.catch_warnings(record=True) as caught:
    warnings.resetwarnings()
    quiet.before_tensorflow()
    warnings.warn_explicit("old", DeprecationWarning, "x.py", 1, module=module)
  assert bool(caught) == shown


def test_without_a_stderr_nothing_is_held_back(monkeypatch, capsys):
  monkeypatch.setattr(sys, "__stderr__", None)
  with quiet.import_noise_dropped():
    sys.stderr.write("Unable to register cuDNN factory\n")
  assert "cuDNN" in capsys.readouterr().err
