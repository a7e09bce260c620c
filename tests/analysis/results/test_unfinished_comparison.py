"""A comparison is read while it runs: whatever is absent is absent."""

import json
import math
import os
import shutil

import pytest

from t2t_af.analysis.figures import comparison_figures
from t2t_af.analysis.figures import context_figures
from t2t_af.analysis.report import verdict
from t2t_af.analysis.results import trivial
from t2t_af.analysis.results.comparison import Comparison
from t2t_af.analysis.tables import comparison_csv
from t2t_af.analysis.tables import comparison_table
from t2t_af.records import json_lines
from tests.analysis import fake_compare
from tests.analysis import fake_windows

FIRST, AF, RESIDUAL = fake_compare.SETS


@pytest.fixture(name="finished", scope="module")
def _finished(tmp_path_factory):
  return fake_compare.write(
    str(tmp_path_factory.mktemp("c") / "c"), with_samples=False
  )


@pytest.fixture(name="folder")
def _folder(finished, tmp_path):
  return shutil.copytree(finished, str(tmp_path / "copy"))


def _started(tmp_path, **config):
  (tmp_path / "compare.json").write_text(json.dumps(config))
  return Comparison(str(tmp_path))


def test_nothing_has_run_yet(tmp_path):
  comparison = _started(
    tmp_path, sets=[FIRST, AF], seeds=[0], problem="series_x"
  )
  assert comparison.unit.name == "nats/step", "of the problem's name"
  assert comparison.split == "test" and comparison.references == []
  assert comparison.estimate(FIRST) is comparison.nll(FIRST) is None
  assert comparison.difference(AF, FIRST) is comparison.best_set() is None
  assert comparison.final(FIRST) == {} and comparison.diverged(FIRST) == []
  assert comparison.from_run(FIRST, "num_parameters") is None
  assert comparison.protocol_conflicts() == []
  assert comparison_figures.curves(comparison) == []
  assert context_figures.context_pictures(comparison) == []
  assert trivial.not_beaten(comparison, FIRST) == []
  assert comparison_table.text(comparison).count("not run") >= 2


def test_without_sets_and_seeds_there_are_none(tmp_path):
  comparison = _started(tmp_path)
  assert comparison.sets == comparison.seeds == []
  assert comparison_figures.curves(comparison) == []
  assert context_figures.context_pictures(comparison) == []
  assert comparison_csv.text(comparison).count("\n") == 1, "the heading"


def test_runs_of_a_comparison_are_named_as_it_names_them(folder):
  results = Comparison(folder).results()
  assert [run.label for run in results.runs[::3]] == [
    "VideoFlow",
    "VideoFlow + AF",
    "VideoFlow + AF, residual start",
  ]
  assert [run.seed for run in results.runs] == [1, 2, 3] * 3
  assert results.parameters == []


def test_a_run_that_is_a_link_is_read(folder, tmp_path):
  moved = str(tmp_path / "elsewhere")
  shutil.move(os.path.join(folder, AF), moved)
  os.symlink(moved, os.path.join(folder, AF))
  assert Comparison(folder).estimate(AF).mean == pytest.approx(4.201 / 3)


def test_split_is_that_of_the_records_where_none_is_asked_for(folder):
  assert Comparison(folder).split == "test"
  for run in Comparison(folder).runs.values():
    path = os.path.join(run.folder, "results", "likelihood.jsonl")
    lines = json_lines.read(path)
    os.remove(path)
    for line in lines:
      if line["split"] == "dev":
        json_lines.append(path, line)
  assert Comparison(folder).split == "dev"
  with open(os.path.join(folder, "compare.json"), encoding="utf-8") as stream:
    config = json.load(stream)
  with open(
    os.path.join(folder, "compare.json"), "w", encoding="utf-8"
  ) as stream:
    json.dump(dict(config, split="test"), stream)
  assert Comparison(folder).split == "test"
  assert Comparison(folder).estimate(FIRST) is None


def _lose_an_evaluation(folder, hparams_set):
  """An evaluation on dev at step 300 that was not finite."""
  path = os.path.join(
    folder, hparams_set, "seed_1", "results", "likelihood.jsonl"
  )
  lines = json_lines.read(path)
  os.remove(path)
  for line in lines:
    if (line["split"], line["step"]) == ("dev", 300):
      line["nll_nats_per_dim"] = math.nan
    json_lines.append(path, line)


@pytest.mark.parametrize("hparams_set", [FIRST, AF])
def test_an_evaluation_that_was_not_finite_leaves_out_its_step(
  folder, hparams_set
):
  _lose_an_evaluation(folder, hparams_set)
  shown = comparison_figures.differences(Comparison(folder)).chart
  thick = [line for line in shown.lines if line.style == "thick"]
  assert thick[0].x == [100, 200, 400, 500, 600]


def test_verdict_before_the_second_set_is_done(folder):
  for name in (AF, RESIDUAL):
    shutil.rmtree(os.path.join(folder, name))
  words = verdict.sentences(Comparison(folder))
  assert words[0].startswith("Lowest NLL on the test split: VideoFlow, 1.361")
  assert words[-1] == (
    "Nothing else has been evaluated, so nothing is compared."
  )


def test_verdict_where_no_seed_is_shared(folder):
  for name, seeds in ((FIRST, (2, 3)), (AF, (1,))):
    for seed in seeds:
      shutil.rmtree(os.path.join(folder, name, f"seed_{seed}"))
  shutil.rmtree(os.path.join(folder, RESIDUAL))
  words = verdict.sentences(Comparison(folder))
  assert any("share no finished seed" in sentence for sentence in words)


def test_verdict_without_any_error_admits_it(folder):
  for name in (FIRST, AF):
    for seed in (2, 3):
      shutil.rmtree(os.path.join(folder, name, f"seed_{seed}"))
    path = os.path.join(folder, name, "seed_1", "results", "likelihood.jsonl")
    newest = json_lines.read(path)[-1]
    newest.update(
      fake_windows.fields([newest["nll_nats_per_dim"]] * 3)
    )  # too few
    json_lines.append(path, newest)
  shutil.rmtree(os.path.join(folder, RESIDUAL))
  words = " ".join(verdict.sentences(Comparison(folder)))
  assert "Without a standard error nothing says whether this is chance" in words


def test_the_winner_is_compared_with_the_next_where_it_is_not_the_first(folder):
  """The first set is the worst of three: best against next is said too."""
  for seed in (1, 2, 3):
    path = os.path.join(
      folder, FIRST, f"seed_{seed}", "results", "likelihood.jsonl"
    )
    newest = json_lines.read(path)[-1]
    json_lines.append(path, dict(newest, nll_nats_per_dim=2.0 + 0.01 * seed))
  words = verdict.sentences(Comparison(folder))
  assert words[-1].startswith(
    "VideoFlow + AF, residual start is lower than VideoFlow + AF by 0.058"
  )


def test_numbers_of_run_json_are_means_over_the_seeds_that_have_them(folder):
  path = os.path.join(folder, FIRST, "seed_1", "run.json")
  with open(path, encoding="utf-8") as stream:
    info = json.load(stream)
  with open(path, "w", encoding="utf-8") as stream:
    json.dump(dict(info, seconds_per_step=0.6), stream)
  os.remove(os.path.join(folder, FIRST, "seed_2", "run.json"))
  comparison = Comparison(folder)
  assert comparison.from_run(FIRST, "seconds_per_step") == pytest.approx(
    (0.6 + 0.3) / 2
  )
  # What run.json lacks is taken from the final record.
  assert comparison.from_run(FIRST, "num_parameters") == 871236
