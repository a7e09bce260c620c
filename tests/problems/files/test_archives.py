"""Archives: every kind of packing is read alike, and every odd one refused."""

import io
import os
import stat
import struct
import tarfile
import zipfile

import pytest

from problems.files import archive_sources
from problems.files import archives
from t2t_af.errors import UserError
from tests.fixtures import real_data

CONTENT = {
  "a/one.csv": b"1,2\n",
  "a/two.csv": b"3,4\n" * 400,
  "b.txt": bytes(range(256)),
}
CLUTTER = {"__MACOSX/a/._one.csv": b"mac", ".DS_Store": b"mac"}


def _write_zip(path, files, method=zipfile.ZIP_DEFLATED):
  with zipfile.ZipFile(path, "w", method) as out:
    for name, content in files.items():
      out.writestr(name, content)


def _write_tar(path, files, mode="w"):
  with tarfile.open(path, mode) as out:
    for name, content in files.items():
      info = tarfile.TarInfo(name)
      info.size = len(content)
      out.addfile(info, io.BytesIO(content))


def _write_folder(path, files):
  for name, content in files.items():
    target = os.path.join(path, name)
    os.makedirs(os.path.dirname(target), exist_ok=True)
    with open(target, "wb") as out:
      out.write(content)


WRITERS = {
  "zip": _write_zip,
  "tar": _write_tar,
  "tar.gz": lambda path, files: _write_tar(path, files, "w:gz"),
  "folder": _write_folder,
}


@pytest.mark.parametrize("top", ["", "top/", "./"])
@pytest.mark.parametrize("kind", WRITERS)
def test_every_packing_gives_the_same_files(tmp_path, kind, top):
  path = str(tmp_path / "packed")
  files = {top + name: content for name, content in CONTENT.items()}
  WRITERS[kind](path, {**CLUTTER, **files})
  with archives.Archive(path) as archive:
    assert archive.names() == sorted(CONTENT)
    for name, content in CONTENT.items():
      assert archive.read(name) == archive.open(name).read() == content
      assert archive.num_bytes(name) == len(content)
    assert "b.txt" in archive and "c.txt" not in archive
    with pytest.raises(UserError, match=f"{path}: there is no c.txt in it"):
      archive.read("c.txt")


def test_single_file_at_the_top_keeps_its_name(tmp_path):
  path = str(tmp_path / "a.zip")
  _write_zip(path, {"only.csv": b"1"})
  with archives.Archive(path) as archive:
    assert archive.names() == ["only.csv"]


@pytest.mark.parametrize(
  "name",
  ["../out.csv", "a/../../out.csv", "/out.csv", "..\\out.csv", "C:/out.csv"],
)
@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz"])
def test_entry_that_climbs_out_is_refused(tmp_path, kind, name):
  path = str(tmp_path / "a.bin")
  WRITERS[kind](path, {"a.csv": b"1", name: b"2"})
  with pytest.raises(UserError, match="out.csv leads out of its folder") as it:
    archives.Archive(path)
  assert str(it.value).startswith(path)


def test_folder_entry_that_climbs_out_is_refused(tmp_path):
  path = str(tmp_path / "a.zip")
  _write_zip(path, {"../out/": b"", "a.csv": b"1"})
  with pytest.raises(UserError, match="leads out"):
    archives.Archive(path)


def test_link_in_a_zip_is_refused(tmp_path):
  path = str(tmp_path / "a.zip")
  with zipfile.ZipFile(path, "w") as out:
    info = zipfile.ZipInfo("link.csv")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    out.writestr(info, "/etc/passwd")
  with pytest.raises(UserError, match=f"{path}: the entry link.csv is a link"):
    archives.Archive(path)


@pytest.mark.parametrize(
  "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE]
)
def test_link_in_a_tar_is_refused(tmp_path, kind):
  path = str(tmp_path / "a.tar")
  with tarfile.open(path, "w") as out:
    info = tarfile.TarInfo("link.csv")
    info.type, info.linkname = kind, "/etc/passwd"
    out.addfile(info)
  with pytest.raises(UserError, match="link.csv is neither a file nor"):
    archives.Archive(path)


