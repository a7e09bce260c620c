"""One self-contained HTML page: style inside, pictures inside, no network."""

import base64
import html
import re

from t2t_af.analysis import style

_KINDS = {".svg": "svg+xml", ".png": "png", ".gif": "gif"}


def document(title: str, body: str) -> str:
  """The page around `body`, which is HTML."""
  return (
      '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
      '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
      # The browser itself then refuses anything that is not in this file.
      '<meta http-equiv="Content-Security-Policy" content="default-src '
      "'none'; img-src data:; style-src 'unsafe-inline'\">\n"
      f"<title>{html.escape(title)}</title>\n<style>{style.CSS}</style>\n"
      f"</head>\n<body>\n{body}\n</body>\n</html>\n")


def figure(name: str, content: bytes, caption: str) -> str:
  """A picture with its caption; the ending of `name` says what it is."""
  kind = _KINDS[name[name.rindex("."):]]
  encoded = base64.b64encode(content).decode("ascii")
  told = html.escape(caption, quote=True)
  source = f'alt="{told}" src="data:image/{kind};base64,{encoded}"'
  if kind == "svg+xml":
    image = f'<img style="{_svg_size(content)}" {source}>'
  else:
    wide = "frames moving" if kind == "gif" else "frames"
    image = f'<div class="{wide}"><img {source}></div>'
  return (f'<figure style="margin-bottom: 1.5rem">{image}'
          f"<figcaption>{told}</figcaption></figure>")


def _svg_size(content: bytes) -> str:
  """As wide as there is room, but letters no larger than in the text."""
  box = re.search(rb'viewBox="0 0 (\d+)', content)
  limit = f"max-width: {box[1].decode()}px" if box else ""
  return f"width: 100%; {limit}"
