"""Both reports in a real browser: each check, and a broken page it catches."""

import base64
import io
import time

from PIL import Image
import pytest

from t2t_af.analysis.report import comparison_page
from t2t_af.analysis.report import runs_page
from tests.analysis import browser
from tests.analysis import fake_compare
from tests.analysis import fake_results

pytestmark = [
  pytest.mark.slow,
  pytest.mark.skipif(
    not browser.find(),
    reason="there is none of "
    f"{', '.join(browser.NAMES)} on PATH to test pages in",
  ),
]
_PHONE, _A4_LANDSCAPE = 360, 1032  # CSS pixels; of paper within its margins
_SECONDS = 3.0  # A frame stays 0.2 seconds, the last one 0.8.


@pytest.fixture(name="tab", scope="module")
def _tab():
  with browser.Browser() as tab:
    yield tab


@pytest.fixture(name="pages", scope="module")
def _pages(tmp_path_factory):
  """{kind: path}."""
  folder = tmp_path_factory.mktemp("pages")
  compared = fake_compare.write(str(folder / "compare"), seeds=(1, 2))
  studied = fake_results.study(str(folder / "study"))
  return {
    "comparison": comparison_page.write(compared),
    "runs": runs_page.write([studied], str(folder / "runs.html")),
  }


def _is_quiet(tab):
  assert not tab.errors


def _has_its_pictures(tab):
  assert tab.evaluate("document.images.length") > 2
  assert tab.evaluate(
    "[...document.images].every("
    "image => image.complete && image.naturalWidth > 0)"
  )


def _fits_a_phone(tab):
  assert tab.evaluate("document.documentElement.scrollWidth") <= _PHONE
  assert tab.evaluate("document.documentElement.clientWidth") == _PHONE


def _moves(tab):
  """Every animation is another picture within a few seconds."""
  count = tab.evaluate("document.querySelectorAll('.moving img').length")
  assert count
  for i in range(count):
    tab.evaluate(
      f"document.querySelectorAll('.moving img')[{i}].scrollIntoView()"
    )
    first, end = tab.screenshot(), time.monotonic() + _SECONDS
    while tab.screenshot() == first:
      assert time.monotonic() < end, f"animation {i} stands still"


def _prints_whole(tab):
  """Nothing is wider than the paper, nothing hides in a box that scrolls."""
  tab.print_media(True)
  cut_off = tab.evaluate(
    "[...document.querySelectorAll('body, body *')].filter(e => "
    "e.getBoundingClientRect().right > innerWidth + 1 || "
    "getComputedStyle(e).overflowX != 'visible' && !e.closest('svg') && "
    "e.scrollWidth > e.clientWidth + 1).length"
  )
  height = tab.evaluate("document.body.scrollHeight")
  tab.print_media(False)
  assert cut_off == 0 and height > 500
  pdf = tab.pdf()
  assert pdf.startswith(b"%PDF") and pdf.count(b"/Type /Page\n") > 0


def _still():
  stream = io.BytesIO()
  Image.new("P", (200, 100), 3).save(stream, "GIF")
  return base64.b64encode(stream.getvalue()).decode()


_WIDE = '<div style="width: 2000px">wide</div>'
# What breaks a page -> check, width of the window, HTML.
_BROKEN = {
  "script from elsewhere": (
    _is_quiet,
    1100,
    '<script src="https://example.org/x.js"></script>',
  ),
  "half a picture": (
    _has_its_pictures,
    1100,
    '<img src="data:image/png;base64,AAAA">',
  ),
  "wide": (_fits_a_phone, _PHONE, _WIDE),
  "still picture": (
    _moves,
    1100,
    f'<div class="moving"><img src="data:image/gif;base64,{_still()}"></div>',
  ),
  "wide on paper": (_prints_whole, _A4_LANDSCAPE, _WIDE),
  "cut off on paper": (
    _prints_whole,
    _A4_LANDSCAPE,
    f'<div style="overflow: hidden">{_WIDE}</div>',
  ),
  "nothing on paper": (
    _prints_whole,
    _A4_LANDSCAPE,
    "<style>@media print { body { display: none } }</style>",
  ),
}


@pytest.mark.parametrize("kind", ["comparison", "runs"])
@pytest.mark.parametrize(
  "check, width",
  dict.fromkeys((check, width) for check, width, _ in _BROKEN.values()),
)
def test_page(tab, pages, kind, check, width):
  tab.open(pages[kind], width)
  check(tab)


@pytest.mark.parametrize("name", _BROKEN)
def test_broken_page_is_caught(tab, pages, tmp_path, name):
  check, width, broken = _BROKEN[name]
  with open(pages["comparison"], encoding="utf-8") as stream:
    content = stream.read()
  path = tmp_path / "broken.html"
  path.write_text(
    content.replace("</body>", f"{broken}</body>"), encoding="utf-8"
  )
  tab.open(path, width)
  with pytest.raises(AssertionError):
    check(tab)
