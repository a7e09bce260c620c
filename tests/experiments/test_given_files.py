"""What files are called: each by a name of its own, and each once."""

import os

import pytest

from t2t_af import errors
from t2t_af.experiments.asking import given_files


@pytest.fixture(name="here", autouse=True)
def _here(tmp_path, monkeypatch):
  """root/here, beside and below which there are files x.npz."""
  root = tmp_path / "root"
  for folder in ("rb", "here/rb", "here/a/deep", "here/b/deep"):
    (root / folder).mkdir(parents=True)
    (root / folder / "x.npz").write_bytes(b"")
  monkeypatch.chdir(root / "here")
  return root / "here"


def _names(*paths):
  return [file.name for file in given_files.of_kind(paths, ".npz")]


@pytest.mark.parametrize(
  "paths, names",
  [
    (["../rb/x.npz"], ["x"]),
    (["rb/x.npz", "a/deep/x.npz"], ["rb/x", "deep/x"]),
    # As far up as they differ.
    (["../rb/x.npz", "rb/x.npz"], ["root/rb/x", "here/rb/x"]),
    (["a", "b"], ["a/deep/x", "b/deep/x"]),
    # That of the folder is told apart already, when the other one is.
    (["rb/x.npz", "a", "b/deep/x.npz"], ["rb/x", "a/deep/x", "b/deep/x"]),
    (["a/", "./rb//x.npz"], ["deep/x", "x"]),
  ],
)
def test_each_file_has_a_name_of_its_own(paths, names):
  assert _names(*paths) == names


def test_a_file_counts_once_whatever_leads_to_it(here, capsys):
  (here / "link").symlink_to(here / "a")
  (here / "y.npz").symlink_to(here / "a/deep/x.npz")
  whole = str(here / "a/deep/x.npz")
  paths = ["a/deep/x.npz", whole, "a", "link", "./a/../a/deep/x.npz", "y.npz"]
  assert _names(*paths) == ["x"]
  told = capsys.readouterr().err
  assert told.count("\n") == 1 and "counts once: " in told and whole in told
  assert _names("rb/x.npz", "b") == ["x", "deep/x"]
  assert not capsys.readouterr().err


def test_names_without_their_ending_differ_too(here):
  (here / "rb/x").write_bytes(b"")
  with pytest.raises(errors.UserError, match="rb/x.npz, rb/x: cannot be told"):
    _names("rb/x.npz", "rb/x")


def test_paths_that_differ_by_links_alone_are_refused(here):
  """a/../rb is not the rb beside a where a is a link."""
  (here / "away").symlink_to(here.parent / "rb")
  with pytest.raises(errors.UserError, match="cannot be told apart"):
    _names("away/../rb/x.npz", "rb/x.npz")


def test_names_that_are_kept_are_those_of_no_other(here):
  files = [given_files.named(f) for f in ("a/deep/x.npz", "rb/x.npz")]
  for kept, names in (
    ([True, False], ["x.npz", "rb/x.npz"]),
    ([False, True], ["deep/x.npz", "x.npz"]),
  ):
    found = given_files.told_apart(files, kept)
    assert [file.name for file in found] == names
  assert given_files.told_apart([]) == []


def test_a_folder_is_called_by_its_name_with_a_slash_too():
  assert given_files.named("a/deep/").name == "deep"
  assert given_files.named(".").name == "here"


def test_what_is_not_there_is_told(here):
  os.remove("a/deep/x.npz")
  for path, told in (
    ("none.npz", "none.npz: there is no such file"),
    ("a", r"a: no files \*.npz in it"),
  ):
    with pytest.raises(errors.UserError, match=told):
      _names(path)
  with pytest.raises(errors.UserError, match="a: cannot be read"):
    given_files.content("a")
