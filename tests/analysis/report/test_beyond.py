"""Models beyond the paper are held against the same without, and no other."""

import pathlib
import re
import statistics

import pytest

from t2t_af.analysis.report import beyond
from t2t_af.analysis.report import claims
from t2t_af.analysis.report import runs_page
from t2t_af.analysis.results import folders
from t2t_af.analysis.tables import paper_tables
from tests.analysis import fake_results as fake
from tests.analysis import parsed_page

_RESULTS = pathlib.Path(__file__).parents[3] / "results"
_MASK = "flow_mask=learned"


def _results(folder, *runs):
  """Of (set, NLLs of the seeds, fields of the records)."""
  paths = [
    fake.write(
      str(folder / f"{i}_{seed}"), [fake.likelihood(name, nll, seed, **fields)]
    )
    for i, (name, nlls, fields) in enumerate(runs)
    for seed, nll in enumerate(nlls)
  ]
  return folders.find(paths)


@pytest.mark.parametrize(
  "nlls, verdict",
  [
    ((1.9, 1.92, 1.91), "buys"),
    ((2.4, 2.42, 2.41), "costs"),
    ((2.2, 1.9, 2.0), "open"),
  ],
)
def test_an_interval_without_zero_decides(tmp_path, nlls, verdict):
  plain = ("af1_tiny", (2.1, 2.11, 2.12), {})
  switched = (
    "af1_tiny",
    nlls,
    dict(hparams=_MASK + ",video_num_input_frames=6"),
  )
  (found,) = beyond.of(_results(tmp_path, plain, switched))
  assert found.verdict == verdict
  assert found.words == "1-AF, flow_mask=learned, than 1-AF"
  assert found.pair.seeds == "seeds 0, 1, 2"


def test_a_bound_of_more_samples_and_a_named_row_have_their_own_base(tmp_path):
  bound = dict(bound=True)
  found = beyond.of(
    _results(
      tmp_path,
      ("slvm_af1_tiny", (2.0, 2.1), bound),
      ("slvm_af1_tiny", (1.9, 2.0), dict(bound, num_samples=10)),
      ("slvm_af1_t_tiny", (1.5, 1.6), bound),
      ("slvm_tiny", (3.0, 3.1), bound),
    )
  )
  assert [switch.words for switch in found] == [
    "SLVM + 1-AF, Student's t, than SLVM + 1-AF",
    "SLVM + 1-AF, bound of 10 samples, than SLVM + 1-AF",
  ]
  assert [switch.verdict for switch in found] == ["buys", "tighter"]


def test_one_seed_buys_nothing_yet(tmp_path):
  runs = [("af1_tiny", (2.0,), {}), ("af1_tiny", (1.0,), dict(hparams=_MASK))]
  (found,) = beyond.of(_results(tmp_path, *runs))
  assert found.verdict == "open" and "of one seed" in found.pair.remark


def test_another_model_is_in_no_claim_and_in_no_row_of_the_papers(tmp_path):
  written = (
    ("af1_tiny", (2.0, 2.1), {}),
    ("af2_tiny", (2.5, 2.6), {}),
    # Later, so that it would be taken for the newest 2-AF.
    ("af2_tiny", (1.0, 1.1), dict(hparams=_MASK, time="2031-01-01T00:00:00")),
  )
  results = _results(tmp_path, *written)
  (claim,) = claims.of(results)
  assert claim.pair.numbers.startswith("+0.500")
  table = paper_tables.build(1, results)
  ours = {row.label: row.cells[-1].value for row in table.rows}
  assert ours["2-AF"] == pytest.approx(2.55)
  assert ours["2-AF, flow_mask=learned"] == pytest.approx(1.05)


def test_a_claim_holds_between_models_that_are_changed_alike(tmp_path):
  """Not between one that is and one that is not."""
  both = dict(hparams=_MASK)
  results = _results(
    tmp_path,
    ("af1_tiny", (2.0, 2.1), both),
    ("af2_tiny", (2.5, 2.6), both),
    ("slvm_af1_tiny", (1.0, 1.1), {}),
  )
  (claim,) = claims.of(results)
  assert claim.words == (
    "2-AF, flow_mask=learned has a lower NLL than 1-AF, flow_mask=learned"
  )


def test_page_has_a_section_where_there_is_something(tmp_path):
  plain = ("af1_tiny", (2.1, 2.11), {})
  without = runs_page.render(_results(tmp_path / "a", plain))
  assert 'id="beyond"' not in without
  switched = ("af1_tiny", (1.9, 1.909), dict(hparams=_MASK))
  content = runs_page.render(_results(tmp_path / "b", plain, switched))
  assert re.findall(r'id="(claims|beyond)"', content) == ["claims", "beyond"]
  text = parsed_page.Page(content).all_text
  assert "1-AF, flow_mask=learned, than 1-AF" in text
  assert "1 buys, 0 tighter, 0 costs and 0 open" in text


def test_real_residual_start_is_the_difference_of_the_files():
  results = folders.find([str(_RESULTS / "video_toy_pushing_tiny")])
  nll = {
    (run.row, run.seed): run.newest("likelihood", "test")["nll_nats_per_dim"]
    for run in results.runs
  }
  found = {switch.words: switch.pair for switch in beyond.of(results)}
  pair = found["VideoFlow + AF, residual start, than VideoFlow + AF"]
  differences = [
    value - nll["video_flow_af", seed]
    for (row, seed), value in nll.items()
    if row == "video_flow_af_residual"
  ]
  assert pair.difference.mean == pytest.approx(statistics.mean(differences))
  assert len(pair.difference.per_run) == len(differences)
