"""A cell over several splits of a data set: its error, and which splits."""

import math

import numpy as np
import pytest

from t2t_af.analysis.results import folders
from t2t_af.analysis.tables import paper_tables
from t2t_af.analysis.tables import table_forms
from tests.analysis import fake_results as fake

_AREM = "series_activity_rec"


def _cells(folder, written):
  """{row: its cell of ours} of the paper's column of activities."""
  results = folders.find([fake.write(str(folder), written)])
  return {row.name: row.cells[1] for row in paper_tables.build(2, results).rows}


@pytest.mark.parametrize("shared", [False, True])
def test_error_is_over_recordings_where_there_are_several_splits(
  tmp_path, shared
):
  """A recording that is in both splits moves both the same way."""
  found = [
    fake.series("af1_activity_rec", nats, 6, seed=seed, problem=_AREM + suffix)
    for suffix, values in (("", (2.0, 2.2)), ("_split1", (3.1, 3.1)))
    for seed, nats in enumerate(values)
  ]
  if not shared:
    for record in found[2:]:
      record["recordings"] = ["other_" + r for r in record["recordings"]]
  cell = _cells(tmp_path, found)["af1"]
  assert cell.num_runs == 4 and cell.value == pytest.approx(2.6)  # per step
  # Split means are 2.1 and 3.1; over them it would be 0.5, over all four runs
  # 0.29. Of recordings it is that of 8 values 0.1 about the mean in each split.
  of_split = 6 * np.std(np.linspace(-0.1, 0.1, 8), ddof=1) / math.sqrt(8)
  expected = of_split if shared else math.hypot(of_split, of_split) / 2
  assert cell.stderr == pytest.approx(expected)
  assert cell.stderr_recordings == cell.stderr


def test_a_mean_over_fewer_splits_says_so_and_is_not_the_lowest(tmp_path):
  written = [
    fake.series(f"{row}_activity_rec", nats, 6, problem=f"{_AREM}{split}")
    for row, nats, splits in (
      ("af1", 3.0, ("", "_split1", "_split2")),
      ("af2", 2.5, ("", "_split1", "_split2")),
      ("slvm", 1.0, ("_split1",)),
    )
    for split in splits
  ]
  cells = _cells(tmp_path, written)
  assert table_forms.cell_text(cells["slvm"]).endswith("(1 of 3 splits)")
  assert "split" not in table_forms.cell_text(cells["af1"])
  assert cells["af2"].is_best and not cells["slvm"].is_best
