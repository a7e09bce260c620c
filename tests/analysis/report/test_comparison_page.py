"""The report on invented folders: whole, honest, self-contained."""

import base64
import io
import json
import os
import re
import shutil

from PIL import Image
import pytest

from t2t_af import errors
from t2t_af.analysis.charts import pictures
from t2t_af.analysis.figures import comparison_figures
from t2t_af.analysis.report import comparison_page
from t2t_af.analysis.report import comparison_words
from t2t_af.analysis.results.comparison import Comparison
from t2t_af.records import json_lines
from tests.analysis import fake_compare
from tests.analysis import fake_results
from tests.analysis import parsed_page

FIRST, AF, RESIDUAL = fake_compare.SETS


def _page(folder):
  path = comparison_page.write(folder)
  assert path == os.path.join(folder, "report.html")
  with open(path, encoding="utf-8") as stream:
    content = stream.read()
  return parsed_page.Page(content), content


@pytest.fixture(autouse=True)
def _small_pictures(monkeypatch):
  """Pictures of the frames' own size: their making is most of a report."""
  monkeypatch.setattr(pictures, "PANEL_TARGET", 16)
  monkeypatch.setattr(pictures, "FRAME_TARGET", 16)


@pytest.fixture(name="folder", scope="module")
def _folder(tmp_path_factory):
  return fake_compare.write(str(tmp_path_factory.mktemp("report") / "c"))


@pytest.fixture(name="copy")
def _copy(folder, tmp_path):
  return shutil.copytree(folder, str(tmp_path / "copy"))


def test_page_has_every_set_every_reference_and_every_figure(folder):
  page, _ = _page(folder)
  for label in fake_compare.LABELS.values():
    assert label in page.all_text
  assert page.attributes["data-row"] == list(fake_compare.SETS)
  titles = comparison_figures.titles(Comparison(folder))
  assert len(titles) == 5
  for title in titles + ["Uniform", "One Gaussian per pixel"]:
    assert title in page.all_text
  assert "not run" not in page.all_text.lower()


def test_page_loads_nothing_from_elsewhere(folder):
  page, content = _page(folder)
  assert not re.search(r"https?:", content)
  assert "<script" not in content and "@import" not in content
  assert "url(" not in re.sub(r"url\(#[\w-]+\)", "", content)
  assert page.images and all(
    src.startswith("data:image/") for src in page.images
  )
  assert "default-src 'none'" in content


def test_stated_winner_is_that_of_the_records(folder):
  page, _ = _page(folder)
  means = {name: sum(v) / len(v) for name, v in fake_compare.NLL.items()}
  winner = min(means, key=means.get)
  assert page.attributes["data-winner"] == [winner]
  assert (
    f"Lowest NLL on the test split: {fake_compare.LABELS[winner]}, "
    f"{means[winner]:.3f} nats/dim" in page.all_text
  )


def test_winner_changes_with_the_records(tmp_path, monkeypatch):
  nll = dict(fake_compare.NLL)
  nll[FIRST], nll[RESIDUAL] = nll[RESIDUAL], nll[FIRST]
  monkeypatch.setattr(fake_compare, "NLL", nll)
  page, _ = _page(fake_compare.write(str(tmp_path / "c"), with_samples=False))
  assert page.attributes["data-winner"] == [FIRST]
  assert "residual start is higher than VideoFlow by 0.019" in page.all_text


def test_early_stopping_is_stated(copy):
  assert "scored at the best" not in _page(copy)[0].all_text
  path = os.path.join(copy, "compare.json")
  with open(path, encoding="utf-8") as stream:
    config = json.load(stream)
  with open(path, "w", encoding="utf-8") as stream:
    json.dump(dict(config, eval_every=200), stream)
  assert (
    "scored at the best of every 200 steps on the dev split"
    in _page(copy)[0].all_text
  )


def test_protocol_is_stated(folder):
  parts = comparison_words.protocol(Comparison(folder))
  for part in (
    "test split",
    "40 sequences",
    "3 frames given, 10 scored",
    "uniform noise U(0, 1) on 0–255 values",
    "600 training steps",
    "seeds 1, 2, 3",
    "Invented CPU, 2 cores, 24.0 GiB memory",
  ):
    assert part in parts


