"""The page about any runs: what was run, tables, figures, what is missing."""

import os
import re

import pytest

from t2t_af import errors
from t2t_af.analysis.report import runs_page
from t2t_af.analysis.results import folders
from t2t_af.bin import figure as figure_command
from t2t_af.bin import report as report_command
from tests.analysis import fake_compare
from tests.analysis import fake_results as fake
from tests.analysis import parsed_page

_AREM = fake.SERIES
_HARDWARE = {"cpu": "Invented CPU", "cores": 2, "memory_gib": 24.0}


@pytest.fixture(name="results", scope="module")
def _results(tmp_path_factory):
  return fake.study(str(tmp_path_factory.mktemp("results")))


@pytest.fixture(name="content", scope="module")
def _content(results):
  return runs_page.render(folders.find([results]))


@pytest.fixture(name="page")
def _page(content):
  return parsed_page.Page(content)


def _section(content, place):
  """Text of one section."""
  (found,) = re.findall(
    rf'<section[^>]* id="{place}">.*?</section>', content, re.S
  )
  return parsed_page.Page(found).all_text


def test_what_was_run_is_one_row_for_all_seeds_and_splits(content):
  told = _section(content, "runs")
  assert told.count("af1_activity_rec") == told.count("slvm_af1_tiny") == 1
  assert told.count("0, 1, 2 ") == 2 and "0, 1, 2; splits 0, 1" in told
  assert "SLVM + 1-AF" in told and told.count("1,000") == 3, "parameters"
  assert "12 runs of 3 models on 2 data sets" in content


def test_hardware_steps_and_overrides_are_those_of_the_runs(tmp_path):
  fake.write(
    str(tmp_path),
    [
      fake.likelihood("af1_tiny", 2.0, hparams="a=1", step=step)
      for step in (700, 1500)
    ],
  )
  (run,) = folders.find([str(tmp_path)]).runs
  run = run._replace(info={"hardware": _HARDWARE, "steps": 9})
  told = _section(runs_page.render(folders.Results([run], [])), "runs")
  for part in ("Invented CPU, 2 cores, 24.0 GiB memory", "1,500", "with a=1"):
    assert part in told
  run.records["likelihood"].clear()
  told = _section(runs_page.render(folders.Results([run], [])), "runs")
  assert " 9 " in told, "what was asked for"


def test_tables_are_those_with_a_record_of_ours_in_order(content):
  assert re.findall(r'id="(table-\d|claims|runs|missing)"', content) == [
    "claims",
    "table-1",
    "table-2",
    "table-3",
    "runs",
    "missing",
  ]
  assert "2.500 ± 0.000" in _section(content, "table-1")
  assert "Table 4. " in _section(content, "missing")
  assert "--train_too" in _section(content, "missing")


def test_table_of_training_comes_after_those_of_test(tmp_path):
  found = [
    fake.likelihood("af1_tiny", 2.0, split=split) for split in ("train", "test")
  ] + [fake.series("af1_activity_rec", 2.0, 6, problem=_AREM)]
  fake.write(str(tmp_path), found)
  content = runs_page.render(folders.find([str(tmp_path)]))
  assert re.findall(r'id="table-(\d)"', content) == ["1", "2", "4", "3"]


def test_figures_are_those_that_can_be_made(content):
  assert re.findall(r'id="figure-(\w+)"', content) == [
    "1",
    "4",
    "5",
    "6",
    "7",
    "12",
    "14",
    "quality",
    "calibration",
  ]
  missing = _section(content, "missing")
  assert "Figure 11. Flow visualisation on KTH Actions: there is no" in missing
  assert "Figure 8. Generalisation" in missing and "t2t-eval" in missing
  assert "Figure 6" not in missing


def test_every_section_is_in_the_contents(page, content):
  assert [link[1:] for link in page.attributes["href"]] == re.findall(
    r'<section[^>]* id="([^"]+)"', content
  )


def test_pictures_are_of_one_seed_and_one_split(content):
  flows = _section(content, "figure-6")
  assert "seed 0" in flows and "seed 1" not in flows
  bars = _section(content, "figure-5")
  assert _AREM in bars and "split1" not in bars


def test_samples_are_of_one_sequence(content):
  assert "sequence 1:" in _section(content, "figure-7")
  assert "sequence 2:" not in content


def test_a_picture_is_on_the_page_once(content):
  shown = re.findall(r'src="([^"]+)"', content)
  assert len(set(shown)) == len(shown) > 4
  assert "SLVM + 2-AF (" in _section(content, "figure-12")


def test_page_loads_nothing_from_elsewhere(content, page):
  assert not re.search(r"https?:", content) and "<script" not in content
  assert all(src.startswith("data:image/") for src in page.images)
  assert "default-src 'none'" in content


