"""One self-contained HTML page: style inside, pictures inside, no network."""

import base64
from collections.abc import Sequence
import html
import re

from t2t_af.analysis.charts import drawing
from t2t_af.analysis.charts import style

_KINDS = {".png": "png", ".gif": "gif"}
_MIN_WIDTH = 736  # pixels of a PNG; where less is free it scrolls


def document(title: str, body: str) -> str:
  """The page around `body`, which is HTML."""
  return (
    '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    # The browser itself then refuses anything that is not in this file.
    '<meta http-equiv="Content-Security-Policy" content="default-src '
    "'none'; img-src data:; style-src 'unsafe-inline'\">\n"
    f"<title>{html.escape(title)}</title>\n<style>{style.CSS}</style>\n"
    f"</head>\n<body>\n{body}\n</body>\n</html>\n"
  )


def figure(name: str, content: bytes, caption: str) -> str:
  """A picture with its caption; the ending of `name` says what it is."""
  return (
    f"<figure>{picture(name, content, caption)}"
    f"<figcaption>{html.escape(caption)}</figcaption></figure>"
  )


def picture(name: str, content: bytes, description: str) -> str:
  """A picture in a box of its own, which scrolls where the page is narrow.

  Args:
    name: its ending says what it is.
    content: the file.
    description: for who cannot see it.
  """
  kind = _KINDS[name[name.rindex(".") :]]
  encoded = base64.b64encode(content).decode("ascii")
  size = _size(kind, content)
  box = "frames moving" if kind == "gif" else "frames"
  return (
    f'<div class="{box}"><img alt="{html.escape(description)}"{size} '
    f'src="data:image/{kind};base64,{encoded}"></div>'
  )


def charts(shown: Sequence[drawing.Panel], caption: str) -> str:
  """Charts under one caption, as many beside each other as there is room.

  The caption is above them: it holds for all.
  """
  figures = "".join(
    f"<figure><h3>{html.escape(panel.title)}</h3>"
    f"{drawing.inline(panel)}</figure>"
    for panel in shown
  )
  return (
    f'<figure class="sheet"><figcaption>{html.escape(caption)}'
    f'</figcaption><div class="figures">{figures}</div></figure>'
  )


def contents(body: str) -> str:
  """Links to the sections of `body` that have an id and a heading."""
  links = "".join(
    f'<li><a href="#{place}">{heading}</a></li>'
    for place, heading in re.findall(
      r'<section[^>]* id="([^"]+)"><h2>([^<]+)</h2>', body
    )
  )
  return f"<nav><ul>{links}</ul></nav>"


def _size(kind: str, content: bytes) -> str:
  """At most its own size, and not so small that it cannot be read."""
  if kind == "gif":
    return ""
  width = int.from_bytes(content[16:20], "big")
  return f' style="max-width: {width}px; min-width: {min(width, _MIN_WIDTH)}px"'
