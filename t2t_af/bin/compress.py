"""`compress`: lossless codes of videos by the flows of a trained run.

    t2t-af compress RUN FILES... [--out=FOLDER]
    t2t-af decompress RUN FILES.t2taf... [--out=FOLDER]

RUN is one of autoregressive_flow with affine flows (1-AF, 2-AF) on 8-bit video.
A level costs what the model says that it is unlikely: -log2 of its probability
given the frames before. What is coded are the frames as the run takes them
(size, grey); decompress leaves them as uint8 [time, height, width, channels] in
a .npy, bit by bit the same. A code needs the same weights again, on a machine
that computes them alike. The package constriction is needed.

Beside the size stand the model's own bits, PNG's and, with PyAV, FFV1's.
"""

import os

from t2t_af import whole_file
from t2t_af.bin import asking

ENDS_WITH = ".t2taf"


def main(argv: list[str]) -> int:
  """Writes the codes; returns the exit code."""
  args = asking.parser("compress", __doc__).parse_args(argv)
  lines = []
  with asking.loaded("compress", args) as run:
    from t2t_af.experiments.asking import frame_coder

    coder = frame_coder.FrameCoder(run)

    def answer(recording):
      name, _, frames = recording
      run.check(frames, name)
      code = coder.encode(frames, show_progress=True)
      path = os.path.join(args.out, name + ENDS_WITH)
      whole_file.write(path, code.data)
      lines.append(_line(name, frames, code))

    asking.each_file(run, args.files, "coding", answer)
  for line in lines:
    print(line)
  asking.print_folder(args)
  return 0


def _line(name, frames, code) -> str:
  """A file's sizes, ours and those of others."""
  from t2t_af.experiments.asking import other_coders

  height, width, channels = frames.shape[1:]
  others = [f"PNG {other_coders.png(frames):,}"]
  ffv1 = other_coders.ffv1(frames)
  if ffv1 is not None:
    others.append(f"FFV1 {ffv1:,}")
  return (
    f"{name}: {len(frames)} frames {width}x{height}x{channels}, "
    f"{frames.size:,} bytes -> {len(code.data):,} ({', '.join(others)}); "
    f"{code.bits_per_dim:.4f} bits/dim, the model {code.model_bits_per_dim:.4f}"
  )
