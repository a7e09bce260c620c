"""Known noise is dropped; whatever else is said gets through."""

import logging
import os
import sys

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
def test_log_keeps_warnings_and_telling_lines(level, message, shown):
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


def test_log_keeps_what_our_own_files_say(monkeypatch):
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
