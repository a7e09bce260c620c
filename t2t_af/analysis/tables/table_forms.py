"""A paper's table as text, CSV and LaTeX, and what its other forms share."""

from collections.abc import Mapping
import textwrap
from typing import Callable

from t2t_af.analysis import formats
from t2t_af.analysis.formats import is_number
from t2t_af.analysis.tables import table_cells
from t2t_af.analysis.tables import text_layout
from t2t_af.analysis.tables.paper_pools import Column
from t2t_af.analysis.tables.paper_tables import PaperCell
from t2t_af.analysis.tables.paper_tables import Table

_NOTE_WIDTH = 100
_LATEX = {
  "\\": r"\textbackslash{}",
  "&": r"\&",
  "%": r"\%",
  "$": r"\$",
  "#": r"\#",
  "_": r"\_",
  "{": r"\{",
  "}": r"\}",
  "±": r"$\pm$",
  formats.MINUS: "$-$",
  formats.ABSENT: "--",
  "Δ": r"$\Delta$ ",
  "≤": r"$\leq$",
  "<": r"$<$",
  ">": r"$>$",
  "~": r"\textasciitilde{}",
  "^": r"\textasciicircum{}",
}


def cell_text(cell: PaperCell) -> str:
  """E.g. "≤ 1.860 ± 0.004", "2.15", "1.234 ± 0.010 (1 seed)", "not run".

  What is of fewer splits than another row of its column says so: it is of other
  data.
  """
  if cell.status:
    return cell.status
  text = (formats.BOUND if cell.is_bound else "") + cell.text
  if cell.stderr_text:
    text += f" ± {cell.stderr_text}"
  if cell.num_splits < cell.of_splits:
    return f"{text} ({cell.num_splits} of {cell.of_splits} splits)"
  return f"{text} (1 seed)" if cell.num_runs == 1 else text


def text(table: Table) -> str:
  """For a terminal; "*": the lowest of ours in the column."""
  heads = [[""], ["Model"]]
  for i, column in enumerate(table.columns):
    same = i and table.columns[i - 1].group == column.group
    heads[0].append("" if same else column.group)
    heads[1].append(column.name)
  body = [
    [row.label] + [cell_text(cell) + "*" * cell.is_best for cell in row.cells]
    for row in table.rows
  ]
  widths = text_layout.widths_of(body + heads[1:])
  _widen_for_groups(heads[0], widths)
  out = [
    f"Table {table.number}. {table.title}",
    "",
    _group_line(heads[0], widths),
    text_layout.line(heads[1], widths),
    text_layout.rule(widths),
  ]
  out += [text_layout.line(line, widths) for line in body] + [""]
  out += [
    wrapped
    for note in notes(table)
    for wrapped in textwrap.wrap(
      note, _NOTE_WIDTH, subsequent_indent="  ", break_long_words=False
    )
  ]
  return "\n".join(line.rstrip() for line in out)


def latex(table: Table) -> str:
  """A table environment of plain LaTeX: no package is needed."""
  names = groups(table)
  lines = [
    r"\begin{table}",
    r"\centering",
    rf"\caption{{{_escaped(table.title)}}}",
    rf"\label{{tab:{table.number}}}",
    rf"\begin{{tabular}}{{l{'r' * len(table.columns)}}}",
    r"\hline",
    " & ".join(
      [""]
      + [
        rf"\multicolumn{{{size}}}{{c}}{{{_escaped(name)}}}"
        for name, size in names
      ]
    )
    + r" \\",
    " & ".join(
      _escaped(part)
      for part in ["Model", *(column.name for column in table.columns)]
    )
    + r" \\",
    r"\hline",
  ]
  for row in table.rows:
    lines.append(
      " & ".join(
        [_escaped(row.label)] + [_latex_cell(cell) for cell in row.cells]
      )
      + r" \\"
    )
  lines += [r"\hline", r"\end{tabular}", r"\par\footnotesize"]
  lines += [rf"{_escaped(note)}\par" for note in notes(table, False)]
  return "\n".join(lines + [r"\end{table}", ""])


FORMS: Mapping[str, Callable[[Table], str]] = {
  "text": text,
  "csv": table_cells.csv_text,
  "latex": latex,
}


def notes(
  table: Table, with_star: bool = True, with_spread: bool = True
) -> list[str]:
  """Of errors and marks, where there are any; then the table's own.

  Args:
    table: of the paper.
    with_star: the lowest have a star; else they are bold.
    with_spread: of cells too, where no small print below them has it.
  """
  cells = [cell for row in table.rows for cell in row.cells]
  notes = []
  if any(cell.stderr_text for cell in cells):
    notes.append(
      "±: one standard error over seeds; over recordings where there is one "
      "seed or several splits, whose training data is largely the same."
    )
  if any(cell.is_best for cell in cells):
    mark = "*" if with_star else "Bold"
    notes.append(f"{mark}: the lowest of ours in the column.")
  for row in table.rows if with_spread else []:
    words = [
      f"{_column_words(column)} {spread_words(cell)}"
      for column, cell in zip(table.columns, row.cells)
      if cell.spread
    ]
    if words:
      notes.append(f"{row.label}: {', '.join(words)}.")
  return notes + table.notes


def _column_words(column: Column) -> str:
  """E.g. "activity_rec", "activity_rec, random split"."""
  _, _, rule = column.name.partition(", ")
  return ", ".join(filter(None, (column.group, rule)))


def details(cell: PaperCell) -> list[str]:
  """What stands in small print below a cell."""
  lines = []
  if is_number(cell.stderr_recordings):
    runs = formats.plural(cell.num_runs, "run")
    lines.append(
      f"{runs}, recordings ± {formats.number(cell.stderr_recordings)}"
    )
  if cell.spread:
    lines.append(spread_words(cell))
  return lines


def groups(table: Table) -> list[tuple]:
  """[(name, how many columns)], neighbours of one name together."""
  found = []
  for column in table.columns:
    if found and found[-1][0] == column.group:
      found[-1] = (column.group, found[-1][1] + 1)
    else:
      found.append((column.group, 1))
  return found


def _widen_for_groups(heads: list, widths: list) -> None:
  """A group's name needs room in its columns together."""
  for i, head in enumerate(heads):
    if head:
      end = next((j for j in range(i + 1, len(heads)) if heads[j]), len(heads))
      have = sum(widths[i:end]) + 2 * (end - i - 1)
      widths[end - 1] += max(0, len(head) - have)


def _group_line(heads: list, widths: list) -> str:
  """Each name at the right end of its group."""
  out, i = " " * widths[0], 1
  while i < len(heads):
    end = next((j for j in range(i + 1, len(heads)) if heads[j]), len(heads))
    out += "  " + heads[i].rjust(sum(widths[i:end]) + 2 * (end - i - 1))
    i = end
  return out


def spread_words(cell: PaperCell) -> str:
  """E.g. "median 1.07; the worst 1 % of windows add 0.02"."""
  _, median, worst = map(formats.number, table_cells.spread_of(cell))
  return f"median {median}; the worst 1 % of windows add {worst}"


def _latex_cell(cell: PaperCell) -> str:
  text_ = _escaped(cell_text(cell))
  return rf"\textbf{{{text_}}}" if cell.is_best else text_


def _escaped(words: str) -> str:
  return "".join(_LATEX.get(letter, letter) for letter in words)
