"""How tables are written, told from the files: found, or asked for."""

import bz2
import functools
import gzip
import lzma
import zipfile

import numpy as np
import pandas
import pytest

from problems.files import table_format
from problems.files import table_search
from t2t_af.errors import UserError
from tests.fixtures import small_tables
from tests.fixtures.small_tables import check
from tests.fixtures.small_tables import comma
from tests.fixtures.small_tables import numbers
from tests.fixtures.small_tables import read
from tests.fixtures.small_tables import ROWS
from tests.fixtures.small_tables import text


@pytest.mark.parametrize("times", ["falling", "repeated"])
@pytest.mark.parametrize("name", ["t", "time_s"])
def test_times_that_do_not_rise_are_no_features(folder, name, times):
  def time(j):
    return f"{5 - 0.1 * j if times == 'falling' else 0.1 * (j // 2):.1f}"

  def make(v, k):
    rows = text(v).splitlines()
    timed = [f"{time(j)},{row}" for j, row in enumerate(rows)]
    return f"{name},x,y,z\n" + "\n".join(timed) + "\n"

  # Reading them as times then ends in an error that names the line.
  assert check(folder(make)).time == name


def test_an_index_that_pandas_wrote_twice_is_no_feature(folder):
  names = "Unnamed: 0.1,Unnamed: 0,x,y,z"

  def make(v, k):
    rows = text(v).splitlines()
    return "\n".join([names, *(f"{j},{j},{r}" for j, r in enumerate(rows))])

  check(folder(make))


def test_what_was_the_index_of_a_frame_is_no_feature(tmp_path):
  frames = [
    pandas.DataFrame(
      numbers(k),
      columns=["x", "y", "z"],
      index=pandas.Index(range(5, 5 + ROWS)),
    ).rename_axis("k")
    for k in range(3)
  ]
  for k, frame in enumerate(frames):
    frame.to_parquet(tmp_path / f"s{k}.parquet")
  found = table_search.find(
    [str(tmp_path / f"s{k}.parquet") for k in range(3)], table_format.Wanted()
  )
  assert found.format.features == ("x", "y", "z")


@pytest.fixture(name="folder")
def _folder(tmp_path):
  return functools.partial(small_tables.write, tmp_path)


