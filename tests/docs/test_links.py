"""Links from page to page hold in the repository, down to the heading."""

import re

import pytest

from tests.docs import pages

_ALL = [*pages.TOP, *pages.DOCS]
_LINK = re.compile(r"\]\(([^)\s]+)\)")


def _anchors(path):
  headings = re.findall(
    r"^#+ (.*)$", pages.without_fences(path.read_text("utf-8")), re.M
  )
  return {
    re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
    for heading in headings
  }


def wrong_links(text, folder, own_anchors=frozenset()):
  """The links of a page that lead nowhere; others' pages are not asked."""
  wrong = []
  for link in _LINK.findall(pages.without_fences(text)):
    target, _, anchor = link.partition("#")
    if re.match(r"https?:", link):
      continue
    path = folder / target
    if not path.exists():
      wrong.append(link)
    elif anchor and anchor not in (_anchors(path) if target else own_anchors):
      wrong.append(link)
  return wrong


@pytest.mark.parametrize("path", _ALL, ids=pages.named)
def test_links_hold(path):
  text = path.read_text("utf-8")
  assert not wrong_links(text, path.parent, _anchors(path))


def test_links_are_found_wrong():
  text = "[a](docs/data.md#splits) [b](docs/date.md) [c](docs/data.md#spilts)"
  assert wrong_links(text, pages.ROOT) == [
    "docs/date.md",
    "docs/data.md#spilts",
  ]


@pytest.mark.parametrize("path", pages.DOCS, ids=pages.named)
def test_every_page_is_reached_from_another(path):
  linking = [
    other
    for other in _ALL
    if other != path
    and any(
      (other.parent / link.partition("#")[0]).resolve() == path
      for link in _LINK.findall(other.read_text("utf-8"))
    )
  ]
  assert linking
