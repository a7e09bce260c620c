"""Draws docs/layers.svg: which room imports from which.

    python -m scripts.draw_layers

A room stands above all that it imports from; an arrow that follows from others
is left out. `base` is what lies in t2t_af itself, with compat.
"""

from scripts import rooms

PATH = rooms.ROOT / "docs" / "layers.svg"
# Where a command starts, and where all is registered: they are in no layer.
_OUTSIDE = ("light", "t2t_af")
_BOX_WIDTH, _BOX_HEIGHT = 112, 28
_COLUMN, _ROW, _MARGIN = 128, 76, 16
_STYLE = (
  "text{font:13px sans-serif;text-anchor:middle;fill:#222}"
  "rect{fill:#eef2f7;stroke:#48607a}path{fill:none;stroke:#48607a;"
  "stroke-opacity:.55}"
)

Arrows = dict[str, set[str]]


def layered(arrows: Arrows) -> list[list[str]]:
  """Rooms from the bottom layer up: each above all that it imports from.

  Raises:
    ValueError: some rooms import each other.
  """
  layers: list[list[str]] = []
  below: set[str] = set()
  while len(below) < len(arrows):
    layer = sorted(r for r in arrows if r not in below and arrows[r] <= below)
    if not layer:
      raise ValueError(
        "these import each other: " + ", ".join(sorted(set(arrows) - below))
      )
    layers.append(layer)
    below |= set(layer)
  return layers


def reduced(arrows: Arrows) -> Arrows:
  """The arrows without those that a longer way along others stands for."""

  def reached(room: str) -> set[str]:
    return arrows[room].union(*(reached(target) for target in arrows[room]))

  return {
    room: {
      target
      for target in targets
      if not any(target in reached(other) for other in targets - {target})
    }
    for room, targets in arrows.items()
  }


def drawing(arrows: Arrows) -> str:
  """The layers as SVG."""
  layers, few = layered(arrows), reduced(arrows)
  places = _places(layers, few)
  width = _COLUMN * max(map(len, layers)) + 2 * _MARGIN
  height = _ROW * (len(layers) - 1) + _BOX_HEIGHT + 2 * _MARGIN
  lines = [
    f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
    f'width="{width}" height="{height}">',
    f"<style>{_STYLE}</style>",
    '<rect width="100%" height="100%" style="fill:#fff;stroke:none"/>',
  ]
  for room in sorted(few):
    lines += [
      _arrow(places[room], places[target]) for target in sorted(few[room])
    ]
  lines += [_box(room, *places[room]) for room in sorted(places)]
  return "\n".join([*lines, "</svg>"]) + "\n"


def _places(
  layers: list[list[str]], arrows: Arrows
) -> dict[str, tuple[int, int]]:
  """{room: middle of its box's upper edge}; a room near what it imports."""
  places: dict[str, tuple[int, int]] = {}
  widest = max(map(len, layers))

  def wish(room: str) -> float:
    known = [places[target][0] for target in arrows[room]]
    return sum(known) / len(known) if known else 0.0

  for i, layer in enumerate(layers):
    y = _MARGIN + _ROW * (len(layers) - 1 - i)
    left = _MARGIN + _COLUMN * (widest - len(layer)) // 2 + _COLUMN // 2
    for j, room in enumerate(sorted(layer, key=lambda r: (wish(r), r))):
      places[room] = (left + _COLUMN * j, y)
  return places


def _arrow(start: tuple[int, int], end: tuple[int, int]) -> str:
  """A curve from below one box to above another."""
  (x, y), (to_x, to_y) = start, end
  y += _BOX_HEIGHT
  bend = (to_y - y) // 2
  curve = f"{x} {y + bend} {to_x} {to_y - bend} {to_x} {to_y}"
  return f'<path d="M{x} {y}C{curve}"/>'


def _box(room: str, x: int, y: int) -> str:
  return (
    f'<rect x="{x - _BOX_WIDTH // 2}" y="{y}" width="{_BOX_WIDTH}" '
    f'height="{_BOX_HEIGHT}" rx="4"/><text x="{x}" y="{y + 19}">{room}</text>'
  )


def layers_of_the_code() -> Arrows:
  """{room: rooms that it imports from} of the rooms that have a layer."""
  return {
    room: targets - set(_OUTSIDE)
    for room, targets in rooms.arrows().items()
    if room not in _OUTSIDE
  }


if __name__ == "__main__":
  PATH.write_text(drawing(layers_of_the_code()), encoding="utf-8")
