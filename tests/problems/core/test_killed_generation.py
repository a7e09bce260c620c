"""Generation that is killed: nothing is half there, the next run is clean."""

import os
import pathlib
import signal
import subprocess
import sys
import time

import pytest

from t2t_af import locks
from t2t_af.errors import UserError
from tests.contracts import generation_contract
from tests.fixtures import counting


def test_killed_generation_leaves_no_file_and_the_next_one_is_clean(
  problem, tmp_path
):
  """Killed as by SIGKILL: no handler of ours runs."""
  folder = str(tmp_path)
  child = os.fork()
  if not child:
    problem.on_sequence = lambda *at: at == ("eval", 1) and os._exit(9)
    problem.generate_data(folder, folder)
    os._exit(0)
  _, status = os.waitpid(child, 0)
  assert os.WEXITSTATUS(status) == 9
  left = [name for name in os.listdir(folder) if "-dev" in name]
  assert left == [".video_counting-dev.incomplete"]
  with pytest.raises(UserError, match='no complete "dev" data'):
    problem.split_files(folder, "eval")

  made = []
  problem.on_sequence = lambda split, k: made.append(split)
  problem.generate_data(folder, folder)
  assert set(made) == {"eval", "test"}  # "train" was complete already
  assert not [name for name in os.listdir(folder) if "incomplete" in name]
  _, ids = problem.read_sequences(folder, "eval", 6)
  assert len(ids) == counting.COUNTS["eval"]


def test_a_second_generation_of_the_same_data_is_told_and_harms_nothing(
  problem, tmp_path
):
  folder, told = str(tmp_path), []

  def second(split, k):
    if (split, k) != ("eval", 1):
      return
    child = os.fork()
    if not child:
      locks._held.clear()  # A process of its own has none.
      try:
        problem.generate_data(folder, folder)
      except UserError as error:
        os._exit(7 if "is being written to by process" in str(error) else 8)
      os._exit(0)
    told.append(os.WEXITSTATUS(os.waitpid(child, 0)[1]))

  problem.on_sequence = second
  problem.generate_data(folder, folder)
  assert told == [7]
  for split in ("train", "eval", "test"):
    assert problem.read_sequences(folder, split, 6)
  assert not [n for n in os.listdir(folder) if n.endswith((".lock", "plete"))]


_USR_DIR = """
import os
import pathlib
import time
from tensor2tensor.utils import registry
from tests.fixtures import counting

@registry.register_problem("video_counting")
class VideoCounting(counting.Counting):

  def on_sequence(self, split, k):
    while (split, k) == ("eval", 1) and os.environ.get("WAIT"):
      time.sleep(0.01)
"""


@pytest.mark.slow
def test_killed_command_leaves_nothing_whole_and_can_be_run_again(
  problem, tmp_path
):
  usr_dir, data = tmp_path / "usr", tmp_path / "data"
  usr_dir.mkdir()
  (usr_dir / "__init__.py").write_text(_USR_DIR)
  command = [
    sys.executable,
    "-m",
    "t2t_af.bin.t2t_datagen",
    f"--t2t_usr_dir={usr_dir}",
    "--problem=video_counting",
    f"--data_dir={data}",
    f"--tmp_dir={tmp_path}",
  ]
  root = str(pathlib.Path(__file__).parents[3])
  env = dict(os.environ, PYTHONPATH=root)
  with subprocess.Popen(
    command, env=dict(env, WAIT="1"), cwd=tmp_path, stderr=subprocess.DEVNULL
  ) as process:
    half = data / ".video_counting-dev.incomplete"
    end = time.monotonic() + 120
    while not half.exists() and time.monotonic() < end:
      assert process.poll() is None
      time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
  assert half.exists() and process.returncode == -signal.SIGKILL
  for split in ("eval", "test"):
    with pytest.raises(UserError, match="no complete"):
      problem.dataset(
        split, hparams=generation_contract.make_hparams(str(data))
      )

  subprocess.run(
    command, env=env, cwd=tmp_path, check=True, capture_output=True
  )
  problem.generate_data(str(tmp_path / "undisturbed"), str(tmp_path))
  assert generation_contract.contents(
    str(data)
  ) == generation_contract.contents(str(tmp_path / "undisturbed"))