def test_images_are_a_moving_gif_and_a_strip_per_context(folder):
  page, _ = _page(folder)
  images = [
    Image.open(io.BytesIO(base64.b64decode(src.split(",")[1])))
    for src in page.images
  ]
  assert [image.format for image in images] == ["GIF", "PNG"] * 3
  assert images[0].n_frames == 13


def test_pictures_compare_samples_of_the_same_given_frames_only(copy):
  run = os.path.join(copy, AF, "seed_1")
  fake_compare.write_run(
    run, AF, 1, 1.4, videos=fake_compare.moving_square(4, 13, 16, seed=7)
  )
  page, _ = _page(copy)
  assert "VideoFlow + AF: sampled from other frames" in page.all_text


def test_a_missing_set_is_not_run(copy):
  shutil.rmtree(os.path.join(copy, AF))
  page, _ = _page(copy)
  assert "not run: seed 1, seed 2, seed 3" in page.all_text
  assert "VideoFlow + AF: not run" in page.all_text  # In the pictures.
  assert page.attributes["data-winner"] == [RESIDUAL]


def test_a_folder_where_nothing_ran_yet_is_a_page(tmp_path):
  (tmp_path / "compare.json").write_text(
    json.dumps(
      {"sets": list(fake_compare.SETS), "seeds": [1, 2], "problem": "p"}
    )
  )
  page, _ = _page(str(tmp_path))
  assert page.attributes["data-winner"] == [""]
  for text in (
    "No set has a likelihood",
    "Samples: not run.",
    "Trivial references: not run.",
    "Not run, so not shown: ",
  ):
    assert text in page.all_text


@pytest.mark.parametrize(
  "lost",
  [
    "run.json",
    "samples.npz",
    "results/training.jsonl",
    "results/likelihood.jsonl",
    "results/samples.jsonl",
  ],
)
def test_any_lost_or_broken_file_leaves_a_page(copy, lost):
  path = os.path.join(copy, FIRST, "seed_1", lost)
  with open(path, "wb") as stream:
    stream.write(b'{"half')
  _page(copy)
  os.remove(path)
  page, _ = _page(copy)
  assert "VideoFlow" in page.all_text


def test_one_seed_is_a_page_that_says_so(tmp_path):
  page, _ = _page(
    fake_compare.write(str(tmp_path / "c"), seeds=(1,), with_samples=False)
  )
  assert "One seed only" in page.all_text
  assert "1 seed" in page.all_text and "± over recordings" in page.all_text


def test_names_cannot_inject_markup(copy):
  path = os.path.join(copy, "compare.json")
  with open(path, encoding="utf-8") as stream:
    config = json.load(stream)
  config["labels"][FIRST] = "<script>alert(1)</script>"
  config["title"] = "<b>&"
  with open(path, "w", encoding="utf-8") as stream:
    json.dump(config, stream)
  _, content = _page(copy)
  assert "<script" not in content and "<title>&lt;b&gt;&amp;" in content


def test_flows_and_correlation_of_the_runs_are_shown(copy):
  folder, _ = _page(copy)
  assert "Figure 5" not in folder.all_text and "Figure 6" not in folder.all_text
  run = os.path.join(copy, AF, "seed_1", "results")
  fake_results.flow(os.path.join(run, "flow.npz"), 0, latents=True)
  json_lines.append(
    os.path.join(run, "correlation.jsonl"),
    dict(
      fake_results.correlation(AF, "u0", 0.123, seed=1),
      problem="video_toy_pushing",
    ),
  )
  page, content = _page(copy)
  assert re.findall(r'id="figure-(\w+)"', content) == ["5", "6"]
  assert "0.123" in page.all_text
  label = fake_compare.LABELS[AF]
  assert "u, level 0" in page.all_text
  assert f"{label} ({AF}" in page.all_text


def test_page_goes_where_it_is_told(folder, tmp_path):
  path = str(tmp_path / "new" / "page.html")
  assert comparison_page.write(folder, path) == path and os.path.isfile(path)


def test_a_folder_without_compare_json_is_a_clear_error(tmp_path):
  with pytest.raises(errors.UserError, match="compare.json"):
    comparison_page.write(str(tmp_path))