def test_charts_keep_their_text_on_a_phone(content):
  """Not as pictures: their letters would shrink with them."""
  assert "data:image/svg" not in content
  assert content.count('<svg class="chart"') > 5


def test_weight_does_not_grow_with_seeds(results, content):
  found = folders.find([results])
  one = [run for run in found.runs if run.seed == 0]
  assert len(found.runs) > 2 * len(one)
  assert len(content) < 1.1 * len(runs_page.render(found._replace(runs=one)))


def test_what_is_not_finite_or_not_there_yet_leaves_a_page(tmp_path):
  nan = float("nan")
  fake.write(
    str(tmp_path),
    [
      fake.likelihood("af1_tiny", nan, split=split)
      for split in ("train", "test")
    ]
    + [fake.correlation("af1_tiny", "y1", nan), fake.sampled("af1_tiny", nan)],
  )
  (tmp_path / "started").mkdir()
  (tmp_path / "started" / "run.json").write_text("{}")
  content = runs_page.render(folders.find([str(tmp_path)]))
  assert "2 runs of 2 models" in content
  assert "not finite" in _section(content, "table-1")


def test_names_cannot_inject_markup(tmp_path):
  record = fake.likelihood("slvm_<b>", 2.0, problem="video_<u>", hparams="<i>")
  fake.write(str(tmp_path), [record])
  broken = os.path.join(fake.run_folder(str(tmp_path), record), "flow.npz")
  with open(broken, "wb") as stream:
    stream.write(b"half")
  content = runs_page.render(folders.find([str(tmp_path)]))
  assert not re.search("<[biu]>", content)
  assert f"{broken} cannot be read" in parsed_page.Page(content).all_text


def test_command_writes_where_it_is_told(
  results, tmp_path, capsys, monkeypatch
):
  monkeypatch.chdir(tmp_path)  # records are named from there
  path = tmp_path / "new" / "page.html"
  assert report_command.main([results, f"--output={path}"]) == 0
  assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
  assert report_command.main([results]) == 0
  assert (tmp_path / "report.html").read_bytes() == path.read_bytes()
  assert f"report: {path}" in capsys.readouterr().out


def test_one_comparison_gives_its_own_report_and_two_a_common_one(
  tmp_path, monkeypatch
):
  monkeypatch.chdir(tmp_path)
  folders = [
    fake_compare.write(str(tmp_path / name), seeds=(1,), with_samples=False)
    for name in "ab"
  ]
  assert report_command.main(folders[:1]) == 0
  own = (tmp_path / "a" / "report.html").read_text(encoding="utf-8")
  assert "Lowest NLL" in own
  assert report_command.main(folders) == 0
  common = (tmp_path / "report.html").read_text(encoding="utf-8")
  assert "6 runs of 3 models" in common and "Lowest NLL" not in common


def test_wrong_paths_are_told_in_one_line(tmp_path):
  for paths, message in (
    (["nowhere"], "nowhere is no folder; give"),
    ([str(tmp_path)], "there is no run below .*; give"),
  ):
    with pytest.raises(errors.UserError, match=message) as error:
      report_command.main(paths + [f"--output={tmp_path / 'x.html'}"])
    assert "\n" not in str(error.value)
  assert not (tmp_path / "x.html").exists()
  with pytest.raises(errors.UserError, match="is a folder; give a file"):
    report_command.main([str(tmp_path), f"--output={tmp_path}"])


def test_a_figure_is_a_file_of_the_kind_that_is_asked_for(results, tmp_path):
  for name, files in (
    ("calibration", [f"x_calibration_{_AREM}_samples", "x_calibration_crps"]),
    ("4", ["x"]),
    ("7", [f"x_7_{fake.PROBLEM}_{i}" for i in (1, 2)]),
  ):
    folder = tmp_path / name
    assert figure_command.main([name, results, f"--output={folder}/x.pdf"]) == 0
    assert sorted(os.listdir(folder)) == sorted(f"{f}.pdf" for f in files)
    for file in folder.iterdir():
      assert file.read_bytes().startswith(b"%PDF")


def test_a_named_figure_is_made_by_the_figure_command(results, tmp_path):
  for name, parts in (
    ("calibration", [f"{_AREM}_samples.svg", "crps.svg"]),
    ("quality", [f"{fake.PROBLEM}.svg"]),
  ):
    folder = tmp_path / name
    assert figure_command.main([name, results, f"--output={folder}"]) == 0
    assert sorted(os.listdir(folder)) == sorted(
      [f"figure_{name}.html"] + [f"figure_{name}_{part}" for part in parts]
    )
  with pytest.raises(errors.UserError, match="no figure nonsense.*quality"):
    figure_command.main(["nonsense", results])
