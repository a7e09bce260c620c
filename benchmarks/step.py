"""`bench step`: a training step and its memory, against the stock VideoFlow.

    t2t-af bench step [--rounds=3] [--sizes=tiny,middle,paper]
        [--depths=2,4,8,16,24] [--json[=FILE]]

Three sizes, 64x64x3: `tiny` (video_flow_tiny, batch 8, six frames), `middle`
(depth 2, coupling 64, latent encoder 32, batch 4, four frames) and `paper`
(video_flow_bair, batch 1, four frames). The stock model as tensor2tensor runs
it, ours, and ours with `recompute`, alternating, each in a new process. With
--depths instead: the memory of ours at the paper's size with so many steps of
flow per level, with and without `recompute`. Beside the clock's seconds stand
those of the processor, which other programs on the machine disturb less.
"""

import argparse
import json
import sys

import tensorflow.compat.v1 as tf

from benchmarks import graph
from benchmarks import process
from benchmarks import result
from t2t_af import progress
from t2t_af import session as session_lib
from t2t_af.bin import arguments

_BAIR = "video_flow_bair"
_SIZES = {
  "tiny": ("video_flow_tiny", "batch_size=8,num_train_frames=6"),
  "middle": (
    _BAIR,
    "batch_size=4,num_train_frames=4,depth=2,coupling_width=64,"
    "latent_encoder_width=32",
  ),
  "paper": (_BAIR, "batch_size=1,num_train_frames=4"),
}
# What is wanted of ours, in parts of the stock model's.
_STEP = {"tiny": 0.5, "middle": 0.7, "paper": 0.9}
_START, _MEMORY = 0.15, 0.6
_STOCK, _OURS, _RECOMPUTE = "stock", "video_flow", "video_flow, recompute"
_ROWS = {
  "build_and_first_step": "build + first step, s",
  "step": "a later step, s",
  "step_cpu": "a later step, processor s",
  "memory": "peak memory, MiB",
}


def main(argv: list[str]) -> int:
  """Measures sizes, or depths, or a single column (--measure)."""
  parser = arguments.parser("bench step", __doc__)
  parser.add_argument("--sizes", default=",".join(_SIZES))
  parser.add_argument("--depths", default="", help="e.g. 2,4,8,16,24")
  parser.add_argument("--measure", nargs=3, help=argparse.SUPPRESS)
  result.add_arguments(parser)
  args = parser.parse_args(argv)
  if args.measure:
    print(json.dumps(_measure(*args.measure)))
    return 0
  results = []
  if args.depths:
    for depth in args.depths.split(","):
      results += _compare_depth(int(depth), args.rounds)
  else:
    for size in args.sizes.split(","):
      results += _compare(size, args.rounds)
  result.report(results, args.json)
  return 0


def _compare(size: str, rounds: int) -> list[result.Result]:
  """Ours, without and with recomputation, against the stock model."""
  hparams_set, overrides = _SIZES[size]
  measured = _alternating(
    size,
    rounds,
    {
      _STOCK: (_STOCK, hparams_set, overrides),
      _OURS: (_OURS, hparams_set, overrides),
      _RECOMPUTE: (_OURS, hparams_set, overrides + ",recompute=True"),
    },
  )
  results = []
  for key, what in _ROWS.items():
    for ours in (_OURS, _RECOMPUTE):
      wanted = {"build_and_first_step": _START, "memory": _MEMORY}.get(
        key, _STEP[size]
      )
      results.append(_result(size, what, measured, key, ours, _STOCK, wanted))
  return results


def _compare_depth(depth: int, rounds: int) -> list[result.Result]:
  """Memory and seconds with recomputation against those without."""
  hparams_set, overrides = _SIZES["paper"]
  overrides += f",depth={depth}"
  what = f"paper, depth {depth}"
  measured = _alternating(
    what,
    rounds,
    {
      _OURS: (_OURS, hparams_set, overrides),
      _RECOMPUTE: (_OURS, hparams_set, overrides + ",recompute=True"),
    },
  )
  return [
    _result(what, _ROWS[key], measured, key, _RECOMPUTE, _OURS, wanted)
    for key, wanted in (("memory", 1.0), ("step_cpu", 1.35))
  ]


def _alternating(label, rounds, columns):
  """{column: one measurement a round}."""
  measured = {name: [] for name in columns}
  for _ in progress.bar(range(rounds), label=label, unit="round"):
    for name, (model, hparams_set, overrides) in columns.items():
      measured[name].append(
        process.measure(
          "benchmarks.step", "--measure", model, hparams_set, overrides
        )
      )
  return measured


def _result(what, row, measured, key, ours, theirs, wanted_share):
  """One comparison; what is wanted is said as how many times the better."""
  return result.Result(
    "step",
    f"{what}: {row}",
    row.rsplit(", ", 1)[1],
    ours,
    theirs,
    [m[key] for m in measured[ours]],
    [m[key] for m in measured[theirs]],
    True,
    round(1 / wanted_share, 2),
  )


def _measure(model: str, hparams_set: str, overrides: str) -> dict:
  """A process's measurement; the stock model with its own session."""
  if model == _STOCK:
    return graph.measure_training(
      "next_frame_glow", hparams_set, tf.ConfigProto(), overrides
    )
  return graph.measure_training(
    _OURS, hparams_set, session_lib.config(), overrides
  )


if __name__ == "__main__":
  import t2t_af

  t2t_af.register()
  sys.exit(main(sys.argv[1:]))
