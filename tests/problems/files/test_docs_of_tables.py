"""The examples of docs/your_own_series.md are read as it says."""

import pathlib
import re

import pytest

from problems.files import table_format
from problems.files import table_search
from t2t_af import errors

_DOCS = pathlib.Path(__file__).parents[3] / "docs" / "your_own_series.md"
_EXAMPLE = re.compile(
  r"^([^\n]*):\n\n```\n(.*?)```\n\ngives\n\n```\n(.*?)```", re.M | re.S
)
_EXAMPLES = _EXAMPLE.findall(_DOCS.read_text(encoding="utf-8"))


def test_examples_are_found():
  assert len(_EXAMPLES) == 11


@pytest.mark.parametrize("title, table, told", _EXAMPLES)
def test_example_is_read_as_it_says(tmp_path, title, table, told):
  path = tmp_path / "a.csv"
  path.write_text(table, encoding="utf-8")
  flags = dict(re.findall(r"--(\w+)=([^ `]+)", title))
  try:
    found = table_search.find([str(path)], table_format.Wanted(**flags)).lines
  except errors.UserError as error:
    found = [f"error: {error}"]
  assert "\n".join(found).replace(f"{tmp_path}/", "") == told.rstrip()
