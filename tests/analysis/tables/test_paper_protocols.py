"""Protocols in words, and which column a record stands in."""

import pytest

from t2t_af.analysis.results import folders
from t2t_af.analysis.results import paper_values
from t2t_af.analysis.results.rows import Row
from t2t_af.analysis.tables import paper_pools
from t2t_af.analysis.tables import paper_tables
from tests.analysis import fake_results as fake

_AREM = "series_activity_rec"


def _notes(folder, written, number=1):
  results = folders.find([fake.write(str(folder), written)])
  return paper_tables.build(number, results).notes


def test_a_value_that_all_rows_share_is_said_once(tmp_path):
  (note,) = [
    note
    for note in _notes(
      tmp_path,
      [fake.likelihood(name, 2.0) for name in ("af1_tiny", "af2_tiny")],
    )
    if note.startswith("video_moving")
  ]
  assert "; 3 frames given; 6 scored; uniform noise;" in note
  assert "(" not in note.replace("(tiny)", "")


def test_values_that_differ_name_their_rows(tmp_path):
  (note,) = [
    note
    for note in _notes(
      tmp_path,
      [
        fake.likelihood("af1_tiny", 2.0, num_cond_steps=3),
        fake.likelihood("slvm_tiny", 2.0, num_cond_steps=3),
        fake.likelihood("af2_tiny", 2.0, num_cond_steps=6),
      ],
    )
    if note.startswith("video_moving")
  ]
  assert "3 frames given (1-AF; SLVM); 6 frames given (2-AF)" in note


def test_a_bound_of_more_samples_goes_with_its_row(tmp_path):
  notes = _notes(
    tmp_path,
    [
      fake.likelihood("af1_tiny", 2.0, num_cond_steps=6),
      fake.likelihood("slvm_tiny", 2.0, bound=True),
      fake.likelihood("slvm_tiny", 1.9, bound=True, num_samples=50),
    ],
  )
  assert any("3 frames given (SLVM)" in note for note in notes)


def test_numbers_are_in_order_of_size_not_of_letters(tmp_path):
  notes = _notes(
    tmp_path, [fake.likelihood("af1_tiny", 2.0, seed) for seed in (10, 2, 9)]
  )
  assert any("seeds 2, 9, 10" in note for note in notes)


def test_early_stopping_is_said(tmp_path):
  notes = _notes(
    tmp_path, [fake.likelihood("af1_tiny", 2.0, step=300, chosen_of_steps=1500)]
  )
  assert any(
    "scored after as many of 1,500 training steps as were best" in note
    for note in notes
  )


def test_series_have_steps_raw_units_and_added_noise(tmp_path):
  record = fake.series(
    "af1_activity_rec",
    -3.0,
    6,
    problem=_AREM,
    nll_nats_per_step=-3.0,
    nll_raw_nats_per_step=4.5,
    noise_std=0.01,
  )
  (note,) = [
    note
    for note in _notes(tmp_path, [record], 2)
    if note.startswith("activity_rec")
  ]
  assert "3 steps given" in note and "in raw units +7.50 nats more" in note
  assert "noise of 0.01 standard deviations added" in note
  assert "none noise" not in note


@pytest.mark.parametrize(
  "count, words", [(1, "1 other group"), (2, "2 other groups")]
)
def test_groups_that_are_left_out_are_counted(tmp_path, count, words):
  written = [fake.later(fake.likelihood("af1_tiny", 2.0), 9)] + [
    fake.likelihood("af1_tiny", 2.0, seed, hparams=f"a={seed}")
    for seed in range(count)
  ]
  assert any(words in note for note in _notes(tmp_path, written))


def test_an_older_record_of_the_same_protocol_is_no_rival(tmp_path):
  written = [
    fake.likelihood("af1_tiny", 3.0),
    fake.later(fake.likelihood("af1_tiny", 2.0)),
  ]
  assert not any("other group" in note for note in _notes(tmp_path, written))


def _pools(folder, written, number=1):
  results = folders.find([fake.write(str(folder), written)])
  return paper_pools.pools_of(paper_values.TABLES[number], results)


@pytest.mark.parametrize(
  "fields",
  [
    {"split": "dev"},
    {"split": "train"},
    {"train_fraction": 0.25},
    {"dims_per_step": 6, "dequantization": "none"},
  ],
)
def test_what_is_of_another_table_is_in_no_pool(tmp_path, fields):
  assert _pools(tmp_path, [fake.likelihood("af1_tiny", 2.0, **fields)]) == {}


def test_place_is_row_data_variant_and_noise(tmp_path):
  record = fake.likelihood(
    "slvm_tiny", 2.0, problem="video_a_split2", dequantization="gaussian"
  )
  (place,) = _pools(tmp_path, [record])
  assert place == (Row("slvm"), paper_pools.Key("video_a", "tiny", "gaussian"))


