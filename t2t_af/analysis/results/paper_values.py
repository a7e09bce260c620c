"""Every number of the paper's Tables 1 to 4, and how its rows are named.

Marino et al. Improving sequential latent variable models with autoregressive
flows. _Machine Learning_, 2021. Rows are the models, columns the data sets, in
all four tables (Table 3 is printed the other way round).
"""

from collections.abc import Mapping
import re
from typing import NamedTuple, Optional

# Begin of an hparams set's name -> how people call the model.
LABELS = {
  "af1": "1-AF",
  "af2": "2-AF",
  "slvm": "SLVM",
  "slvm_dx": "SLVM + Δx",
  "slvm_af1": "SLVM + 1-AF",
  "slvm_af2": "SLVM + 2-AF",
  "af1_t": "1-AF, Student's t",
  "af2_t": "2-AF, Student's t",
  "slvm_t": "SLVM, Student's t",
  "slvm_dx_t": "SLVM + Δx, Student's t",
  "slvm_af1_t": "SLVM + 1-AF, Student's t",
  "video_flow": "VideoFlow",
  "video_flow_af": "VideoFlow + AF",
  "video_flow_af_residual": "VideoFlow + AF, residual start",
  "video_flow_af_matched": "VideoFlow + AF, residual, same size",
}
# Column -> the problem that makes this data set.
VIDEO_COLUMNS = {
  "M-MNIST": "video_mmnist",
  "BAIR": "video_bair",
  "KTH": "video_kth",
}
SERIES_COLUMNS = {
  "activity_rec": "series_activity_rec",
  "smartphone_sensor": "series_smartphone_sensor",
  "facial_exp": "series_facial_exp",
}
# In our names of hparams sets, what stands for the column.
_SUFFIXES = {"video_mmnist": "mmnist", "video_bair": "bair", "video_kth": "kth"}
NATS_PER_DIM, NATS_PER_STEP = "nats per dimension", "nats per time step"
PARAMETERS = "parameters"


class PrintedValue(NamedTuple):
  """One number as printed."""

  number: float
  text: str  # e.g. "2.15", "343k"
  is_bound: bool  # the paper writes "≤" before it


class PrintedTable(NamedTuple):
  """A table as printed; a cell that the paper leaves empty is absent."""

  number: int
  title: str
  unit: str  # NATS_PER_DIM, NATS_PER_STEP or PARAMETERS
  split: str  # on which split its likelihoods were taken; "" of parameters
  columns: Mapping[str, str]  # {column: problem}
  rows: tuple  # keys of LABELS, in order
  values: Mapping[tuple[str, str], PrintedValue]  # {(row, column): value}
  source: str
  remarks: tuple = ()


def row_of(hparams_set: str) -> Optional[str]:
  """Key of LABELS that a set's name begins with, the longest; or None."""
  fitting = [row for row in LABELS if hparams_set.startswith(row + "_")]
  return max(fitting, key=len, default=None)


def variant_of(hparams_set: str) -> str:
  """What follows the row in a set's name, e.g. "mmnist", "tiny"."""
  row = row_of(hparams_set)
  return hparams_set[len(row) + 1 :] if row else ""


def is_papers(variant: str, problem: str) -> bool:
  """Whether it is the paper's architecture on the paper's data set."""
  return problem in (
    *VIDEO_COLUMNS.values(),
    *SERIES_COLUMNS.values(),
  ) and variant == _SUFFIXES.get(problem, problem.split("_", 1)[1])


def without_split(problem: str) -> tuple[str, int]:
  """ "series_facial_exp_split2" -> ("series_facial_exp", 2); else split 0."""
  match = re.fullmatch(r"(.+)_split(\d+)", problem)
  return (match[1], int(match[2])) if match else (problem, 0)


def without_rule(problem: str) -> tuple[str, str]:
  """ "series_facial_exp_time" -> ("series_facial_exp", "time"), and "random";
  else the rule is "", of five folds where recordings are split.

  Args:
    problem: without its split (`without_split`).
  """
  match = re.fullmatch(r"(series_.+)_(random|time)", problem)
  return (match[1], match[2]) if match else (problem, "")


