"""A page's text, pictures and attributes, for tests of what it holds."""

import html.parser

_VOID = {"meta", "img", "br", "path", "rect", "use"}


class Page(html.parser.HTMLParser):
  """Collects text, images and attributes; refuses unbalanced tags."""

  def __init__(self, content):
    super().__init__()
    self.open, self.text, self.images, self.attributes = [], [], [], {}
    self.feed(content)
    self.close()
    assert not self.open, f"never closed: {self.open}"
    self.all_text = " ".join(self.text)

  def handle_starttag(self, tag, attrs):
    if tag not in _VOID:
      self.open.append(tag)
    for key, value in attrs:
      self.attributes.setdefault(key, []).append(value)
    if tag == "img":
      self.images.append(dict(attrs)["src"])

  def handle_startendtag(self, tag, attrs):
    assert tag in _VOID or "svg" in self.open

  def handle_endtag(self, tag):
    assert self.open and self.open[-1] == tag, (tag, self.open)
    self.open.pop()

  def handle_data(self, data):
    if self.open and self.open[-1] != "style":
      self.text.append(data)
