"""What `make docs` takes from the repository's top level into the site.

A hook of mkdocs (mkdocs.yml). README.md is the site's first page, WORKSPACE.md,
CONTRIBUTING.md and CHANGELOG.md are pages too. Links are written as they hold
in the repository, from file to file; here they become links within the site.
The page of hparams sets gets its table.
"""

import json
import posixpath
import re
from typing import Any

# A file of the repository, and what it is in the site.
TOP = {
  "README.md": "index.md",
  "WORKSPACE.md": "workspace.md",
  "CONTRIBUTING.md": "contributing.md",
  "CHANGELOG.md": "changelog.md",
  "CITATION.cff": "CITATION.cff",
  "LICENSE": "LICENSE.txt",
}
_SETS_PAGE = "reference/hparams_sets.md"
_SETS = "tests/hparams/expected/sets.json"
_SOURCES = {site: source for source, site in TOP.items()}
_LINK = re.compile(r"(\]\()([^)#\s:]+)(?=[)#])")


def on_files(files: Any, config: Any) -> Any:
  """Adds the files of the top level."""
  from mkdocs.structure import files as site_files  # in .venv-docs alone

  for source, site in TOP.items():
    files.append(
      site_files.File.generated(config, site, abs_src_path=_path(source))
    )
  return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
  """A page as the site has it."""
  if page.file.src_uri == _SETS_PAGE:
    with open(_path(_SETS), encoding="utf-8") as file:
      markdown += "\n" + sets_table(json.load(file))
  return within_site(markdown, page.file.src_uri)


def sets_table(sets: dict[str, dict]) -> str:
  """{set: {hparam: value}} as a table of Markdown."""
  lines = ["| set | what it changes |", "|---|---|"]
  for name, changes in sets.items():
    shown = ", ".join(f"`{key}={value}`" for key, value in changes.items())
    lines.append(f"| `{name}` | {shown or 'nothing'} |")
  return "\n".join(lines) + "\n"


def within_site(markdown: str, site_page: str) -> str:
  """Links from file to file of the repository, as links of the site.

  Args:
    markdown: a page as it is in the repository.
    site_page: its path in the site, e.g. "index.md", "reference/load.md".
  """
  source = _SOURCES.get(site_page, "docs/" + site_page)

  def link(match: re.Match) -> str:
    here, there = map(posixpath.dirname, (source, site_page))
    target = posixpath.normpath(posixpath.join(here, match[2]))
    target = TOP.get(target, re.sub("^docs/", "", target))
    return match[1] + posixpath.relpath(target, there or ".")

  return _LINK.sub(link, markdown)


def _path(source: str) -> str:
  root = posixpath.dirname(posixpath.dirname(posixpath.abspath(__file__)))
  return posixpath.join(root, source)
