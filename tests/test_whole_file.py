"""Files are whole whatever fails while they are written."""

import json
import os
import threading

import pytest

from t2t_af import whole_file


def test_a_file_and_its_folder_are_made_and_nothing_else(tmp_path):
  path = str(tmp_path / "new" / "a.gif")
  assert whole_file.write(path, b"content") == path
  assert os.listdir(tmp_path / "new") == ["a.gif"]
  assert (tmp_path / "new" / "a.gif").read_bytes() == b"content"
  assert whole_file.write(path, b"other") == path
  assert (tmp_path / "new" / "a.gif").read_bytes() == b"other"


def test_rights_are_those_of_any_file_that_a_person_makes(tmp_path):
  (tmp_path / "plain").touch()
  whole_file.write(str(tmp_path / "whole"), b"")
  modes = {(tmp_path / name).stat().st_mode for name in ("plain", "whole")}
  assert len(modes) == 1


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_where_writing_fails_the_old_content_stays(
  tmp_path, monkeypatch, failing
):
  path = tmp_path / "run.json"
  whole_file.write_json(str(path), {"a": 1})

  def full(*args):
    raise OSError(28, "No space left on device")

  monkeypatch.setattr(whole_file.os, failing, full)
  with pytest.raises(OSError, match="No space"):
    whole_file.write_json(str(path), {"a": 2})
  assert json.loads(path.read_text(encoding="utf-8")) == {"a": 1}
  assert os.listdir(tmp_path) == ["run.json"]


def test_writers_at_the_same_time_do_not_mix(tmp_path):
  path = tmp_path / "run.json"
  contents = [bytes([n]) * 100_000 for n in range(4)]

  def write(content):
    for _ in range(10):
      whole_file.write(str(path), content)
      assert path.read_bytes() in contents

  threads = [threading.Thread(target=write, args=[c]) for c in contents]
  for thread in threads:
    thread.start()
  for thread in threads:
    thread.join()
  assert path.read_bytes() in contents
  assert os.listdir(tmp_path) == ["run.json"]
