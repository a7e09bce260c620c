"""When a training's first step is done, and what it has cost until then."""

import sys

from benchmarks import watching

_TRAINING = """
import sys, time
from t2t_af import progress
sys.stderr.write("building the graph of video_flow\\n")
for _ in progress.bar(range(2), label="initialising", unit="batch"):
  pass
end = time.process_time() + 0.4
while time.process_time() < end:
  pass
bar = progress.bar(total=5, initial=1, label="training", unit="step")
time.sleep({rest})
"""


def _watch(rest, limit=60.0, **options):
  return watching.watch(
    [sys.executable, "-c", _TRAINING.format(rest=rest)], limit, **options
  )


def test_the_first_step_is_when_the_bar_of_training_is_shown():
  reached = _watch(rest=1.5)
  assert reached.exit_code == 0
  assert 0.4 < reached.cpu_to_first_step < reached.to_first_step + 0.1 < 50
  assert 0.005 < reached.memory < 0.5


def test_a_training_is_ended_at_its_limit():
  reached = _watch(rest=600, limit=15.0)
  assert reached.exit_code != 0 and reached.to_first_step < 15.5


def test_a_training_is_killed_when_its_first_step_is_done():
  reached = _watch(rest=600, ends_there=True)
  assert reached.exit_code == -9 and reached.to_first_step < 50


def test_one_that_fails_says_why(capsys):
  reached = watching.watch(
    [sys.executable, "-c", "raise SystemExit('no such set')"], 30.0
  )
  assert (reached.to_first_step, reached.exit_code) == (None, 1)
  assert "no such set" in capsys.readouterr().err
