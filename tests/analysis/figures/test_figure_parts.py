"""Parts of figures, and which runs go into them."""

from PIL import Image
import pytest

from t2t_af import errors
from t2t_af.analysis.charts import pictures
from t2t_af.analysis.charts import plots
from t2t_af.analysis.figures import figure_parts
from t2t_af.analysis.figures import paper_figures
from t2t_af.analysis.results import folders
from tests.analysis import fake_results as fake


def _runs(folder, *names):
  """Runs of (set, problem, seed)."""
  written = [
    fake.likelihood(name, 2.0, seed, problem) for name, problem, seed in names
  ]
  return folders.find([fake.write(str(folder), written)]).runs


def test_one_seed_of_each_set_and_problem_in_their_order(tmp_path):
  runs = _runs(
    tmp_path,
    ("slvm_tiny", "video_a", 2),
    ("slvm_tiny", "video_a", 1),
    ("af1_tiny", "video_b", 5),
    ("af1_tiny", "video_a", 5),
  )
  chosen = figure_parts.one_per_model(runs)
  assert [(r.hparams_set, r.problem, r.seed) for r in chosen] == [
    ("af1_tiny", "video_a", 5),
    ("af1_tiny", "video_b", 5),
    ("slvm_tiny", "video_a", 1),
  ]


def test_problems_are_those_that_are_known(tmp_path):
  runs = _runs(tmp_path, ("af1_tiny", "video_b", 0), ("af1_tiny", "a", 0))
  runs.append(folders.read_run(str(tmp_path / "empty")))
  assert figure_parts.problems(runs) == ["a", "video_b"]
  (run,) = figure_parts.of_problem(runs, "a")
  assert run.problem == "a"


def test_missing_records_name_figure_and_command():
  with pytest.raises(
    errors.UserError,
    match="there is no flow.npz for figure 6; it is made by: t2t-af analyse",
  ):
    figure_parts.raise_missing(6, "flow.npz", "t2t-af analyse")


def _charts(*titles):
  lines = [plots.Line([1, 2], [1.0, 2.0], 0)]
  return [plots.Panel(title, lines, "x", "y") for title in titles]


def _width(part):
  return float(part.content().decode().split('viewBox="0 0 ')[1].split()[0])


def test_a_file_is_no_wider_than_its_charts():
  one = figure_parts.Part("a.svg", "A.", charts=_charts("a"), columns=3)
  two = figure_parts.Part("b.svg", "B.", charts=_charts("a", "b"))
  three = figure_parts.Part("c.svg", "C.", charts=_charts(*"abc"))
  assert _width(one) < _width(two) == _width(three)


def test_a_part_is_a_file_of_the_kind_that_is_asked_for():
  charts = figure_parts.Part("a.svg", "A.", charts=_charts("a"))
  assert charts.content("pdf").startswith(b"%PDF")
  content = pictures.png(Image.new("RGB", (8, 8)))
  picture = figure_parts.Part("b.png", "B.", content)
  assert picture.content() == picture.content("png") == content
  assert picture.content("pdf").startswith(b"%PDF")


def test_titles_and_makers_are_of_the_same_figures():
  made = set(paper_figures._MAKERS) | set(paper_figures._SAMPLES)
  assert made == set(paper_figures.titles())
  assert not set(paper_figures._MAKERS) & set(paper_figures._SAMPLES)
  assert not made & set(paper_figures._DIAGRAMS)


def test_headings_number_the_papers_figures_alone():
  assert paper_figures.heading(12) == "Figure 12. SLVM + 2-AF"
  assert paper_figures.heading("quality") == "Samples against the truth"


@pytest.mark.parametrize("name", [3, 10])
def test_computed_figures_need_no_runs(name):
  parts = paper_figures.build(name, folders.Results([], []))
  assert parts and all(part.charts for part in parts)
