"""Names of columns in a comment above the numbers."""

import functools
import io

import numpy as np
import pytest

from problems.core import series_tables
from problems.files import table_format
from problems.files import table_search
from tests.fixtures import small_tables
from tests.fixtures.small_tables import numbers

NOT_NAMED = ("column1", "column2", "column3")


@pytest.fixture(name="folder")
def _folder(tmp_path):
  return functools.partial(small_tables.write, tmp_path)


def _saved(values, header, **how):
  """As savetxt writes it."""
  out = io.StringIO()
  np.savetxt(out, values, header=header, **how)
  return out.getvalue()


def _find(paths, **wanted):
  return table_search.find(paths, table_format.Wanted(**wanted))


@pytest.mark.parametrize("delimiter", [" ", ",", "\t", ";"])
def test_the_comment_of_savetxt_names_columns(folder, delimiter):
  header = delimiter.join(["x", "y_2", "speed[m/s]"])
  paths = folder(lambda v, k: _saved(v, header, delimiter=delimiter))
  found = _find(paths)
  assert found.format.features == ("x", "y_2", "speed[m/s]")
  assert "names in line 1" in found.lines[0]
  # Other files are then read by these names, and all rows are numbers.
  again = _find(paths[:1], **found.format.wanted(["y_2"])._asdict())
  assert again.format.features == ("y_2",)
  name = paths[0].rpartition("/")[2]
  table = series_tables.Table(
    paths[0],
    name,
    found.format,
    found.files[paths[0]],
    series_tables.Handling(),
  )
  np.testing.assert_allclose(table.pieces()[0].values, numbers(0))


@pytest.mark.parametrize(
  "comment",
  [
    "recorded by Anna",  # as many words as columns
    "rate: 50 Hz",
    "x y",
    "x y z w",
    "x x y",
    "1 2 3",
    "",
  ],
)
def test_another_comment_names_nothing(folder, comment):
  paths = folder(lambda v, k: _saved(v, comment))
  assert _find(paths).format.features == NOT_NAMED


def test_comments_that_differ_name_nothing(folder):
  paths = folder(lambda v, k: _saved(v, f"x y z{k}"))
  found = _find(paths)
  assert found.format.features == NOT_NAMED
  assert "the comment in line 1 (--header=1)" in found.lines[1]


def test_header_says_that_a_comment_has_names(folder):
  paths = folder(lambda v, k: "# logger\n" + _saved(v, "from to at"))
  assert _find(paths).format.features == NOT_NAMED
  for header in ("2", "yes"):
    assert _find(paths, header=header).format.features == ("from", "to", "at")
  named = folder(lambda v, k: _saved(v, "x y z"))
  assert _find(named, header="no").format.features == NOT_NAMED


def test_names_in_a_comment_below_a_line_of_names_are_units(folder):
  paths = folder(
    lambda v, k: "x,y,z\n# m,m,s\n" + _saved(v, "", delimiter=",")[2:]
  )
  assert _find(paths).format.features == ("x", "y", "z")
