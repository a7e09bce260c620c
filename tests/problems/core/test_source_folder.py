"""The user's folders of files: what is found, and what is in which split."""

import hashlib
import subprocess

import pytest

from problems.core import source_folder
from t2t_af.errors import UserError


def _write(root, contents):
  for name, content in contents.items():
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
  return str(root)


def test_files_of_the_kind_are_found_in_order_everywhere(tmp_path):
  root = _write(
    tmp_path,
    {
      name: ""
      for name in (
        "b.avi",
        "a.MP4",
        "sub/deep/c.avi",
        "notes.txt",
        ".hidden.avi",
      )
    },
  )
  assert source_folder.find(root, (".avi", ".mp4")) == [
    "a.MP4",
    "b.avi",
    "sub/deep/c.avi",
  ]


def test_folder_without_such_files_is_an_error(tmp_path):
  root = _write(tmp_path, {"notes.txt": "", "b.txt": ""})
  with pytest.raises(
    UserError, match=r"no files \*.avi in it, only 2 others: b.txt, not"
  ):
    source_folder.find(root, (".avi",))
  with pytest.raises(UserError, match="no such folder"):
    source_folder.find(root + "/none", (".avi",))
  with pytest.raises(UserError, match="b.txt: is a file; say the folder"):
    source_folder.find(root + "/b.txt", (".avi",))


def test_digests_are_those_of_sha256sum(tmp_path):
  root = _write(tmp_path, {"b.avi": "two", "a.avi": "one"})
  digests = source_folder.digests(root, ["b.avi", "a.avi"])
  printed = subprocess.run(
    ["sha256sum", "a.avi", "b.avi"], cwd=root, check=True, capture_output=True
  ).stdout
  assert (
    source_folder.sha256_of_all(digests) == hashlib.sha256(printed).hexdigest()
  )


def test_copies_count_once(tmp_path):
  root = _write(tmp_path, {"a": "1", "b": "2", "c": "1", "d": "1"})
  names = ["a", "b", "c", "d"]
  digests = source_folder.digests(root, names)
  assert source_folder.without_copies(names, digests, root) == ["a", "b"]


def test_copy_in_another_split_is_an_error(tmp_path):
  root = _write(tmp_path, {"train/a": "1", "test/b": "1"})
  names = ["test/b", "train/a"]
  with pytest.raises(UserError, match="train/a is a copy of test/b"):
    source_folder.without_copies(
      names, source_folder.digests(root, names), root
    )


@pytest.mark.parametrize(
  "count,expected", [(3, (1, 1, 1)), (10, (7, 1, 2)), (40, (28, 4, 8))]
)
def test_files_are_dealt_out_the_same_way_every_time(count, expected):
  names = [f"{k}.avi" for k in range(count)]
  splits = source_folder.split(names, "root")
  assert sorted(sum(splits.values(), [])) == sorted(names)
  assert tuple(len(splits[s]) for s in ("train", "eval", "test")) == expected
  assert source_folder.split(names, "root") == splits


def test_subfolders_say_the_split():
  names = ["dev/x", "test/deep/y", "train/a", "train/b"]
  assert source_folder.split(names, "root") == {
    "train": ["train/a", "train/b"],
    "eval": ["dev/x"],
    "test": ["test/deep/y"],
  }
  # A file is no folder, and other folders mean nothing.
  assert source_folder.split(["train", "dev", "walks/a"], "root")["train"]


@pytest.mark.parametrize(
  "names,reason",
  [
    (["a", "b"], "2 files; at least 3"),
    ([], "0 files; at least 3"),  # all were left out
    (["train/a", "test/b", "test/c"], "no files in the subfolder dev"),
    (
      ["dev/a", "train/a", "test/b", "c", "other/d"],
      "outside of the subfolders .*: c, other/d",
    ),
  ],
)
def test_splits_that_cannot_be_are_errors(names, reason):
  with pytest.raises(UserError, match=f"root: .*{reason}"):
    source_folder.split(names, "root")


def test_file_that_cannot_be_read_is_named(tmp_path):
  with pytest.raises(UserError, match="gone.csv: cannot be read .No such file"):
    source_folder.digests(str(tmp_path), ["gone.csv"])
