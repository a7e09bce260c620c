"""The list of KTH's sequences: as published, with its quirks, and broken."""

import itertools

import pytest

from problems.files import kth_sequences
from t2t_af.errors import UserError
from tests.fixtures import kth_videos
from tests.fixtures import real_data


def _ranges(text):
  (clip,) = kth_sequences.parse(text, "list.txt")
  return clip.ranges


def test_quirks_of_the_list_are_read():
  clips = kth_sequences.parse(kth_videos.LISTING, "list.txt")
  assert {c.name: c.ranges for c in clips} == {
    "person01_boxing_d1": ((1, 24), (31, 58)),
    "person01_walking_d4": ((3, 30),),
    "person07_walking_d2": ((1, 25), (26, 50)),
    "person11_boxing_d1": ((1, 20), (41, 60), (21, 40)),
    "person15_walking_d2": ((1, 20), (31, 50)),
  }
  assert clips[0].filename == "person01_boxing_d1_uncomp.avi"
  assert (clips[0].person, clips[0].action) == (1, "boxing")


def test_persons_are_in_one_split_each():
  everybody = list(itertools.chain(*kth_sequences.PERSONS.values()))
  assert sorted(everybody) == list(range(1, 26))


@pytest.mark.parametrize(
  "line,mended",
  [
    (
      "person03_walking_d4\tframes\t1-92, 118-216, 232-338, 338-432",
      ((1, 92), (118, 216), (232, 338), (339, 432)),
    ),
    (
      "person12_handclapping_d4\tframes\t1-133, 134-238, 237-344, 345-479",
      ((1, 133), (134, 237), (238, 344), (345, 479)),
    ),
    (
      "person15_handclapping_d2\tframes\t1-85, 86-155, 156-228, 228-285",
      ((1, 85), (86, 155), (156, 228), (229, 285)),
    ),
    (
      "person16_handwaving_d4\tframes\t1-104, 105-206, 207-311, 212-456",
      ((1, 104), (105, 206), (207, 311), (312, 456)),
    ),
    (
      "person17_boxing_d1\tframes\t1-110, 110-192, 193-306, 307-378",
      ((1, 110), (111, 192), (193, 306), (307, 378)),
    ),
    (
      "person21_boxing_d2\tframes\t1-112, 113-162, 153-254, 255-408",
      ((1, 112), (113, 162), (163, 254), (255, 408)),
    ),
    (
      "person21_handclapping_d1\tframes\t1-118, 119-224, 225-365, 266-500",
      ((1, 118), (119, 224), (225, 365), (366, 500)),
    ),
  ],
)
def test_wrong_ranges_of_the_published_list_are_mended(line, mended):
  assert _ranges(line) == mended
  # A list that somebody has mended already stays as it is.
  name = line.split("\t")[0]
  again = ", ".join(f"{first}-{last}" for first, last in mended)
  assert _ranges(f"{name}\tframes\t{again}") == mended


@pytest.mark.parametrize(
  "line,reason",
  [
    ("person01_boxing_d1 frames 1-95, 90-120", "1-95 and 90-120 overlap"),
    ("person01_boxing_d1 frames 95-1", "95-1 is no range"),
    ("person01_boxing_d1 frames 0-9", "0-9 is no range"),
    ("person01_boxing_d1 frames 1-95; 96-185", 'expected "frames 1-95'),
    ("person01_boxing_d1 frames", 'not a clip|expected "frames 1-95'),
    ("person01_boxing_d1 frames 1-x", 'expected "frames 1-95'),
    ("person01_sleeping_d1 frames 1-95", "not a clip of KTH"),
    ("person26_boxing_d1 frames 1-95", "no person 26"),
    ("person1_boxing_d1 frames 1-95", "not a clip of KTH"),
  ],
)
def test_wrong_line_is_named(line, reason):
  text = f"header\r\nperson02_boxing_d1\tframes\t1-95\r\n{line}\r\n"
  with pytest.raises(UserError, match=f"list.txt, line 3: .*({reason})"):
    kth_sequences.parse(text, "list.txt")


def test_clip_listed_twice_is_an_error():
  line = "person02_boxing_d1 frames 1-95\n"
  with pytest.raises(UserError, match="line 2: person02_boxing_d1 .* second"):
    kth_sequences.parse(line + line, "list.txt")


@pytest.mark.parametrize(
  "text", ["", "<html>404 not found</html>", "Training:   person11, 12\r\n"]
)
def test_another_file_is_refused(text):
  with pytest.raises(UserError, match="list.txt: .* another file"):
    kth_sequences.parse(text, "list.txt")


def test_published_list_has_the_known_counts():
  path = real_data.path("kth/00sequences.txt")
  with open(path, encoding="ascii", newline="") as listing:
    clips = kth_sequences.parse(listing.read(), path)
  assert len(clips) == 599
  assert kth_sequences.count_ranges(clips) == 2391
  counts = [
    kth_sequences.count_ranges(kth_sequences.in_split(clips, split))
    for split in ("train", "eval", "test")
  ]
  assert counts == [760, 768, 863]
  lengths = [last - first + 1 for c in clips for first, last in c.ranges]
  assert (min(lengths), max(lengths)) == (24, 362)