KINDS = {
  "plain": lambda v, k: text(v, "x,y,z"),
  "windows": lambda v, k: text(v, "x,y,z").replace("\n", "\r\n"),
  "old mac": lambda v, k: text(v, "x,y,z").replace("\n", "\r"),
  "no last end": lambda v, k: text(v, "x,y,z").rstrip(),
  "double spaced": lambda v, k: text(v, "x,y,z").replace("\n", "\n\n"),
  "bom": lambda v, k: "\ufeff" + text(v, "x,y,z"),
  "quoted": lambda v, k: text(v, '"x","y","z"', form='"{:.4f}"'),
  "quoted names": lambda v, k: text(v, '"x","y","z"'),
  "semicolon": lambda v, k: text(v, "x;y;z", ";"),
  "decimal comma": lambda v, k: comma(text(v, "x;y;z", ";")),
  "decimal comma, tab": lambda v, k: comma(text(v, "x\ty\tz", "\t")),
  "decimal comma, spaces": lambda v, k: comma(text(v, "x y z", "  ")),
  "decimal comma, quoted": lambda v, k: (
    text(v, "x|y|z", "|", form='"{:.4f}"').replace(".", ",").replace("|", ",")
  ),
  "tab": lambda v, k: text(v, "x\ty\tz", "\t"),
  "pipe": lambda v, k: text(v, "x|y|z", "|"),
  "space": lambda v, k: text(v, "x y z", " "),
  "aligned": lambda v, k: text(v, "    x     y     z", "", form="{:12.4f}"),
  "comma and space": lambda v, k: text(v, "x, y, z", ", "),
  "trailing": lambda v, k: text(v, "x,y,z").replace("\n", ",\n"),
  "trailing below": lambda v, k: "x,y,z\n" + text(v).replace("\n", ",\n"),
  "trailing above": lambda v, k: text(v, "x,y,z,"),
  "units": lambda v, k: text(v, "x,y,z\nm,m,m/s"),
  "units in brackets": lambda v, k: text(v, "x,y,z\n[m],(V),"),
  "preamble": lambda v, k: (
    "Device: logger 7\nRate: 50 Hz\n\n" + text(v, "x,y,z")
  ),
  "preamble without blank": lambda v, k: (
    f"Logger 7\nSerial {k}\nStart,1\n" + text(v, "x,y,z")
  ),
  "long preamble": lambda v, k: "note: none\n" * 35 + text(v, "x,y,z"),
  "sep line": lambda v, k: "sep=;\n" + text(v, "x;y;z", ";"),
  "comments": lambda v, k: "# a\n# b,c\n" + text(v, "x,y,z") + "# end\n",
  "index": lambda v, k: text(np.column_stack([range(ROWS), v]), ",x,y,z"),
  "index from 7 on": lambda v, k: text(
    np.column_stack([np.arange(7, 7 + ROWS), v]), ",x,y,z"
  ),
  "counter and times": lambda v, k: text(
    np.column_stack([range(ROWS), 0.1 * np.arange(ROWS), v]), "n,time,x,y,z"
  ),
  "dates and times": lambda v, k: (
    "date,unix_time,x,y,z\n"
    + "".join(
      f"2024-03-01 00:00:{i:02},{1709251200 + i},{text([row])}"
      for i, row in enumerate(v)
    )
  ),
  "row names of R": lambda v, k: (
    '"x","y","z"\n'
    + "".join(f'"{i}",{text([row])}' for i, row in enumerate(v, 1))
  ),
  "label": lambda v, k: "x,y,z,what\n" + text(v).replace("\n", ",walk\n"),
  "label with a comma": lambda v, k: (
    "x,y,z,what\n" + text(v).replace("\n", ',"walk, fast"\n')
  ),
  "columns in another order": lambda v, k: (
    text(v, "x,y,z") if not k else text(v[:, ::-1], "z,y,x")
  ),
  "names that are numbers": lambda v, k: text(v, "x,y,z").replace(
    "x,y,z", "x,y,z"
  ),
  "exponents": lambda v, k: text(v, "x,y,z", form="{!r}").replace(
    "0.", "0.", 1
  ),
  "plus and bare points": lambda v, k: (
    text(v, "x,y,z", form="{:+.4f}").replace("+0.", "+.").replace("-0.", "-.")
  ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_kinds_of_tables_give_their_numbers(folder, kind):
  check(folder(KINDS[kind]))


@pytest.mark.parametrize(
  "encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
def test_encodings_are_found(folder, encoding):
  paths = folder(lambda v, k: text(v, "Temp [\xb0C],y,z"), encoding=encoding)
  check(paths, ("Temp [\xb0C]", "y", "z"))


@pytest.mark.parametrize("end", ["csv", "tsv", "txt", "dat", "CSV"])
def test_what_parts_cells_is_not_told_by_the_name(folder, end):
  check(folder(lambda v, k: text(v, "x\ty\tz", "\t"), end=end))


def _zip(content, path):
  with zipfile.ZipFile(path, "w") as archive:
    archive.writestr("inner.csv", content)
  with open(path, "rb") as stream:
    return stream.read()


@pytest.mark.parametrize(
  "end, pack",
  [
    ("csv.gz", lambda content, path: gzip.compress(content)),
    ("csv.bz2", lambda content, path: bz2.compress(content)),
    ("csv.xz", lambda content, path: lzma.compress(content)),
    ("zip", _zip),
  ],
)
def test_compressed_files_are_read_and_damaged_ones_named(
  folder, tmp_path, end, pack
):
  def make(v, k):
    return pack(text(v, "x,y,z").encode(), tmp_path / "packed")

  paths = folder(make, end=end)
  check(paths)
  with open(paths[1], "rb+") as stream:
    stream.truncate(60)
  with pytest.raises(UserError, match=r"s1\..*: cannot be read"):
    check(paths)


def test_zip_of_several_files_is_refused(tmp_path):
  path = str(tmp_path / "a.zip")
  with zipfile.ZipFile(path, "w") as archive:
    archive.writestr("a.csv", "x\n1\n")
    archive.writestr("b.csv", "x\n1\n")
  with pytest.raises(UserError, match="2 files in it"):
    read([path])


def test_header_of_numbers_is_told_by_all_files(folder):
  check(folder(lambda v, k: text(v, "0,1,2")), ("0", "1", "2"))
  check(folder(lambda v, k: text(v, "1,2,3")), ("1", "2", "3"))
  two = folder(lambda v, k: text(v[:, :2], "0,1"))
  check(two, ("0", "1"), 2)
  with pytest.raises(UserError, match="s0.csv:1: '0,1,2' may be names or num"):
    read(folder(lambda v, k: text(v, "0,1,2"), count=1))
  one = folder(lambda v, k: text(v, "0,1,2"), count=1)
  check(one, ("0", "1", "2"), header="yes")
  _, (content,) = read(one, header="no")
  np.testing.assert_array_equal(content.values[0], [0, 1, 2])
  assert len(content.values) == ROWS + 1


@pytest.mark.parametrize("count", [1, 3])
def test_index_of_pandas_tells_that_names_are_numbers(folder, count):
  def make(v, k):
    return ",0,1\n" + "".join(
      f"{i},{text([row])}" for i, row in enumerate(v[:, :2])
    )

  check(folder(make, count), ("0", "1"), 2)


@pytest.mark.parametrize("first", ["0,0,0", "5,3,9", "0.0,0.0,1.0"])
def test_same_first_line_of_numbers_is_no_header(folder, first):
  form, contents = read(folder(lambda v, k: first + "\n" + text(v)))
  assert not form.header and len(contents[0].values) == ROWS + 1


@pytest.mark.parametrize("first", ["2020,2021,2022", "0.5,1.0,1.5", "10,20,40"])
def test_first_line_that_may_be_names_is_asked_about(folder, first):
  with pytest.raises(UserError, match="--header=yes"):
    read(folder(lambda v, k: first + "\n" + text(v)))


@pytest.mark.parametrize("first", ["nan,nan,nan", ",,", "NA,NA,NA", "NaN,,nan"])
def test_first_line_of_missing_values_is_no_header(folder, first):
  paths = folder(lambda v, k: first + "\n" + text(v))
  with pytest.raises(UserError, match=r"s0.csv:1:1: .* missing value"):
    read(paths)
  form, contents = read(paths, allow_missing=True)
  assert form.features == ("column1", "column2", "column3")
  assert np.isnan(contents[0].values[0]).all()
  np.testing.assert_array_equal(contents[0].values[1:], numbers(0))


def test_header_in_some_files_only_is_asked_about(folder):
  with pytest.raises(UserError, match="s0.csv has a line of names, .*s1.csv"):
    read(folder(lambda v, k: text(v, None if k else "x,y,z")))


def test_integers_between_commas_may_be_decimals(folder):
  paths = folder(lambda v, k: comma(text(v[:, :1])))
  with pytest.raises(UserError) as caught:
    read(paths)
  for part in ("s0.csv:1", "--decimal=,", "--delimiter=none", "=comma"):
    assert part in str(caught.value)
  check(paths, ("column1",), 1, decimal=",")
  _, contents = read(paths, delimiter="comma")
  assert contents[0].values.shape == (ROWS, 2)


def test_names_say_how_integers_are_parted(folder):
  def make(v, k):
    return text(v * 1e4, "x,y,z", form="{:.0f}")

  _, contents = read(folder(make))
  np.testing.assert_allclose(contents[0].values, numbers(0) * 1e4, rtol=1e-12)
  assert contents[0].values.shape == (ROWS, 3)
