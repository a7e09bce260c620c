"""The paper's numbers, transcribed twice: here and in hparams' docstrings."""

import inspect
import re

import pytest

from hparams import autoregressive_flow
from hparams import slvm
from hparams import slvm_series
from t2t_af.analysis.results import paper_values

_VIDEO = {"mmnist": "M-MNIST", "bair": "BAIR", "kth": "KTH"}
_VIDEO_VALUES = re.compile(
  r"Paper: (at most )?([\d.]+) nats/dim test, ([\d.]+) train"
)
_SERIES_VALUE = re.compile(r"Paper: (at most )?(-?[\d.]+) nats per time step")


def _sets():
  """{(row, column's suffix): docstring} of the paper's sets."""
  found = {}
  for module in (autoregressive_flow, slvm, slvm_series):
    for name, function in inspect.getmembers(module, inspect.isfunction):
      row = paper_values.row_of(name)
      if row and row != "slvm_af2":
        found[row, paper_values.variant_of(name)] = function.__doc__ or ""
  return found


_SETS = _sets()


def _told(table, row, column):
  return paper_values.TABLES[table].values[row, column]


@pytest.mark.parametrize("row", ["af1", "af2", "slvm", "slvm_dx", "slvm_af1"])
@pytest.mark.parametrize("suffix", sorted(_VIDEO))
def test_video_values_agree_with_the_hparams_sets(row, suffix):
  bound, test, train = _VIDEO_VALUES.search(_SETS[row, suffix]).groups()
  for table, value in ((1, test), (4, train)):
    told = _told(table, row, _VIDEO[suffix])
    assert told.number == float(value) and told.text == value
    assert told.is_bound == bool(bound)


@pytest.mark.parametrize("row", ["af1", "af2", "slvm", "slvm_dx", "slvm_af1"])
@pytest.mark.parametrize("column", sorted(paper_values.SERIES_COLUMNS))
def test_series_values_agree_with_the_hparams_sets(row, column):
  bound, value = _SERIES_VALUE.search(_SETS[row, column]).groups()
  told = _told(2, row, column)
  assert told.number == float(value) and told.is_bound == bool(bound)


def test_tables_have_the_cells_that_the_paper_has():
  sizes = {
    number: len(table.values) for number, table in paper_values.TABLES.items()
  }
  assert sizes == {1: 17, 2: 15, 3: 12, 4: 17}
  assert _told(1, "video_flow_af", "BAIR").number == 1.50
  assert _told(4, "video_flow", "BAIR").number == 1.50
  counts = paper_values.TABLES[3].values
  assert counts["slvm_af1", "BAIR"].number == 10_643_000
  assert counts["af2", "M-MNIST"] == paper_values.PrintedValue(
    686e3, "686k", False
  )


def test_only_models_with_latent_variables_have_bounds():
  for number in (1, 2, 4):
    for (row, _), value in paper_values.TABLES[number].values.items():
      assert value.is_bound == row.startswith("slvm")


@pytest.mark.parametrize(
  "hparams_set, row, variant",
  [
    ("slvm_af1_mmnist", "slvm_af1", "mmnist"),
    ("slvm_tiny", "slvm", "tiny"),
    ("video_flow_af_residual_tiny", "video_flow_af_residual", "tiny"),
    ("af1_series_tiny", "af1", "series_tiny"),
    ("next_frame_glow", None, ""),
  ],
)
def test_row_is_the_longest_that_fits(hparams_set, row, variant):
  assert paper_values.row_of(hparams_set) == row
  assert paper_values.variant_of(hparams_set) == variant


def test_split_is_told_from_the_problem():
  assert paper_values.without_split("series_facial_exp_split3") == (
    "series_facial_exp",
    3,
  )
  assert paper_values.without_split("video_kth") == ("video_kth", 0)


def test_a_row_of_another_length_is_refused():
  with pytest.raises(ValueError, match="2 of 3 columns"):
    paper_values._values(paper_values.VIDEO_COLUMNS, af1="1 2")