def test_entry_without_a_name_is_refused(tmp_path):
  path = str(tmp_path / "a.zip")
  with zipfile.ZipFile(path, "w") as out:
    info = zipfile.ZipInfo("x")
    info.filename = ""
    out.writestr(info, b"1")
    out.writestr("folder/a.csv", b"1")
  with pytest.raises(UserError, match="a.zip: an entry has no name"):
    archives.Archive(path)


def test_two_entries_of_one_name_are_refused(tmp_path):
  path = str(tmp_path / "a.zip")
  with zipfile.ZipFile(path, "w") as out:
    out.writestr("a.csv", b"1")
    with pytest.warns(UserWarning, match="Duplicate name"):
      out.writestr("a.csv", b"2")
  with pytest.raises(UserError, match="two entries are called a.csv"):
    archives.Archive(path)


def test_encrypted_entry_is_refused(tmp_path):
  path = str(tmp_path / "a.zip")
  _write_zip(path, {"a.csv": b"1"})
  _patch(path, b"PK\x01\x02", 8, struct.pack("<H", 1))
  with pytest.raises(UserError, match="a.csv is encrypted"):
    archives.Archive(path)


@pytest.mark.parametrize("kind", WRITERS)
def test_entry_that_declares_too_much_is_refused(tmp_path, kind):
  path = str(tmp_path / "a.bin")
  WRITERS[kind](path, {"a/bomb.csv": b"0" * 10**6, "small.csv": b"1"})
  with archives.Archive(path) as archive:
    with pytest.raises(
      UserError,
      match=("bomb.csv unpacks to 1000000 bytes, more than the 999999"),
    ):
      archive.read("a/bomb.csv", max_bytes=999999)
    assert len(archive.read("a/bomb.csv", max_bytes=10**6)) == 10**6
  with pytest.raises(UserError, match="would unpack to 1000001 bytes"):
    archives.Archive(path, max_total_bytes=10**6)


@pytest.mark.parametrize("declared", [10, 10**6 - 1])
def test_entry_that_lies_about_its_size_is_refused(tmp_path, declared):
  path = str(tmp_path / "a.zip")
  _write_zip(path, {"bomb.csv": b"0" * 10**6})
  # The size in the central directory, which is what a reader goes by.
  _patch(path, b"PK\x01\x02", 24, struct.pack("<I", declared))
  with archives.Archive(path) as archive:
    with pytest.raises(UserError, match="bomb.csv is damaged"):
      archive.read("bomb.csv", max_bytes=10**6)


def test_entry_shorter_than_it_declares_is_refused(tmp_path):
  path = str(tmp_path / "a.zip")
  _write_zip(path, {"cut.csv": b"12345"}, zipfile.ZIP_STORED)
  _patch(path, b"PK\x01\x02", 24, struct.pack("<I", 50))
  with archives.Archive(path) as archive:
    with pytest.raises(UserError, match="cut.csv is (damaged|truncated)"):
      archive.read("cut.csv")


def test_bad_checksum_names_the_entry(tmp_path):
  path = str(tmp_path / "a.zip")
  _write_zip(
    path, {"good.csv": b"fine", "bad.csv": b"whole"}, zipfile.ZIP_STORED
  )
  _patch(path, b"whole", 0, b"wrong")
  with archives.Archive(path) as archive:
    assert archive.read("good.csv") == b"fine"
    with pytest.raises(UserError, match=f"{path}: bad.csv is damaged .*CRC"):
      archive.read("bad.csv")


