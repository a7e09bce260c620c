"""How `make docs` reads docstrings: an extension of griffe (mkdocs.yml).

`Shapes: x, y: ...` and its like, over several lines, are paragraphs of ours,
where griffe would take the first line for the title of a box; and lines that
are indented before the arguments are shown as they stand.
"""

import re
import textwrap
from typing import Any

import griffe

_SECTION = re.compile(r"^(Args|Attributes|Raises|Returns|Yields):$", re.M)
# A line that begins with a word and a colon, and those below it, indented.
_TITLED = re.compile(r"^(\w[\w ]*: \S.*)((?:\n +\S.*)+)", re.M)
_INDENTED = re.compile(r"(?:(?<=\n\n)|^(Hparams:)\n)((?:  .*(?:\n|$))+)", re.M)


def for_the_site(docstring: str) -> str:
  """A docstring of ours as griffe shows it as it is meant."""
  section = _SECTION.search(docstring)
  end = section.start() if section else len(docstring)
  text = _INDENTED.sub(_as_it_stands, docstring[:end])
  return (
    _TITLED.sub(lambda match: match[1] + re.sub(r"\n +", "\n", match[2]), text)
    + docstring[end:]
  )


def _as_it_stands(match: re.Match) -> str:
  title = f"{match[1]}\n\n" if match[1] else ""
  return f"{title}```text\n{textwrap.dedent(match[2]).rstrip()}\n```\n"


class OurDocstrings(griffe.Extension):
  """Applies `for_the_site` to every docstring."""

  def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
    """Called with every module, class, function and attribute."""
    if obj.docstring:
      obj.docstring.value = for_the_site(obj.docstring.value)
