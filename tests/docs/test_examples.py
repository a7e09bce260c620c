"""The examples in Python, and those of README: run, or run elsewhere."""

import re
import shutil

import numpy as np
import pytest

from problems import video_folder
from problems.core import options
from tests.docs import pages
from tests.docs import test_commands
from tests.fixtures import user_videos

# Pages with Python in them, and the test that runs it.
_RUN_BY = {
  "CONTRIBUTING.md": "tests/docs/test_examples.py",
  "docs/asking_a_run.md": "tests/bin/test_asking_transcript.py",
  "docs/flow_under_your_model.md": "tests/docs/test_flow_under_your_model.py",
  "docs/video_formats.md": "tests/docs/test_examples.py",
}
# Where the blocks of CONTRIBUTING go, in their order.
_FILES = (
  "t2t_af/bijectors/shift_autoregressive.py",
  "tests/test_shift_autoregressive.py",
  "problems/series_waves.py",
  "tests/test_series_waves.py",
)
# Lets the packages find what the examples add to them.
_CONFTEST = """
import pathlib
import problems
from t2t_af import bijectors
from tests.conftest import *  # noqa: F403

_HERE = pathlib.Path(__file__).parent
bijectors.__path__.append(str(_HERE / "t2t_af" / "bijectors"))
problems.__path__.append(str(_HERE / "problems"))
"""


def test_every_page_with_python_has_a_test_that_runs_it():
  with_python = {
    pages.named(path): pages.fenced(path.read_text("utf-8"), "python")
    for path in (*pages.TOP, *pages.DOCS)
  }
  assert {name for name, code in with_python.items() if code} == set(_RUN_BY)
  for page, test in _RUN_BY.items():
    assert page.rpartition("/")[2] in pages.read(test)


def test_no_fence_has_a_language_that_is_not_looked_at():
  for path in (*pages.TOP, *pages.DOCS):
    languages = re.findall(r"^ *```(\w+)$", path.read_text("utf-8"), re.M)
    assert set(languages) <= {"python", "console", "text"}


def test_own_data_is_as_in_the_transcript_that_is_run():
  (console, _) = pages.fenced(pages.read("docs/asking_a_run.md"), "console")
  run = [line[2:] for line in console.splitlines() if line.startswith("$")]
  text = pages.read("README.md")
  text = text[text.index("## Your own data") : text.index("## More")]
  shown = test_commands.in_fences(text.replace("runs/mine", "runs/af"))
  assert [" ".join(line.split()) for line in shown] == run


def test_video_formats(tmp_path, monkeypatch):
  monkeypatch.chdir(tmp_path)
  user_videos.write_folder("clips", {n: 20 for n in user_videos.names(6)})
  with options.using(source_dir="clips"):
    video_folder.VideoFolder().generate_data("data", None)
  shutil.copytree("clips", "other")
  (code,) = pages.fenced(pages.read("docs/video_formats.md"), "python")
  name = sorted(p.name for p in (tmp_path / "other").iterdir())[0]
  found = {}
  exec(code.replace("clip.mp4", name), found)
  assert found["frames"].dtype == np.uint8 and found["frames"].ndim == 4


@pytest.mark.slow
def test_the_flow_and_the_data_set_of_contributing(tmp_path, run_python):
  blocks = pages.fenced(pages.read("CONTRIBUTING.md"), "python")
  assert len(blocks) == len(_FILES)
  for name, code in zip(("conftest.py", *_FILES), (_CONFTEST, *blocks)):
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text(code, encoding="utf-8")
  done = run_python(
    "-m",
    "pytest",
    tmp_path,
    "-c",
    pages.ROOT / "pyproject.toml",
    "--rootdir",
    tmp_path,
    path=[pages.ROOT],
  )
  assert done.returncode == 0, done.stdout
  assert " passed" in done.stdout and "skipped" not in done.stdout
