"""`t2t-af params --output` leaves what Table 3 reads."""

import json

import pytest

from t2t_af.analysis.results import folders
from t2t_af.analysis.tables import paper_tables
from t2t_af.bin import params
from t2t_af.experiments import model_names
from t2t_af.experiments import parameters
from t2t_af.records import json_lines


def test_totals_are_records_of_table_3(tmp_path):
  path = tmp_path / "parameters.jsonl"
  params.main(["af1_tiny", "--problem=video_toy_pushing", f"--output={path}"])
  table = paper_tables.build(3, folders.find([str(tmp_path)]))
  total = sum(parameters.count("af1_tiny", "video_toy_pushing").values())
  cells = {row.name: row.cells[-1] for row in table.rows}
  assert table.columns[-1].group == "video_toy_pushing (tiny)"
  assert cells["af1"].value == total > 0


@pytest.mark.parametrize("problem, expected", [(None, "x_column"), ("p", "p")])
def test_parts_and_total_are_printed_and_recorded(
  monkeypatch, tmp_path, capsys, problem, expected
):
  asked = []

  def count(*args):
    asked.append(args)
    return {"level 0: prior": 1234, "other": 6}

  monkeypatch.setattr(parameters, "count", count)
  monkeypatch.setattr(model_names, "problem_of", lambda s: "x_column")
  path = tmp_path / "parameters.jsonl"
  flags = ["a", "b", "--hparams=depth=2", f"--output={path}"]
  flags += [f"--problem={problem}"] if problem else []
  assert params.main(flags) == 0
  assert asked == [("a", problem, "depth=2"), ("b", problem, "depth=2")]
  lines = capsys.readouterr().out.splitlines()
  assert params.main([*flags[:3], "--json"]) == 0
  found = json.loads(capsys.readouterr().out)["hparams_sets"]
  assert [one["hparams_set"] for one in found] == ["a", "b"]
  assert found[1]["parts"] == {"level 0: prior": 1234, "other": 6}
  assert found[1]["num_parameters"] == 1240
  assert lines[:4] == [
    "a",
    "  %-32s %14s" % ("level 0: prior", "1,234"),
    "  %-32s %14s" % ("other", "6"),
    "  %-32s %14s" % ("total", "1,240"),
  ]
  for record, name in zip(json_lines.read(str(path)), "ab"):
    assert record.pop("time")
    assert record == dict(
      kind="parameters",
      hparams_set=name,
      hparams="depth=2",
      problem=expected,
      num_parameters=1240,
    )
