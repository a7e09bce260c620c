"""The pieces of a page, each by itself."""

import base64
import re

import pytest

from t2t_af.analysis.charts import plots
from t2t_af.analysis.report import comparison_words
from t2t_af.analysis.report import overview
from t2t_af.analysis.report import page
from t2t_af.analysis.results import units
from t2t_af.analysis.results.comparison import Comparison
from tests.analysis import fake_compare
from tests.analysis import fake_series
from tests.analysis import parsed_page


def test_document_forbids_what_is_not_in_it():
  content = page.document("<Title> & more", "<p>body</p>")
  assert "default-src 'none'" in content
  assert "<title>&lt;Title&gt; &amp; more</title>" in content
  assert parsed_page.Page(content).all_text.split()[-1] == "body"


@pytest.mark.parametrize(
  "name, kind", [("b.c.png", "png"), ("animation.gif", "gif")]
)
def test_ending_says_what_a_picture_is(name, kind):
  content = {
    "png": b"\x89PNG....IHDR...." + (640).to_bytes(4, "big"),
    "gif": b"GIF89a",
  }[kind]
  shown = page.figure(name, content, 'a "caption"')
  encoded = base64.b64encode(content).decode()
  assert f'src="data:image/{kind};base64,{encoded}"' in shown
  assert 'alt="a &quot;caption&quot;"' in shown
  assert ("moving" in shown) == (kind == "gif")
  assert ("max-width" in shown) == (kind != "gif")


def test_unknown_kind_of_picture_is_refused():
  with pytest.raises(KeyError):
    page.picture("a.bmp", b"", "")


def test_contents_link_sections_that_have_an_id():
  body = (
    '<section id="one"><h2>First &amp; last</h2></section>'
    '<section class="x" id="two"><h2>Second</h2></section>'
    "<section><h2>Without</h2></section><h2>No section</h2>"
  )
  links = re.findall('<a href="([^"]+)">([^<]+)</a>', page.contents(body))
  assert links == [("#one", "First &amp; last"), ("#two", "Second")]


def test_charts_stand_under_one_caption():
  lines = [plots.Line([1, 2], [1.0, 2.0], 0)]
  shown = page.charts(
    [plots.Panel(title, lines, "x", "y") for title in "AB"], "Both."
  )
  assert shown.count("<figcaption>") == 1 and shown.count("<h3>") == 2
  assert shown.index("Both.") < shown.index("<h3>")


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
