"""What is wrong with tables is told with file, line and column, or asked."""

import functools
import gzip

import numpy as np
import pytest

from problems.files import table_format
from problems.files import table_search
from t2t_af.errors import UserError
from tests.fixtures import small_tables
from tests.fixtures.small_tables import check
from tests.fixtures.small_tables import numbers
from tests.fixtures.small_tables import read
from tests.fixtures.small_tables import ROWS
from tests.fixtures.small_tables import text


@pytest.fixture(name="folder")
def _folder(tmp_path):
  return functools.partial(small_tables.write, tmp_path)


def test_thousands_are_never_read_as_decimals(folder):
  def make(v, k):
    return "x;y\n" + "1,234;5,678\n12,345;678,901\n" * 8

  with pytest.raises(UserError, match="'1,234' can be 1.234 or 1234: .*decim"):
    read(folder(make))
  with pytest.raises(UserError, match="--delimiter"):
    read(folder(lambda v, k: "x,y\n" + '"1,234.5",2.5\n"12,345.1",3.5\n' * 8))


@pytest.mark.parametrize(
  "lines, told",
  [
    (["-0,5,1,25", "3,0321,-2,5"], "1:1: '-0' may be a part of a number"),
    (["1,05,1,25", "3,0321,-2,5"], "1:2: '05' may be a part of a number"),
    (["x,y", "1,2,1,25", "3,3,-2,5"], "1: 2 cells above 4: 'x,y'; say --head"),
    (["a;b", "1.234;5", "890;7", "12.345;8"], "2:1: '1.234' can be 1.234 or"),
  ],
)
def test_marks_that_may_mean_another_thing_are_asked_about(folder, lines, told):
  with pytest.raises(UserError, match=rf"s0.csv:{told}"):
    read(folder(lambda v, k: "\n".join(lines * 1) + "\n"))


@pytest.mark.parametrize(
  "above, told",
  [
    ("error,error,error", "the lines 1 to 2 are text"),
    ("a,b", "2 names of columns"),
  ],
)
def test_text_above_numbers_is_no_unit(folder, above, told):
  def make(v, k):
    return text(v, f"x,y,z\n{above}")

  with pytest.raises(UserError, match=told):
    read(folder(make))


def test_numbers_above_a_table_are_not_passed_over(folder):
  with pytest.raises(UserError, match=r":2: 2 columns instead of 3: '1,2'"):
    read(folder(lambda v, k: text(v, "a,b\n1,2\n3,4\nx,y,z")))


def test_files_written_otherwise_are_named(folder):
  def make(v, k):
    return text(v, "x;y;z", ";") if k == 2 else text(v, "x,y,z")

  with pytest.raises(
    UserError, match="s2.csv is written otherwise .*semicolon.*s0.csv .*comma"
  ):
    read(folder(make))


def test_points_with_three_places_are_decimal_points(folder):
  lines = ["a;b", "1.234;5", "8.1;7", "12.345;8", "890;9"]
  _, (content, *_) = read(folder(lambda v, k: "\n".join(lines)))
  assert content.values[:, 0].tolist() == [1.234, 8.1, 12.345, 890]


def test_minus_signs_of_unicode_are_no_labels(folder):
  with pytest.raises(UserError, match="s0.csv:2:1: .* is not a number"):
    read(folder(lambda v, k: text(abs(v), "x,y,z").replace("\n", "\n\u2212")))


@pytest.mark.parametrize(
  "cell", ["1_000", "0x10", "12%", "1D5", "5 V", "1.2.3", "$12", "1e", "--1"]
)
def test_cells_that_are_nearly_numbers_are_refused(folder, cell):
  def make(v, k):
    return text(v, "x,y,z") + f"1.5,{cell},2.5\n"

  with pytest.raises(UserError, match=r"s0.csv:32:2: .* is not a number"):
    read(folder(make))
  with pytest.raises(UserError, match=r"is not a number, in the column y"):
    read(folder(lambda v, k: "x,y,z\n" + f"1.5,{cell},2.5\n" * 12))


def test_infinite_values_are_told(folder):
  with pytest.raises(UserError, match=":32:3: '-inf' is not finite.*column z"):
    read(folder(lambda v, k: text(v, "x,y,z") + "1,2,-inf\n"), True)


@pytest.mark.parametrize(
  "line, told",
  [
    ("1,2", "32: 2 columns instead of 3: '1,2'"),
    ("1,2,3,4", "32: 4 columns instead of 3"),
    ("1,two,3", "32:2: 'two' is not a number, in the "),
    ("1,,3", "32:2: '' is not a number, but a missing value of the column y"),
    ('1,"2,3', "32: a quote is not closed"),
    ("1,2\0,3", "not a text file"),
  ],
)
@pytest.mark.parametrize("position", ["end", "middle"])
def test_bad_lines_are_named(folder, line, told, position):
  def make(v, k):
    more = text(numbers(9)) if position == "middle" else ""
    return text(v, "x,y,z") + line + "\n" + more

  paths = folder(lambda v, k: make(v, k) if k == 1 else text(v, "x,y,z"))
  with pytest.raises(UserError) as caught:
    read(paths)
  assert "s1.csv" in str(caught.value) and told in str(caught.value)


@pytest.mark.parametrize(
  "content, told",
  [
    (gzip.compress(b"x,y\n1,2\n", mtime=0), "call it .gz"),
    (b"PK\3\4" + bytes(range(99)), "save it as CSV"),
    (b"PAR1" + bytes(99), "call it .parquet"),
    (bytes(99), "not a text file"),
  ],
  ids=["gzip", "zip", "parquet", "zeros"],
)
def test_what_is_no_text_is_told_what_it_is(folder, content, told):
  with pytest.raises(UserError, match=f"s0.csv: (not a text file, .*)?{told}"):
    read(folder(lambda v, k: content))


