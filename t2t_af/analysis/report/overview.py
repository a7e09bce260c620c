"""What was run, as a table: one row for all seeds and splits of a model."""

from collections.abc import Iterable, Sequence
import html
from typing import Optional, Union

from t2t_af.analysis import formats
from t2t_af.analysis.results.folders import Results
from t2t_af.analysis.results.folders import Run

_HEADINGS = ("Model", "Hparams set", "Seeds", "Training steps", "Parameters")


def section(results: Results) -> str:
  """HTML: a body of the table for each data set."""
  head = "".join(f'<th scope="col">{heading}</th>' for heading in _HEADINGS)
  of_data = {}
  for run in results.runs:
    of_data.setdefault(data_of(run), []).append(run)
  bodies = "".join(_body(data, of_data[data]) for data in sorted(of_data))
  return (
    f'<section id="runs"><h2>What was run</h2><div class="scroll">'
    f"<table><thead><tr>{head}</tr></thead>{bodies}</table></div>"
    "</section>"
  )


def machines(hardware: Iterable[Union[dict, str, None]]) -> list[str]:
  """Hardware of run.json in words, each kind once."""
  texts = [
    _machine(machine) if isinstance(machine, dict) else machine
    for machine in hardware
  ]
  return list(dict.fromkeys(text for text in texts if text))


def data_of(run: Run) -> str:
  """The problem without its split."""
  return run.data_set or "unknown problem"


def _machine(machine: dict) -> str:
  parts = list(machine.get("accelerators") or [])
  if machine.get("cpu"):
    parts.append(
      f"{machine['cpu']}, {formats.plural(machine.get('cores', 1), 'core')}"
    )
  if machine.get("memory_gib"):
    parts.append(f"{machine['memory_gib']} GiB memory")
  return ", ".join(parts)


def _body(data: str, runs: Sequence[Run]) -> str:
  """Name and hardware of a data set, then a row per hparams set."""
  groups = {}
  for run in runs:
    groups.setdefault((run.hparams_set or run.folder, run.hparams), []).append(
      run
    )
  hardware = "; ".join(machines(run.info.get("hardware") for run in runs))
  return (
    '<tbody><tr class="group"><th scope="rowgroup" '
    f'colspan="{len(_HEADINGS)}">{html.escape(data)}{_small(hardware)}'
    f"</th></tr>{''.join(map(_row, groups.values()))}</tbody>"
  )


def _row(runs: Sequence[Run]) -> str:
  first = runs[0]
  with_ = first.hparams and f"with {first.hparams}"
  splits = {run.data_split for run in runs}
  seeds = _listed(run.seed for run in runs)
  if splits != {0}:
    seeds += f"; splits {_listed(splits)}"
  cells = (
    html.escape(first.hparams_set or formats.ABSENT) + _small(with_),
    seeds,
    _listed(run.num_steps for run in runs),
    _listed(run.num_parameters for run in runs),
  )
  return (
    f'<tr><th scope="row">{html.escape(first.label)}</th>'
    f"{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
  )


def _listed(values: Iterable[Optional[int]]) -> str:
  """Each once, in order."""
  known = sorted({value for value in values if value is not None})
  return ", ".join(map(formats.thousands, known)) or formats.ABSENT


def _small(words: Optional[str]) -> str:
  return f"<small>{html.escape(words)}</small>" if words else ""
