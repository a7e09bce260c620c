"""Self-contained HTML pages: style, charts and pictures inside, no network.

Made of the templates beside this file, in which everything is escaped.
"""

import base64
import functools
import pathlib
from typing import Any, NamedTuple, Optional

import jinja2
import markupsafe

from t2t_af.analysis.charts import drawing
from t2t_af.analysis.tables import table_forms
from t2t_af.analysis.tables.paper_tables import Table

_TEMPLATES = pathlib.Path(__file__).parent / "templates"


class Image(NamedTuple):
  """A picture as a page holds it; `width`: pixels of one that stands still."""

  src: str
  is_moving: bool
  width: Optional[int]


def render(template: str, **values: Any) -> str:
  """A template of this room, without ".html.j2", filled in."""
  return _environment().get_template(f"{template}.html.j2").render(values)


def table_section(table: Table) -> str:
  """A paper's table: a fragment for a page with our style sheet."""
  return render("table", table=table)


def image(content: bytes) -> Image:
  """Of a PNG or a GIF.

  Raises:
    ValueError: it is neither.
  """
  encoded = base64.b64encode(content).decode("ascii")
  if content.startswith(b"GIF"):
    return Image(f"data:image/gif;base64,{encoded}", True, None)
  if not content.startswith(b"\x89PNG"):
    raise ValueError("a page shows PNG and GIF alone")
  width = int.from_bytes(content[16:20], "big")
  return Image(f"data:image/png;base64,{encoded}", False, width)


@functools.cache
def _environment() -> jinja2.Environment:
  environment = jinja2.Environment(
    loader=jinja2.FileSystemLoader(_TEMPLATES),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
  )
  environment.filters.update(
    svg=lambda panel: markupsafe.Markup(drawing.inline(panel)),
    image=image,
    text=table_forms.cell_text,
    details=table_forms.details,
    groups=table_forms.groups,
    notes=lambda table: table_forms.notes(table, False, False),
  )
  return environment
