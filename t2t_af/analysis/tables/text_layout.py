"""Columns of text for a terminal: the first to the left, others right."""

from collections.abc import Sequence


def widths_of(lines: Sequence[Sequence[str]]) -> list[int]:
  """Of each column, the longest part."""
  return [max(map(len, column)) for column in zip(*lines)]


def line(parts: Sequence[str], widths: Sequence[int]) -> str:
  """One line; two spaces between columns."""
  return "  ".join(
    part.ljust(width) if i == 0 else part.rjust(width)
    for i, (part, width) in enumerate(zip(parts, widths))
  )


def rule(widths: Sequence[int]) -> str:
  """What stands between heading and body."""
  return "  ".join("-" * width for width in widths)
