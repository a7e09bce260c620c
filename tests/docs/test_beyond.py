"""docs/beyond.md says of every model beyond the paper what the records say."""

from t2t_af.analysis.report import beyond
from t2t_af.analysis.results import folders
from tests.docs import pages


def test_table_is_that_of_the_report():
  found = beyond.of(folders.find([str(pages.ROOT / "results")]))
  rows = pages.rows("docs/beyond.md", "Difference of the test NLL")
  expected = {
    f"{switch.words}: {switch.pair.data}": [
      switch.verdict,
      switch.pair.numbers,
      switch.pair.seeds,
    ]
    for switch in found
  }
  assert rows == expected