def _values(columns: Mapping[str, str], **rows: str) -> dict:
  """{(row, column): PrintedValue} of lines as printed; "-": nothing stands."""
  values = {}
  for row, line in rows.items():
    cells = line.split()
    if len(cells) != len(columns):
      raise ValueError(f"{row} has {len(cells)} of {len(columns)} columns")
    for column, cell in zip(columns, cells):
      if cell != "-":
        text = cell.lstrip("≤")
        number = float(text.replace(",", "").replace("k", "e3"))
        values[row, column] = PrintedValue(number, text, cell.startswith("≤"))
  return values


_NOISE = (
  "Paper: the authors' published code adds Gaussian noise of deviation "
  "1/256 to pixels in 0..1; tensor2tensor's VideoFlow adds uniform "
  "noise. Values under different noise are on different scales."
)
_CROPS = (
  "Paper: the last 10 frames of crops of 13 are scored, of crops of 16 "
  "with two transforms (Appendix B)."
)
_VIDEO_ROWS = (
  "af1",
  "af2",
  "slvm",
  "slvm_dx",
  "slvm_af1",
  "video_flow",
  "video_flow_af",
)

TABLES = {
  table.number: table
  for table in (
    PrintedTable(
      1,
      "Average test negative log-likelihood of video",
      NATS_PER_DIM,
      "test",
      VIDEO_COLUMNS,
      _VIDEO_ROWS,
      _values(
        VIDEO_COLUMNS,
        af1="2.15 3.05 3.34",
        af2="2.13 2.90 3.35",
        slvm="≤1.92 ≤3.57 ≤4.63",
        slvm_dx="≤2.45 ≤3.07 ≤2.49",
        slvm_af1="≤1.86 ≤2.35 ≤2.39",
        video_flow="- 1.53 -",
        video_flow_af="- 1.50 -",
      ),
      "Table 1, section 4.2",
      (_CROPS, _NOISE),
    ),
    PrintedTable(
      2,
      "Average test negative log-density of series",
      NATS_PER_STEP,
      "test",
      SERIES_COLUMNS,
      ("af1", "af2", "slvm", "slvm_dx", "slvm_af1"),
      _values(
        SERIES_COLUMNS,
        af1="2.71 -7.46 -241",
        af2="2.06 -8.53 -259",
        slvm="≤2.77 ≤-5.21 ≤-164",
        slvm_dx="≤5.61 ≤-4.02 ≤-154",
        slvm_af1="≤1.46 ≤-9.82 ≤-306",
      ),
      "Table 2, section 4.2",
      (
        "Densities depend on scale. Ours are of values standardised by the "
        "training split; the paper states neither scaling nor splits, so its "
        "values are context and no target.",
      ),
    ),
    PrintedTable(
      3,
      "Number of parameters",
      PARAMETERS,
      "",
      VIDEO_COLUMNS,
      ("af1", "af2", "slvm", "slvm_af1"),
      _values(
        VIDEO_COLUMNS,
        af1="343k 363k 343k",
        af2="686k 726k 686k",
        slvm="11,302k 11,325k 11,302k",
        slvm_af1="10,592k 10,643k 10,592k",
      ),
      "Table 3, Appendix B",
      (
        "Paper: its counts include parameters that get no gradient (8,192 "
        "for the first steps of each transform on one channel), and PyTorch's "
        "LSTMs have two bias vectors where TensorFlow's have one.",
        "Paper, SLVM + 1-AF on BAIR: the authors' code has 10,634,316, so the "
        "printed 10,643k seems to have two digits swapped.",
        'Paper, VideoFlow on BAIR: "roughly 32 million" (Appendix B).',
      ),
    ),
    PrintedTable(
      4,
      "Average training negative log-likelihood of video",
      NATS_PER_DIM,
      "train",
      VIDEO_COLUMNS,
      _VIDEO_ROWS,
      _values(
        VIDEO_COLUMNS,
        af1="2.06 2.98 2.95",
        af2="2.04 2.76 2.95",
        slvm="≤1.93 ≤3.46 ≤3.05",
        slvm_dx="≤2.47 ≤3.05 ≤2.46",
        slvm_af1="≤1.85 ≤2.31 ≤2.21",
        video_flow="- 1.50 -",
        video_flow_af="- 1.49 -",
      ),
      "Table 4, Appendix D",
      (_CROPS, _NOISE),
    ),
  )
}
