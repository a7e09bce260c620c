"""`00sequences.txt` of KTH Actions: which frames of which clip are a sequence.

    person01_boxing_d1<TABs, spaces>frames<TAB>1-95, 96-185, 186-245, 246-360
    person13_handclapping_d3<TAB>*missing*

Frames count from 1 and the last one belongs to its range. The published file
has 599 clips with 2391 ranges, of 24 to 362 frames; they are not always in
order. Each range is one walk through the picture, one series of punches, ...
"""

from collections.abc import Iterable, Iterator
import re
from typing import NamedTuple

from t2t_af.errors import UserError

ACTIONS = (
  "boxing",
  "handclapping",
  "handwaving",
  "jogging",
  "running",
  "walking",
)
# The split of the authors of the data (Schuldt et al., 2004), by person.
PERSONS = {
  "train": (11, 12, 13, 14, 15, 16, 17, 18),
  "eval": (19, 20, 21, 23, 24, 25, 1, 4),
  "test": (22, 2, 3, 5, 6, 7, 8, 9, 10),
}

_Range = tuple[int, int]
# In the published file seven ranges begin or end inside of a neighbour. Four
# share a frame or two, three have a wrong digit; what is meant is plain to see.
_MENDED: dict[tuple[str, _Range], _Range] = {
  ("person03_walking_d4", (338, 432)): (339, 432),
  ("person12_handclapping_d4", (134, 238)): (134, 237),
  ("person12_handclapping_d4", (237, 344)): (238, 344),
  ("person15_handclapping_d2", (228, 285)): (229, 285),
  ("person16_handwaving_d4", (212, 456)): (312, 456),
  ("person17_boxing_d1", (110, 192)): (111, 192),
  ("person21_boxing_d2", (153, 254)): (163, 254),
  ("person21_handclapping_d1", (266, 500)): (366, 500),
}

# The header has lines "Training:   person11, 12, ...": no underscore there.
_LINE = re.compile(r"person(\d\d)_([a-z]+)_d(\d)\s+(.*)")
_BEGINS_LIKE_A_CLIP = re.compile(r"person\d+_")
_FRAMES = re.compile(r"frames\s+(\d+-\d+(?:\s*,\s*\d+-\d+)*)\s*,?")
_MISSING = "*missing*"


class Clip(NamedTuple):
  """One video file and the ranges of it that are sequences.

  Attributes:
    name: e.g. "person01_boxing_d1".
    person: 1..25; decides the split.
    action: one of ACTIONS.
    ranges: (first, last) frames, from 1, the last one included.
  """

  name: str
  person: int
  action: str
  ranges: tuple[_Range, ...]

  @property
  def filename(self) -> str:
    """The name of the clip's video."""
    # They are compressed all the same.
    return f"{self.name}_uncomp.avi"


def parse(text: str, where: str) -> list[Clip]:
  """The clips that `00sequences.txt` lists, in its order, ranges mended.

  Clips that it says are missing are left out.

  Args:
    text: the file's content.
    where: what to call it in an error.

  Raises:
    UserError: a line is not as described above, or unknown ranges overlap;
      names the line.
  """
  clips = []
  names = set()
  for number, line in enumerate(text.splitlines(), 1):
    line = line.strip()
    if not _BEGINS_LIKE_A_CLIP.match(line):
      continue  # the header
    place = f"{where}, line {number}"
    clip = _parse_line(line, place)
    if clip.name in names:
      raise UserError(f"{place}: {clip.name} is listed a second time")
    names.add(clip.name)
    if clip.ranges:
      clips.append(clip)
  if not clips:
    raise UserError(
      f'{where}: no line "person01_boxing_d1 frames 1-95, ..." '
      "in it: it is another file"
    )
  return clips


def in_split(clips: list[Clip], split: str) -> Iterator[Clip]:
  """The clips of the persons of "train", "eval" or "test", in order."""
  return (clip for clip in clips if clip.person in PERSONS[split])


def count_ranges(clips: Iterable[Clip]) -> int:
  """How many sequences the clips have together."""
  return sum(len(clip.ranges) for clip in clips)


def _parse_line(line: str, place: str) -> Clip:
  """A clip; one without ranges if it is missing."""
  fields = _LINE.fullmatch(line)
  if not fields or fields[2] not in ACTIONS:
    raise UserError(f"{place}: not a clip of KTH: {line!r}")
  person, action, scenario, rest = fields.groups()
  if not any(int(person) in persons for persons in PERSONS.values()):
    raise UserError(f"{place}: there is no person {person} in KTH")
  name = f"person{person}_{action}_d{scenario}"
  if rest == _MISSING:
    return Clip(name, int(person), action, ())
  listed = _FRAMES.fullmatch(rest)
  if not listed:
    raise UserError(
      f'{place}: expected "frames 1-95, 96-185, ..." after {name}, found '
      f"{rest!r}"
    )
  as_listed = [_parse_range(text) for text in listed[1].split(",")]
  ranges = tuple(_MENDED.get((name, r), r) for r in as_listed)
  _check_ranges(ranges, place)
  return Clip(name, int(person), action, ranges)


def _parse_range(text: str) -> _Range:
  first, last = text.split("-")
  return int(first), int(last)


def _check_ranges(ranges: tuple[_Range, ...], place: str) -> None:
  """They may come in any order, but share no frame."""
  before = (0, 0)
  for first, last in sorted(ranges):
    if first > last or first < 1:
      raise UserError(f"{place}: {first}-{last} is no range of frames")
    if first <= before[1]:
      raise UserError(
        f"{place}: the ranges {before[0]}-{before[1]} and {first}-{last} "
        "overlap"
      )
    before = first, last
