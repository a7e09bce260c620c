"""A measurement in a new process: its last line, or why there is none."""

import pytest

from benchmarks import process
from t2t_af.errors import UserError


def test_the_last_line_is_read(tmp_path):
  script = tmp_path / "measure.py"
  script.write_text(
    "import sys, json\nprint('words')\nprint(json.dumps(sys.argv[1:]))"
  )
  assert process.measure_script(str(script), "a", "b") == ["a", "b"]


def test_a_measurement_that_fails_is_told_in_a_line(tmp_path):
  script = tmp_path / "measure.py"
  script.write_text("raise SystemExit(3)")
  with pytest.raises(UserError, match="measure.py x` failed with exit code 3"):
    process.measure_script(str(script), "x")
