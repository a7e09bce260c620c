"""`bench`: speed, against what each is to be measured by, alternating.

    t2t-af bench all         every one of these in turn, then one table
    t2t-af bench table       that table, from the records that there are
    t2t-af bench graph       the training graph, against the stock VideoFlow's
    t2t-af bench step        its steps and memory, at three sizes and by depth
    t2t-af bench startup     from command to first step, against the stock's
    t2t-af bench trainer     t2t-trainer from command to steps, memory, a GPU
    t2t-af bench growth      time and memory by frames, batch, depth, samples
    t2t-af bench pytorch     models of data space, against plain PyTorch
    t2t-af bench workers     examples a second of one worker and of several
    t2t-af bench sampling    best of N samples, against tensor2tensor's decoder
    t2t-af bench flow        a training step in one pass, against a loop
    t2t-af bench generation  writing a data set, against tensor2tensor's
    t2t-af bench input       reading it, against what a training step consumes
    t2t-af bench data        generation, then input

`t2t-af bench` alone is `bench graph`. Every bench takes --help. What is
compared is measured alternating in one run, and what is printed are medians,
so that a machine that slows down slows both down.
"""

import importlib

import t2t_af
from t2t_af.errors import suggest
from t2t_af.errors import UserError

# Without TensorFlow, whose memory and threads no bench shall have beside it.
_LIGHT = {"all": "t2t_af.bin.bench_all", "table": "t2t_af.bin.bench_table"}
_BENCHES = {
  "graph": ("graph",),
  "step": ("step",),
  "startup": ("startup",),
  "trainer": ("trainer",),
  "growth": ("growth",),
  "pytorch": ("against_pytorch",),
  "workers": ("workers",),
  "sampling": ("sampling",),
  "flow": ("flow",),
  "generation": ("generation",),
  "input": ("reading",),
  "data": ("generation", "reading"),
}


NAMES = (*_LIGHT, *_BENCHES)


def main(argv: list[str]) -> int:
  """Runs the bench that is named; returns the exit code."""
  if argv and argv[0] in ("-h", "--help"):
    print(__doc__.strip())
    return 0
  named = bool(argv) and not argv[0].startswith("-")
  name = argv[0] if named else "graph"
  if name not in NAMES:
    raise UserError(suggest(name, NAMES, "bench"))
  if name in _LIGHT:
    return importlib.import_module(_LIGHT[name]).main(argv[1:])
  t2t_af.register()
  code = 0
  for module in _BENCHES[name]:
    bench = importlib.import_module(f"benchmarks.{module}")
    code = bench.main(argv[1:] if named else argv) or code
  return code