def test_samples_of_an_exact_likelihood_make_no_row(tmp_path):
  record = fake.likelihood("af1_tiny", 2.0, num_samples=50)
  ((row, _),) = _pools(tmp_path, [record])
  assert row == Row("af1")


def test_sets_beyond_the_paper_come_last(tmp_path):
  paper = paper_values.TABLES[2]
  names = paper_pools.rows_of(
    paper, [Row("zebra"), Row("slvm_af2"), Row("slvm", 50), Row("ant")]
  )
  assert names == [
    Row("af1"),
    Row("af2"),
    Row("slvm"),
    Row("slvm", 50),
    Row("slvm_dx"),
    Row("slvm_af1"),
    Row("slvm_af2"),
    Row("ant"),
    Row("zebra"),
  ]


def test_the_papers_column_is_followed_by_ours():
  key = paper_pools.Key("video_bair", "bair", "uniform")
  other = paper_pools.Key("video_bair", "tiny", "uniform")
  columns = paper_pools.columns_of(paper_values.TABLES[1], [key, other])
  assert [(c.group, c.name, k) for c, k in columns if c.group == "BAIR"] == [
    ("BAIR", "paper", None),
    ("BAIR", "ours", key),
  ]
  assert columns[-1][0].group == "video_bair (tiny)"
  assert columns[-1][1] == other


def test_parameters_of_series_and_of_unknown_sets_are_left_out(tmp_path):
  pools = _pools(
    tmp_path,
    [
      fake.likelihood("af1_tiny", 2.0),
      fake.likelihood("my_own_set", 2.0),
      fake.series("af1_activity_rec", 2.0, 6, problem=_AREM),
    ],
    3,
  )
  assert [row for row, _ in pools] == [Row("af1")]


def _of_split(suffix, nats_per_step, **fields):
  return fake.series(
    "af1_activity_rec", nats_per_step, 6, problem=_AREM + suffix, **fields
  )


def test_protocols_of_splitting_have_columns_and_sentences_of_their_own(
  tmp_path,
):
  """Old records, which do not say theirs, are of the five folds."""
  words = {"_random": "random 80/20", "_time": "last 20 % of each"}
  written = [_of_split("", -3.0), _of_split("_split1", -3.2)] + [
    _of_split(suffix, nats, split_protocol=words[suffix.split("_split")[0]])
    for suffix, nats in (
      ("_random", -5.0),
      ("_random_split1", -7.0),
      ("_time", -9.0),
    )
  ]
  results = folders.find([fake.write(str(tmp_path), written)])
  table = paper_tables.build(2, results)
  (row,) = [row for row in table.rows if row.name == "af1"]
  found = {
    column.name: cell.value
    for column, cell in zip(table.columns, row.cells)
    if column.group == "activity_rec" and column.source == paper_pools.OURS
  }
  assert found == pytest.approx(
    {"ours": -3.1, "ours, random split": -6.0, "ours, time split": -9.0}
  )
  notes = [note for note in table.notes if note.startswith("activity_rec")]
  assert "; five folds by recording;" in notes[0]
  assert notes[1].startswith("activity_rec, ours, random split: ")
  assert "; random 80/20;" in notes[1] and "; last 20 % of each;" in notes[2]


def test_records_with_a_floor_of_scales_are_not_averaged_with_older_ones(
  tmp_path,
):
  floored = fake.later(_of_split("", -3.0, scale_floor=0.02))
  notes = _notes(tmp_path, [_of_split("_split1", 90.0), floored], 2)
  (note,) = [note for note in notes if note.startswith("activity_rec")]
  assert "no predicted scale below 0.02 standard deviations" in note
  assert any("1 other group of records not shown" in note for note in notes)


def test_weights_that_began_as_another_runs_are_told_and_not_averaged(tmp_path):
  written = [
    fake.likelihood("af1_tiny", 9.0, 2),
    *(
      fake.later(
        fake.likelihood("af1_tiny", 2.0, i, warm_start_from=f"run_{i}")
      )
      for i in (0, 1)
    ),
  ]
  results = folders.find([fake.write(str(tmp_path), written)])
  table = paper_tables.build(1, results)
  (cell,) = [row.cells[-1] for row in table.rows if row.label == "1-AF"]
  assert (cell.value, cell.num_runs) == (2.0, 2)
  assert any("weights begun from run_0, run_1" in n for n in table.notes)


def test_a_students_t_has_a_row_of_its_own(tmp_path):
  row = Row("slvm_af1_t")
  place = (row, paper_pools.Key(_AREM, "activity_rec", "none"))
  record = fake.series("slvm_af1_t_activity_rec", -3.0, 6, problem=_AREM)
  assert list(_pools(tmp_path, [record], 2)) == [place]
  assert row.label == "SLVM + 1-AF, Student's t"
