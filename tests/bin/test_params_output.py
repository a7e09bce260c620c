"""`t2t-af params --output` leaves what Table 3 reads."""

from t2t_af.analysis.results import found_runs
from t2t_af.analysis.tables import paper_tables
from t2t_af.bin import params
from t2t_af.experiments import parameters


def test_totals_are_records_of_table_3(tmp_path):
  path = tmp_path / "parameters.jsonl"
  params.main(["af1_tiny", "--problem=video_toy_pushing", f"--output={path}"])
  table = paper_tables.build(3, found_runs.find([str(tmp_path)]))
  total = sum(parameters.count("af1_tiny", "video_toy_pushing").values())
  cells = {row.name: row.cells[-1] for row in table.rows}
  assert table.columns[-1].group == "video_toy_pushing (tiny)"
  assert cells["af1"].value == total > 0
