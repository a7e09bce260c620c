"""Files changed at random: their bytes, or what their JSON says."""

import copy
import json
from typing import Any, Union

import numpy as np

_DEEP = 3000  # Beyond what Python's parser goes down.
ODD = (
  *(None, True, False, 0, 1, -1, 3, 10**30, -(10**30), 2**63, 10**400),
  *(0.5, -0.0, 1e300, 1e-320, float("nan"), float("inf"), float("-inf")),
  *("", " ", "x", "1", "nan", "²", "١٢", "\x00", "../../etc/passwd"),
  *("\ud800", "a" * 300, [], [None], [[]], ["x", 1], [1e300] * 3, {}),
  *({"": None}, {"x": {"y": [1]}}, [{"x": 1}], [True], [float("nan")]),
)


def changed_bytes(content: bytes, rng: np.random.Generator) -> bytes:
  """One to three changes: flipped, cut, put in, taken out, doubled, zeroed."""
  for _ in range(rng.integers(1, 4)):
    content = _changed_once(content, rng)
  return content


def _changed_once(content: bytes, rng: np.random.Generator) -> bytes:
  start, end = sorted(rng.integers(len(content) + 1, size=2))
  end = min(end, start + int(rng.choice([1, 8, 64, 10**6])))
  before, middle, after = content[:start], content[start:end], content[end:]
  kind = rng.integers(8)
  if kind <= 1 and after:
    return (
      before + middle + bytes([after[0] ^ 1 << rng.integers(8)]) + after[1:]
    )
  if kind == 2:
    return before
  if kind == 3:
    return before + rng.bytes(len(middle)) + after
  if kind == 4:
    return before + rng.bytes(rng.integers(1, 20)) + middle + after
  if kind == 5:
    return before + after
  if kind == 6:
    return before + middle + middle + after
  return before + bytes(len(middle)) + after


def changed_json(content: bytes, rng: np.random.Generator) -> bytes:
  """One or two values, names or whole objects in it are others."""
  value = json.loads(content)
  for _ in range(rng.integers(1, 3)):
    value = _changed_value(value, rng)
  return _dumped(value)


def changed_line(content: bytes, rng: np.random.Generator) -> bytes:
  """A file of JSON lines, one of which is changed as JSON or as bytes."""
  lines = content.splitlines(keepends=True)
  k = int(rng.integers(len(lines)))
  lines[k] = any_of(changed_json, lines[k], rng).rstrip(b"\n") + b"\n"
  return b"".join(lines)


def any_of(of_json: Any, content: bytes, rng: np.random.Generator) -> bytes:
  """`of_json` three times of four, else `changed_bytes`."""
  change = of_json if rng.random() < 0.75 else changed_bytes
  return change(content, rng)


def odd(rng: np.random.Generator) -> Any:
  """A value that is probably not what is looked for."""
  return copy.deepcopy(ODD[rng.integers(len(ODD))])


def _changed_value(value: Any, rng: np.random.Generator) -> Any:
  places = list(_places(value))
  if not places or rng.random() < 0.05:
    return odd(rng)
  holder, key = places[rng.integers(len(places))]
  kind = rng.integers(10)
  if kind == 0:
    del holder[key]
  elif kind == 1 and isinstance(holder, dict):
    holder[str(key) + "x"] = holder.pop(key)
  elif kind == 2 and isinstance(holder, list):
    holder.insert(key, copy.deepcopy(holder[key]))
  elif kind == 3 and _is_number(holder[key]):
    holder[key] = holder[key] * int(rng.choice([-1, 2, 0, 10**9]))
  elif kind == 4:
    holder[key] = [holder[key]]
  else:
    holder[key] = odd(rng)
  return value


def _places(value: Any) -> list[tuple[Union[dict, list], Any]]:
  """Where in nested dicts and lists something is."""
  found, left = [], [value]
  while left:
    holder = left.pop()
    if isinstance(holder, (dict, list)):
      keys = list(holder) if isinstance(holder, dict) else range(len(holder))
      # Of a long list of numbers not every one.
      for key in list(keys)[:40]:
        found.append((holder, key))
        left.append(holder[key])
  return found


def _is_number(value: Any) -> bool:
  return isinstance(value, (int, float)) and not isinstance(value, bool)


def _dumped(value: Any) -> bytes:
  """Now and then as Python writes what JSON has not: NaN, lone surrogates."""
  text = json.dumps(value)
  if value == [[]]:
    text = "[" * _DEEP + "]" * _DEEP
  return text.encode("utf-8", "surrogatepass")
