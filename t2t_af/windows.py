"""Names of the features that say which window of which sequence an example is.

A window is a stretch of steps that a model conditions on and scores. These
travel with it, from the reading of the data to the records of an evaluation:

  sequence_id     string: the sequence it was cut from
  window_start    int: its first step in that sequence
  split           string: "train", "dev" or "test"
  is_whole_split  bool: whether the reading reaches the end of the split
"""

from typing import Any

SEQUENCE_ID = "sequence_id"
START = "window_start"
SPLIT = "split"
IS_WHOLE_SPLIT = "is_whole_split"
NAMES = (SEQUENCE_ID, START, SPLIT, IS_WHOLE_SPLIT)


def of(features: dict[str, Any]) -> dict[str, Any]:
  """Those of `features` that are named here."""
  return {name: features[name] for name in NAMES if name in features}
