"""What a cell of a table is: a number, a time, missing, or text."""

from collections.abc import Sequence
import csv
import re

from t2t_af.errors import UserError

NUMBER = "number"
MISSING = "missing"
TIME = "time"
TEXT = "text"

# As programs write that a value is missing.
MISSING_WORDS = (
  "",
  *("NA", "N/A", "n/a", "na", "<NA>", "#N/A", "#N/A N/A", "#NA"),
  *("NaN", "nan", "NAN", "-nan", "-NaN", "+nan", "nan(ind)", "-nan(ind)"),
  *("NULL", "null", "Null", "#NULL!", "None", "none", "Missing", "missing"),
  *("1.#IND", "-1.#IND", "1.#QNAN", "-1.#QNAN", "#DIV/0!", "#VALUE!"),
  *("#REF!", "#NUM!", "?", "-", "--", "---", ".", "..", "*"),
)
_MISSING = frozenset(MISSING_WORDS)
_EXPONENT = r"(?:[eE][+-]?[0-9]+)?"
_INFINITE = r"[+-]?(?:inf|infinity)"
_NUMBERS = {
  mark: re.compile(
    rf"[+-]?(?:[0-9]+(?:{re.escape(mark)}[0-9]*)?|{re.escape(mark)}[0-9]+)"
    rf"{_EXPONENT}|{_INFINITE}",
    re.IGNORECASE,
  )
  for mark in ".,"
}
_DATE = (
  r"[0-9]{4}([-/.])[0-9]{1,2}\1[0-9]{1,2}"
  r"|[0-9]{1,2}([-/.])[0-9]{1,2}\2[0-9]{4}|[0-9]{1,2}-[A-Z][a-z]{2}-[0-9]{4}"
)
_CLOCK = (
  r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?(?: ?[AaPp][Mm])?"
)
_ZONE = r" ?(?:Z|UTC|[+-][0-9]{2}:?[0-9]{2})"
_TIME = re.compile(rf"(?:{_DATE})(?:[T ]{_CLOCK}(?:{_ZONE})?)?|{_CLOCK}")
_DATE_ALONE, _CLOCK_ALONE = re.compile(_DATE), re.compile(_CLOCK)
# As programs write 0 and 1 of what is false or true.
BOOLEANS = {
  word: float(value)
  for value in (False, True)
  for word in (f"{value}", f"{value}".lower(), f"{value}".upper())
}
# Text that may be a number: of another notation, with a unit, damaged.
_NEARLY = re.compile(r"\W*\d")

ONE_COLUMN = ""
SPACES = " "
_BETWEEN = ",;|\t"


def kind(cell: str, decimal: str) -> str:
  """NUMBER (inf too), MISSING, TIME or TEXT."""
  if _NUMBERS[decimal].fullmatch(cell):
    return NUMBER
  if cell in _MISSING:
    return MISSING
  return TIME if _TIME.fullmatch(cell) else TEXT


def is_date(cell: str) -> bool:
  """Whether a TIME is a date without a time of day."""
  return _DATE_ALONE.fullmatch(cell) is not None


def is_clock(cell: str) -> bool:
  """Whether a TIME is a time of day without a date."""
  return _CLOCK_ALONE.fullmatch(cell) is not None


def number(cell: str, decimal: str) -> float:
  """The value of a cell that is a NUMBER."""
  return float(cell.replace(",", ".") if decimal == "," else cell)


def nearly_number(cell: str) -> bool:
  """Whether text may be meant as a number: "12 %", "0x10", "1_000"."""
  return _NEARLY.match(cell) is not None


def unsplit(cell: str) -> bool:
  """Whether text is a number, or holds some, by another reading."""
  if any(number.fullmatch(cell) for number in _NUMBERS.values()):
    return True
  if not re.search(f"[{_BETWEEN} ]", cell):
    return False
  pieces = [p for p in re.split(f"[{_BETWEEN} ]+", cell) if p]
  numbers = [p for p in pieces if _NUMBERS["."].fullmatch(p)]
  has_other = re.search(f"[{_BETWEEN}]", cell) is not None
  return bool(numbers) and (has_other or len(numbers) == len(pieces))


def split(line: str, delimiter: str) -> list[str]:
  """The cells of a line, without spaces and quotes around them.

  Args:
    line: without its end.
    delimiter: a character; SPACES: runs of spaces and tabs; ONE_COLUMN: none.
  """
  if delimiter == ONE_COLUMN:
    return [_unquoted(line.strip())]
  if delimiter == SPACES:
    line = line.replace("\t", " ").strip()
    if '"' not in line:
      return line.split()
  elif '"' not in line:
    return [cell.strip(" ") for cell in line.split(delimiter)]
  if delimiter not in "\t ":
    line = line.strip(" ")
  try:
    cells = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True))
  except csv.Error:
    return [line]
  return [cell.strip(" ") for cell in cells]


def _unquoted(cell: str) -> str:
  is_quoted = len(cell) > 1 and cell[0] == cell[-1] == '"'
  return cell[1:-1].strip() if is_quoted else cell


def delimiter_named(text: str) -> str:
  """The delimiter that `--delimiter` means: a character or its name.

  Raises:
    UserError: it is none.
  """
  names = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";"}
  names |= {"pipe": "|", "space": SPACES, "none": ONE_COLUMN}
  delimiter = names.get(text.lower(), text)
  if text and len(delimiter) < 2 and delimiter not in set('0123456789.+-"\n'):
    return delimiter
  raise UserError(
    f"--delimiter={text} is no character that parts cells, nor one of "
    + ", ".join(name for name in names if name.isalpha())
  )


def delimiter_name(delimiter: str) -> str:
  """As `--delimiter` takes it."""
  names = {"\t": "tab", ",": "comma", ";": "semicolon", "|": "pipe"}
  names |= {SPACES: "space", ONE_COLUMN: "none"}
  return names.get(delimiter, delimiter)


def kinds(cells: Sequence[str], decimal: str) -> list[str]:
  """The kind of each cell of a line."""
  return [kind(cell, decimal) for cell in cells]
