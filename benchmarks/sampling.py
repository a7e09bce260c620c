"""`bench sampling`: the best of N samples, against tensor2tensor's decoder.

    t2t-af bench sampling [--num_samples=100] [--frames=10]
        [--hparams_set=video_flow_tiny] [--rounds=3] [--json[=FILE]]

One context of 64x64 video, from building the graph to N samples of it.
tensor2tensor's decoder builds graph and session anew for each sample; so what
is measured of it is one sample of the stock VideoFlow, times N. Both have
their initial weights, which change no time, and neither reads a checkpoint.
"""

import argparse
import json
import sys
import time

import numpy as np
from tensor2tensor.utils import decoding
from tensor2tensor.utils import registry
from tensor2tensor.utils import trainer_lib
import tensorflow.compat.v1 as tf

from benchmarks import process
from benchmarks import result
from t2t_af import progress
from t2t_af import session as session_lib
from t2t_af.bin import arguments

_STOCK, _OURS = "next_frame_glow", "video_flow"
_WANTED = 20.0


def main(argv: list[str]) -> int:
  """Measures both models in turn, or one of them (--measure)."""
  parser = arguments.parser("bench sampling", __doc__)
  parser.add_argument("--num_samples", "--num_decodes", type=int, default=100)
  parser.add_argument("--frames", type=int, default=10)
  parser.add_argument("--hparams_set", default="video_flow_tiny")
  parser.add_argument("--measure", help=argparse.SUPPRESS)
  result.add_arguments(parser)
  args = parser.parse_args(argv)
  if args.measure:
    seconds = seconds_of(
      args.measure, args.hparams_set, args.frames, args.num_samples
    )
    print(json.dumps(seconds))
    return 0
  measured = {_OURS: [], _STOCK: []}
  for _ in progress.bar(range(args.rounds), label="measuring", unit="round"):
    for model, num_decodes in ((_STOCK, 1), (_OURS, args.num_samples)):
      measured[model].append(_in_a_process(model, num_decodes, args))
  result.report(
    [
      result.Result(
        "sampling",
        f"best of {args.num_samples}, {args.frames} frames, {args.hparams_set}",
        "s per context",
        _OURS,
        f"{_STOCK}, one sample times {args.num_samples}",
        measured[_OURS],
        [args.num_samples * seconds for seconds in measured[_STOCK]],
        True,
        _WANTED,
      )
    ],
    args.json,
  )
  return 0


def _in_a_process(model, num_decodes, args):
  return process.measure(
    "benchmarks.sampling",
    *("--measure", model),
    *("--hparams_set", args.hparams_set),
    *("--frames", str(args.frames)),
    *("--num_decodes", str(num_decodes)),
  )


def seconds_of(
  model_name: str, hparams_set: str, num_frames: int, num_decodes: int
) -> float:
  """Seconds from nothing to num_decodes samples of one context."""
  start = time.time()
  hparams = trainer_lib.create_hparams(
    hparams_set,
    f"video_num_target_frames={num_frames}",
    problem_name="video_bair",
  )
  model = registry.model(model_name)(
    hparams,
    tf.estimator.ModeKeys.PREDICT,
    decode_hparams=decoding.decode_hparams(f"num_decodes={num_decodes}"),
  )
  shape = hparams.problem.frame_shape
  frames = np.random.RandomState(0).randint(
    256, size=[1, hparams.video_num_input_frames + num_frames, *shape]
  )
  inputs, targets = np.split(frames, [hparams.video_num_input_frames], axis=1)
  outputs = model.infer(
    {
      "inputs": tf.constant(inputs, tf.int32),
      "infer_targets": tf.constant(targets, tf.int32),
    }
  )
  config = session_lib.config() if model_name == _OURS else tf.ConfigProto()
  with tf.Session(config=config) as session:
    session.run(session_lib.initializer())
    session.run(outputs)
  return time.time() - start


if __name__ == "__main__":
  import t2t_af

  t2t_af.register()
  sys.exit(main(sys.argv[1:]))