@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz"])
@pytest.mark.parametrize("part", [0.01, 0.3, 0.6])
def test_truncated_archive_is_refused(tmp_path, kind, part):
  path = str(tmp_path / "a.bin")
  content = {"a.csv": os.urandom(3000), "b.csv": os.urandom(3000)}
  WRITERS[kind](path, content)
  os.truncate(path, int(part * os.path.getsize(path)))
  with pytest.raises(UserError, match=f"{path}: .*(trunc|whole)"):
    with archives.Archive(path) as archive:
      for name in archive.names():
        archive.read(name)


def test_tar_cut_between_two_entries_is_refused(tmp_path):
  path = str(tmp_path / "a.tar")
  _write_tar(path, {"a.csv": b"1" * 512, "b.csv": b"2" * 512})
  os.truncate(path, 2 * 512)
  with pytest.raises(UserError, match="truncated or damaged .*no end"):
    archives.Archive(path)


@pytest.mark.parametrize(
  "content, words",
  [
    (b"", "neither a zip nor"),
    (b"<!DOCTYPE html><p>The file has moved", "begins with b'<!DOCTYPE html>"),
    (b"PK\x03\x04 and nothing more", "not a whole zip"),
  ],
)
def test_file_that_is_no_archive_is_refused(tmp_path, content, words):
  path = tmp_path / "a.zip"
  path.write_bytes(content)
  with pytest.raises(UserError, match=words) as caught:
    archives.Archive(str(path))
  assert str(path) in str(caught.value)


def test_missing_archive_is_named(tmp_path):
  with pytest.raises(UserError, match="a.zip: cannot be read"):
    archives.Archive(str(tmp_path / "a.zip"))


def test_links_in_a_folder_are_followed(tmp_path):
  """It is the person's own folder; the data may lie on another disk."""
  _write_folder(str(tmp_path / "disk"), CONTENT)
  os.symlink(tmp_path / "disk", tmp_path / "here")
  os.makedirs(tmp_path / "top")
  os.symlink(tmp_path / "disk" / "b.txt", tmp_path / "top" / "b.txt")
  os.symlink(tmp_path / "gone", tmp_path / "top" / "gone.txt")
  with archives.Archive(str(tmp_path / "here")) as archive:
    assert archive.names() == sorted(CONTENT)
  with archives.Archive(str(tmp_path / "top")) as archive:
    assert archive.read("b.txt") == CONTENT["b.txt"]
    assert archive.names() == ["b.txt"]


def test_reading_leaves_nothing_on_disk(tmp_path):
  path = str(tmp_path / "a.zip")
  _write_zip(path, CONTENT)
  with archives.Archive(path) as archive:
    for name in archive.names():
      archive.read(name)
  assert os.listdir(tmp_path) == ["a.zip"]


def test_real_archive_is_read_in_place():
  with archives.Archive(real_data.path("uci/AReM.zip")) as archive:
    tables = [n for n in archive.names() if n.endswith(".csv")]
    assert len(tables) == 88
    assert archive.read("bending1/dataset1.csv").startswith(b"# Task: bending1")


def _patch(path, marker, offset, content):
  """Overwrites bytes behind the first `marker` in a file."""
  with open(path, "r+b") as stream:
    place = stream.read().index(marker) + offset
    stream.seek(place)
    stream.write(content)


def test_entries_of_a_tar_that_are_too_big_together_are_not_unpacked(
  tmp_path, monkeypatch
):
  path = str(tmp_path / "big.tar.gz")
  _write_tar(path, CONTENT, "w:gz")
  monkeypatch.setattr(archive_sources, "MAX_TOTAL_BYTES", 300)
  with pytest.raises(UserError, match="a/two.csv makes it unpack to more than"):
    archives.Archive(path)


def test_folders_of_a_zip_are_no_files(tmp_path):
  path = str(tmp_path / "some.zip")
  _write_zip(path, {"top/": b"", "top/sub/": b"", "top/sub/a.csv": b"1"})
  with archives.Archive(path) as archive:
    assert archive.names() == ["sub/a.csv"]
  _write_zip(path, {"../": b"", "a.csv": b"1"})
  with pytest.raises(UserError, match="leads out of its folder"):
    archives.Archive(path)
