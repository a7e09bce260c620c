"""Writes the table of all benches into docs/performance.md, from records.

    t2t-af bench all results/bench      # or copy a folder's *.jsonl there
    python -m scripts.write_bench_table

It stands between two comments of the page; a test compares it with the records
of results/bench. The charts go to docs/bench.svg and docs/growth.svg.
"""

from scripts import rooms
from t2t_af.analysis.results import benches
from t2t_af.analysis.results import growth
from t2t_af.analysis.tables import bench_table
from t2t_af.bin import bench_table as bench_table_verb

PAGE = rooms.ROOT / "docs" / "performance.md"
RECORDS = rooms.ROOT / "results" / "bench"
_BEGIN = "<!-- the table of all benches: scripts/write_bench_table.py -->"
_END = "<!-- its end -->"


def found() -> tuple[list[benches.Row], list[growth.Point]]:
  """Of the records in results/bench."""
  records = benches.records([str(RECORDS)])
  return benches.rows(records), growth.points(records)


def table() -> str:
  """Of the records in results/bench."""
  return bench_table.markdown(*found())


def of_page(page: str) -> str:
  """What stands between the comments of a page."""
  return page.partition(_BEGIN)[2].partition(_END)[0].strip("\n")


def with_table(page: str, text: str) -> str:
  """A page with `text` between its comments.

  Raises:
    ValueError: it lacks them.
  """
  if _BEGIN not in page or _END not in page.partition(_BEGIN)[2]:
    raise ValueError(f"docs/performance.md lacks {_BEGIN} or {_END}")
  before, _, rest = page.partition(_BEGIN)
  after = rest.partition(_END)[2]
  return f"{before}{_BEGIN}\n\n{text}\n\n{_END}{after}"


if __name__ == "__main__":
  PAGE.write_text(
    with_table(PAGE.read_text(encoding="utf-8"), table()), encoding="utf-8"
  )
  for path in bench_table_verb.draw(str(PAGE.parent), *found()):
    print(path)
