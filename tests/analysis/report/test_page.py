"""The pieces of a page, each by itself."""

import base64
import io
import re

from PIL import Image
import pytest

from t2t_af.analysis.charts import pictures
from t2t_af.analysis.charts import plots
from t2t_af.analysis.figures import figure_parts
from t2t_af.analysis.report import comparison_words
from t2t_af.analysis.report import overview
from t2t_af.analysis.report import page
from t2t_af.analysis.results import folders
from t2t_af.analysis.results import units
from t2t_af.analysis.results.comparison import Comparison
from t2t_af.records import json_lines
from t2t_af.records import records
from tests.analysis import fake_compare
from tests.analysis import fake_results as fake
from tests.analysis import fake_series
from tests.analysis import parsed_page


def _part(**fields):
  part = figure_parts.Part("a.png", 'a "caption" <b>', **fields)
  return page.render("figure", title="<Title> & more", shown_parts=[part])


def _charts(*titles):
  lines = [plots.Line([1, 2], [1.0, 2.0], 0)]
  return [plots.Panel(title, lines, "x", "y") for title in titles]


def test_a_page_forbids_what_is_not_in_it_and_escapes_its_words():
  content = _part(charts=_charts("A <i>"))
  assert "default-src 'none'" in content
  assert "<title>&lt;Title&gt; &amp; more</title>" in content
  parsed = parsed_page.Page(content)
  assert 'a "caption" <b>' in parsed.all_text and "A <i>" in parsed.all_text
  assert not re.search("<[bi]>", content)


@pytest.mark.parametrize("kind, is_moving", [("PNG", False), ("GIF", True)])
def test_a_picture_is_in_the_page(kind, is_moving):
  stream = io.BytesIO()
  Image.new("L", (1500, 10)).save(stream, kind)
  shown = _part(picture=stream.getvalue())
  encoded = base64.b64encode(stream.getvalue()).decode()
  assert f'src="data:image/{kind.lower()};base64,{encoded}"' in shown
  assert ('class="frames moving"' in shown) == is_moving
  moving = page.render(
    "figure",
    title="t",
    shown_parts=[
      figure_parts.Part(f"a.{kind.lower()}", "c", stream.getvalue())
    ],
  )
  # On paper a strip says it all.
  assert ('<figure class="animation">' in moving) == is_moving
  assert ("max-width: 1500px; min-width: 736px" in shown) != is_moving
  assert 'alt="a &#34;caption&#34; &lt;b&gt;"' in shown


def test_a_small_picture_keeps_its_size():
  content = pictures.png(Image.new("L", (300, 10)))
  assert "max-width: 300px; min-width: 300px" in _part(picture=content)


def test_unknown_kind_of_picture_is_refused():
  with pytest.raises(ValueError, match="PNG and GIF"):
    page.image(b"BM")


def test_charts_stand_under_one_caption():
  shown = _part(charts=_charts("A", "B"))
  assert shown.count("<figcaption>") == 1 and shown.count("<h3>") == 2
  assert shown.index("<figcaption>") < shown.index("<h3>")
  assert ' class="sheet"' in shown
  assert ' class="sheet single"' in _part(charts=_charts("A"), columns=1)


@pytest.mark.parametrize(
  "hardware, words",
  [
    ([], []),
    ([None, ""], []),
    (["A text of old"], ["A text of old"]),
    (
      [{"accelerators": ["NVIDIA H100"], "cpu": "Xeon", "cores": 1}],
      ["NVIDIA H100, Xeon, 1 core"],
    ),
    (
      [{"cpu": "Xeon", "cores": 16, "memory_gib": 128.0}] * 2,
      ["Xeon, 16 cores, 128.0 GiB memory"],
    ),
  ],
)
def test_machines_are_named_once(hardware, words):
  assert overview.machines(hardware) == words


def test_words_fit_what_was_modelled(tmp_path):
  video = Comparison(
    fake_compare.write(str(tmp_path / "v"), seeds=(1,), with_samples=False)
  )
  series = Comparison(fake_series.write(str(tmp_path / "s")))
  of_video = " ".join(comparison_words.how_to_read(video.unit))
  of_series = " ".join(comparison_words.how_to_read(series.unit))
  assert "5.545 nats" in of_video and "PSNR" in of_video
  assert "it may be negative" in of_series.replace("may\nbe", "may be")
  assert "RMSE" in of_series and "PSNR" not in of_series
  assert "seed 1" in comparison_words.protocol(video)
  words = comparison_words.protocol(series)
  assert "4 steps given, 6 scored" in words
  assert "standardised by the training split" in words
  assert "best of 5 samples, 4 contexts of the test split, temperature 1.0" in (
    words
  )


def test_protocol_of_nothing_is_what_was_asked_for(tmp_path):
  (tmp_path / "compare.json").write_text('{"sets": ["a"], "seeds": [3]}')
  assert comparison_words.protocol(Comparison(str(tmp_path))) == [
    "Problem –",
    "test split",
    "seed 3",
  ]


def test_unknown_noise_goes_by_its_name(tmp_path, monkeypatch):
  comparison = Comparison(
    fake_compare.write(str(tmp_path), seeds=(1,), with_samples=False)
  )
  for name in comparison.sets:
    for record in comparison.final(name).values():
      record["dequantization"] = "laplace"
  assert "laplace noise" in comparison_words.protocol(comparison)
  assert units.VIDEO == comparison.unit


def test_hours_of_training_are_those_of_all_steps_once(tmp_path):
  """A step that was taken again after a kill counts once."""
  folder = fake.write(str(tmp_path), [fake.likelihood("af1_tiny", 2.0)])
  (run,) = folders.find([folder]).runs
  for step, seconds in ((600, 2.0), (1200, 4.0), (600, 9.0), (1800, 4.0)):
    json_lines.append(
      f"{run.folder}/results/training.jsonl",
      records.training(
        step=step,
        seconds_per_step=seconds,
        nll_nats_per_dim=2.0,
        num_skipped_steps=0,
      ),
    )
  results = folders.find([folder])
  (run,) = results.runs
  assert run.training_hours == pytest.approx((600 * 2 + 1200 * 4) / 3600)
  (body,) = overview.bodies(results)
  assert body.rows[0].cells[3] == "1.7"
  assert "1.7 hours of training" in overview.summary(results)


def test_runs_of_other_numbers_of_steps_have_rows_of_their_own(tmp_path):
  paths = [
    fake.write(
      str(tmp_path / str(steps)), [fake.likelihood("af1_tiny", 2.0, step=steps)]
    )
    for steps in (500, 4000)
  ]
  (body,) = overview.bodies(folders.find(paths))
  assert [(row.label, row.cells[2]) for row in body.rows] == [
    ("1-AF, 4,000 steps", "4,000"),
    ("1-AF, 500 steps", "500"),
  ]