@pytest.mark.parametrize("header", [None, "x,y,z"])
def test_a_first_line_with_an_open_quote_is_no_title(folder, header):
  paths = folder(lambda v, k: '"' * (k == 1) + text(v, header))
  with pytest.raises(UserError, match="s1.csv:1: a quote is not closed"):
    read(paths)


def test_text_in_the_middle_of_one_file_is_an_error(folder):
  def make(v, k):
    names = "x,y,z,w\n"
    return names + text(v).replace("\n", ",walk\n" if k == 2 else ",1.5\n")

  with pytest.raises(UserError, match=r"s2.csv:2:4: 'walk' .*--drop=w"):
    read(folder(make))


def test_columns_differ_between_files(folder):
  for names, told in (
    ("x,y,w", "s2.csv has no column z and has the column w too.*s0.csv"),
    ("x,y", "names of columns"),
  ):
    with pytest.raises(UserError, match=told):
      read(folder(lambda v, k: text(v, names if k == 2 else "x,y,z")))  # noqa: B023
  with pytest.raises(UserError, match="columns 1 and 2 have one name, 'x'"):
    read(folder(lambda v, k: text(v, "x,x,z")))


def test_a_column_that_may_tell_recordings_apart_is_asked_about(folder):
  """Else windows would reach from one recording into another."""

  def make(v, k):
    rows = text(v).splitlines()
    return "x,y,z,trial_id\n" + "".join(
      f"{row},{j // 10}\n" for j, row in enumerate(rows)
    )

  paths = folder(make)
  with pytest.raises(UserError, match="s0.csv:2:4: .*--id_column=trial_id"):
    read(paths)
  check(paths, drop=("trial_id",))
  assert read(paths, columns=("x", "y"))[0].features == ("x", "y")
  check(paths, id_column="trial_id")


def test_columns_are_chosen_and_dropped_by_name(folder):
  paths = folder(lambda v, k: text(v, "x,y,z"))
  form, (content, *_) = read(paths, columns=("z", "x"))
  assert form.features == ("x", "z")
  np.testing.assert_array_equal(content.values, numbers(0)[:, [0, 2]])
  assert read(paths, drop=("y",))[0].features == ("x", "z")
  with pytest.raises(UserError, match='unknown column "w"'):
    read(paths, columns=("w",))


def test_counter_is_left_out_unless_it_is_wanted(folder):
  def make(v, k):
    return text(np.column_stack([np.arange(ROWS), v]), "n,x,y,z")

  paths = folder(make)
  found = table_search.find(paths, table_format.Wanted())
  assert found.format.features == ("x", "y", "z")
  assert found.format.time == "n"
  assert any("counter: n," in line for line in found.lines)
  form, _ = read(paths, columns=("all",))
  assert form.features == ("n", "x", "y", "z") and form.time is None


def test_preamble_of_text_that_may_be_names_is_asked_about(folder):
  paths = folder(lambda v, k: "a,b,c\n" + text(v, "x,y,z"))
  with pytest.raises(UserError, match="the lines 1 to 2 are text.*--header=2"):
    read(paths)
  check(paths, header="2")


@pytest.mark.parametrize(
  "wanted, told",
  [
    (dict(header="maybe"), "--header=maybe is none of auto, yes, no"),
    (dict(delimiter="ab"), "--delimiter=ab is no character"),
    (dict(delimiter="1"), "--delimiter=1 is no character"),
    (dict(decimal="x"), "--decimal=x is neither"),
    (dict(encoding="utf-9"), "--encoding=utf-9 is unknown"),
    (dict(encoding="base64"), "--encoding=base64 is unknown"),
    (dict(encoding="ascii", header="yes"), ""),
    (dict(header="99"), "no line 99"),
  ],
)
def test_flags_that_cannot_be_are_refused(folder, wanted, told):
  paths = folder(lambda v, k: text(v, "x,y,z"))
  if not told:
    check(paths, **wanted)
    return
  with pytest.raises(UserError, match=told):
    read(paths, **wanted)


@pytest.mark.parametrize("blank", [0, 1, 7])
@pytest.mark.parametrize("header", [["level"], []], ids=["names", "none"])
def test_a_blank_line_of_one_column_is_a_missing_value(folder, blank, header):
  def make(v, k):
    cells = [f"{x:.4f}" for x in v[:, 0]]
    cells[blank] = ""
    return "\n".join([*header, *cells]) + "\n"

  paths = folder(make)
  line, name = 1 + len(header) + blank, "".join(header)
  told = f"s0.csv:{line}:1: .*missing value of the column {name}"
  with pytest.raises(UserError, match=told):
    read(paths)
  [content, *_] = read(paths, allow_missing=True)[1]
  expected = numbers(0)[:, :1]
  expected[blank] = np.nan
  np.testing.assert_array_equal(content.values, expected)


@pytest.mark.parametrize("above", ["sep=;\n", "# metres\n\n", "sep=;\nlevel\n"])
def test_what_stands_above_one_column_is_no_missing_value(folder, above):
  paths = folder(lambda v, k: above + "".join(f"{x:.4f}\n" for x in v[:, 0]))
  for k, content in enumerate(read(paths)[1]):
    np.testing.assert_array_equal(content.values, numbers(k)[:, :1])


@pytest.mark.parametrize("header", ["", "level\n\n", "level\n# in metres\n"])
def test_lines_that_are_all_apart_miss_no_value(folder, header):
  end = "\n" if "#" in header else "\n\n"

  def make(v, k):
    return header + end.join(f"{x:.4f}" for x in v[:, 0])

  for k, content in enumerate(read(folder(make))[1]):
    np.testing.assert_array_equal(content.values, numbers(k)[:, :1])
