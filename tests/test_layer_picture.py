"""docs/layers.svg: up to date, and its layers and arrows those of imports."""

from xml.etree import ElementTree

import pytest

from scripts import draw_layers

_ARROWS = {
  "top": {"left", "right", "floor"},
  "left": {"floor"},
  "right": {"floor"},
  "floor": set(),
}


def test_the_picture_is_up_to_date():
  drawn = draw_layers.drawing(draw_layers.layers_of_the_code())
  assert draw_layers.PATH.read_text(encoding="utf-8") == drawn, (
    "make it anew: python -m scripts.draw_layers"
  )


def test_a_new_import_changes_the_picture():
  arrows = draw_layers.layers_of_the_code()
  before = draw_layers.drawing(arrows)
  arrows["bijectors"] = arrows["bijectors"] | {"networks"}
  assert draw_layers.drawing(arrows) != before


def test_a_room_stands_above_all_that_it_imports():
  assert draw_layers.layered(_ARROWS) == [["floor"], ["left", "right"], ["top"]]


def test_rooms_that_import_each_other_have_no_layer():
  with pytest.raises(ValueError, match="each other: left, top"):
    draw_layers.layered({**_ARROWS, "left": {"top"}})


def test_the_core_is_below_the_models_and_those_below_the_commands():
  layers = draw_layers.layered(draw_layers.layers_of_the_code())
  level = {room: i for i, layer in enumerate(layers) for room in layer}
  assert level["base"] == 0
  assert level["bijectors"] < level["models"] < level["experiments"]
  assert level["experiments"] < level["bin"]


def test_arrows_that_follow_from_others_are_left_out():
  assert draw_layers.reduced(_ARROWS) == {**_ARROWS, "top": {"left", "right"}}


def test_every_room_has_a_box_and_every_arrow_a_curve():
  svg = ElementTree.fromstring(draw_layers.drawing(_ARROWS))
  space = "{http://www.w3.org/2000/svg}"
  assert sorted(text.text for text in svg.iter(space + "text")) == sorted(
    _ARROWS
  )
  assert len(list(svg.iter(space + "path"))) == 4
  height = float(svg.get("height"))
  tops = [float(box.get("y", 0)) for box in svg.iter(space + "rect")]
  assert all(0 <= top < height for top in tops)
