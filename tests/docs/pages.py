"""The pages that people read, their tables and what stands in fences."""

import pathlib
import re

ROOT = pathlib.Path(__file__).parents[2]
DOCS = sorted((ROOT / "docs").rglob("*.md"))
TOP = [
  ROOT / name
  for name in ("README.md", "WORKSPACE.md", "CONTRIBUTING.md", "CHANGELOG.md")
]
_FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.M | re.S)


def read(name: str) -> str:
  """The text of a page, by its path in the repository."""
  return (ROOT / name).read_text(encoding="utf-8")


def named(path: pathlib.Path) -> str:
  """A page's path in the repository."""
  return path.relative_to(ROOT).as_posix()


def rows(page: str, after: str) -> dict[str, list[str]]:
  """{first cell: the others} of the first table after some words."""
  text = read(page)
  table = text[text.index(after) :].split("\n\n|", 1)[1].split("\n\n")[0]
  cells = [re.split(r"(?<!\\)\|", line)[1:-1] for line in table.splitlines()]
  return {
    row[0].strip(): [cell.strip().replace("**", "") for cell in row[1:]]
    for row in cells[1:]
    if not set(row[0]) <= set("-")
  }


def fenced(text: str, *languages: str) -> list[str]:
  """What stands in fences of one of these languages; "" is none."""
  return [
    re.sub(f"^{indent}", "", body, flags=re.M)
    for indent, language, body in _FENCE.findall(text)
    if language in languages
  ]


def without_fences(text: str) -> str:
  """A page's running text."""
  return _FENCE.sub("", text)
