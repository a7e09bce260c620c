"""The site of `make docs`: what it is made of; slow: built, where it can be."""

import json
import os
import re
import subprocess

import pytest

from scripts import site_pages
from tests.docs import pages

_MKDOCS = pages.ROOT / ".venv-docs" / "bin" / "mkdocs"
_CONFIG = pages.read("mkdocs.yml")
_PINS = re.findall(
  r"^([\w.-]+)==\S+$", pages.read("requirements-docs.txt"), re.M
)
# What a browser fetches by itself; a link is followed by a person.
_FETCHED = re.compile(
  r"<(?:script|img|link)[^>]*(?:src|href)=\"?(https?:[^\" >]+)"
)


def test_every_page_has_its_place():
  nav = re.findall(r"- (?:[\w ]+: )?([\w/]+\.md)$", _CONFIG, re.M)
  docs = [path.relative_to(pages.ROOT / "docs") for path in pages.DOCS]
  top = [name for name in site_pages.TOP.values() if name.endswith(".md")]
  assert sorted(nav) == sorted([path.as_posix() for path in docs] + top), (
    "mkdocs.yml lists the pages of the site"
  )


@pytest.mark.parametrize(
  "page, link, there",
  [
    ("index.md", "docs/data.md", "data.md"),
    ("index.md", "docs/data.md#splits", "data.md#splits"),
    ("index.md", "docs/samples.gif", "samples.gif"),
    ("index.md", "WORKSPACE.md", "workspace.md"),
    ("index.md", "LICENSE", "LICENSE.txt"),
    ("workspace.md", "README.md", "index.md"),
    ("data.md", "results.md", "results.md"),
    ("data.md", "../CONTRIBUTING.md", "contributing.md"),
    ("data.md", "reference/load.md", "reference/load.md"),
    ("reference/load.md", "../data.md", "../data.md"),
    ("reference/load.md", "../../README.md", "../index.md"),
    ("reference/load.md", "hparams.md", "hparams.md"),
    (
      "data.md",
      "https://example.org/docs/a.md",
      "https://example.org/docs/a.md",
    ),
    ("data.md", "#splits", "#splits"),
  ],
)
def test_links_lead_from_page_to_page(page, link, there):
  assert site_pages.within_site(f"[a]({link})", page) == f"[a]({there})"


def test_sets_are_a_table():
  table = site_pages.sets_table({"af1_x": {"batch_size": 8, "a": "b"}, "y": {}})
  assert table.splitlines()[2:] == [
    "| `af1_x` | `batch_size=8`, `a=b` |",
    "| `y` | nothing |",
  ]
  assert json.loads(pages.read(site_pages._SETS))


def test_versions_are_pinned():
  assert {"mkdocs", "mkdocs-material", "mkdocstrings"} <= set(_PINS)
  asked = re.findall(r"^[^#\s].*$", pages.read("requirements-docs.txt"), re.M)
  assert len(asked) == len(_PINS)


@pytest.mark.parametrize("path", pages.DOCS, ids=pages.named)
def test_modules_of_the_reference_are_there(path):
  for name in re.findall(r"^::: ([\w.]+)$", path.read_text("utf-8"), re.M):
    parts = name.split(".")
    files = [
      pages.ROOT.joinpath(*parts[:n]).with_suffix(".py")
      for n in (-1, len(parts))
    ]
    package = pages.ROOT.joinpath(*parts[:-1], "__init__.py")
    found = [file for file in (*files[::-1], package) if file.exists()]
    assert found, name
    if found[0] != files[1]:  # a name in a module
      assert re.search(
        rf"^(def|class) {parts[-1]}\b", found[0].read_text("utf-8"), re.M
      ), name


@pytest.mark.slow
@pytest.mark.skipif(not _MKDOCS.exists(), reason="`make docs` was not run")
def test_the_site_is_built_and_fetches_nothing(tmp_path):
  done = subprocess.run(
    [_MKDOCS, "build", "--strict", "--quiet", "--site-dir", tmp_path / "site"],
    cwd=pages.ROOT,
    env=dict(os.environ, NO_MKDOCS_2_WARNING="1"),
    capture_output=True,
    text=True,
    timeout=300,
    check=False,
  )
  assert done.returncode == 0 and not done.stderr, done.stderr
  html = sorted((tmp_path / "site").rglob("*.html"))
  assert len(html) == 1 + _CONFIG.count(".md\n")  # and 404.html
  for path in html:
    assert not _FETCHED.findall(path.read_text("utf-8")), path
  bijectors = (tmp_path / "site" / "reference" / "bijectors.html").read_text()
  assert 'id="t2t_af.bijectors.stack.Stack.inverses"' in bijectors
  assert "Shapes: x, y: [batch, time, ...]" in bijectors  # no box of its own
  sets = (tmp_path / "site" / "reference" / "hparams_sets.html").read_text()
  assert "slvm_af1_mmnist" in sets
