"""A source that has changed since data was made from it."""

import os
import shutil

import pytest

from problems import series_activity_rec
from problems import series_csv
from problems.core import options
from problems.core import source_changes
from tests.contracts import generation_contract
from tests.fixtures import uci_archives


def test_long_lists_are_cut_in_messages():
  assert source_changes.some(["a", "b"]) == "a, b"
  assert source_changes.some(list("abcdefghij")) == (
    "a, b, c, d, e, f, g, h and 2 more"
  )


@pytest.mark.parametrize(
  "now, may_go, told",
  [
    ({"a": "1", "b": "2"}, False, ""),
    ({"a": "1", "b": "2", "c": "3"}, True, "1 file is new (c)"),
    (
      {"a": "9", "c": "3", "d": "4"},
      False,
      "2 files are new (c, d); 1 file is gone (b); 1 file is changed (a)",
    ),
    ({"a": "1"}, True, ""),
    ({}, False, "2 files are gone (a, b)"),
  ],
)
def test_changes_are_named(now, may_go, told):
  before = {"a": "1", "b": "2"}
  assert source_changes.describe(before, now, may_go) == told


@pytest.fixture(name="source", scope="module")
def _source(tmp_path_factory):
  """Five series; not to be changed."""
  folder = tmp_path_factory.mktemp("own")
  for k in range(5):
    (folder / f"s{k}.csv").write_text(
      "x,y\n" + "".join(f"{t * k},{(t + k) % 7}\n" for t in range(20))
    )
  return folder


def _generate(source, data_dir):
  with options.using(source_dir=str(source)):
    series_csv.SeriesCsv().generate_data(str(data_dir), None)


def _add(folder):
  shutil.copy(folder / "s1.csv", folder / "later.csv")
  with open(folder / "later.csv", "a", encoding="utf-8") as out:
    out.write("3,3\n")


def _remove(folder):
  os.remove(folder / "s2.csv")


def _rename(folder):
  os.rename(folder / "s4.csv", folder / "s5.csv")


def _edit(folder):
  text = (folder / "s3.csv").read_text()
  (folder / "s3.csv").write_text(text.replace("3,4", "4,3"))


def _touch(folder):
  os.utime(folder / "s3.csv", (1, 1))
  (folder / "notes.txt").write_text("of another kind")


def _lose(folder):
  shutil.rmtree(folder)


@pytest.mark.parametrize(
  "change, told",
  [
    (_add, "1 file is new (later.csv)"),
    (_remove, "1 file is gone (s2.csv)"),
    (_rename, "1 file is new (s5.csv); 1 file is gone (s4.csv)"),
    (_edit, "1 file is changed (s3.csv)"),
    (_touch, None),
    (_lose, None),
  ],
)
def test_data_of_a_changed_folder_is_made_anew(
  source, tmp_path, warned, change, told
):
  folder, data = tmp_path / "own", tmp_path / "data"
  shutil.copytree(source, folder)
  _generate(folder, data)
  before = generation_contract.times(data)
  change(folder)
  warned.clear()
  _generate(folder, data)
  said = "\n".join(warned)
  if told is None:
    assert "Nothing to do" in said
    assert generation_contract.times(data) == before
    return
  assert f"{told}. All splits are made anew" in said
  after = generation_contract.times(data)
  assert not set(before.values()) & set(after.values())
  _generate(folder, data)
  assert "Nothing to do" in warned[-1]
  _generate(folder, tmp_path / "fresh")
  assert generation_contract.contents(data) == (
    generation_contract.contents(tmp_path / "fresh")
  )


def test_data_of_another_archive_is_made_anew(tmp_path, warned):
  clean, data = uci_archives.arem(), str(tmp_path / "data")
  path = tmp_path / "AReM.zip"

  def generate():
    warned.clear()
    problem = series_activity_rec.SeriesActivityRec()
    problem.num_rows = uci_archives.AREM_ROWS
    problem.generate_data(data, str(tmp_path))
    return "\n".join(warned)

  uci_archives.write_zip(clean, str(path))
  generate()
  assert "Nothing to do" in generate()
  name = next(n for n in clean if n.endswith("bending1/dataset1.csv"))
  lines = clean[name].decode().splitlines()
  lines[9] = lines[9].rsplit(",", 1)[0] + ",0.77"
  changed = {**clean, name: "\n".join(lines).encode()}
  uci_archives.write_zip(changed, str(path))
  assert "1 file is changed (bending1/dataset1.csv)" in generate()
  path.unlink()  # it has served
  assert "Nothing to do" in generate()
