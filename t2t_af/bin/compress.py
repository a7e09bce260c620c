"""`compress`: lossless codes of videos by the flows of a trained run.

    t2t-af compress RUN FILES... [--out=FOLDER] [--json]
    t2t-af decompress RUN FILES.t2taf... [--out=FOLDER]

RUN is one of autoregressive_flow with affine flows (1-AF, 2-AF) on 8-bit video.
A level costs what the model says that it is unlikely: -log2 of its probability
given the frames before. What is coded are the frames as the run takes them
(size, grey), and a line says where that changed them; decompress leaves these
as uint8 [time, height, width, channels] in a .npy, bit by bit the same. A code
needs the same weights again, on a machine that computes them alike. The package
constriction is needed.

Beside the size stand the model's own bits, PNG's and, with PyAV, FFV1's.
"""

import os
from typing import Any

from t2t_af import whole_file
from t2t_af.bin import arguments
from t2t_af.bin import asking

ENDS_WITH = ".t2taf"


def main(argv: list[str]) -> int:
  """Writes the codes; returns the exit code."""
  parser = asking.parser("compress", __doc__)
  arguments.add_json(parser.add_argument)
  args = parser.parse_args(argv)
  sizes: list[dict[str, Any]] = []
  with asking.loaded("compress", args) as run:
    from t2t_af.experiments.asking import frame_coder
    from t2t_af.experiments.asking import own_files

    coder = frame_coder.FrameCoder(run)

    def answer(recording):
      run.check(recording.values, recording.name)
      code = coder.encode(recording.values, recording.name, show_progress=True)
      path = os.path.join(args.out, recording.name + ENDS_WITH)
      whole_file.write(path, code.data)
      made = own_files.made_first(run.run, recording)
      sizes.append(_sizes(recording, code, made))

    asking.each_file(run, args, "coding", answer)
  asking.print_answer(args, list(map(_line, sizes)), files=sizes)
  return 0


def _sizes(recording, code, made_first) -> dict[str, Any]:
  """A file's sizes, ours and those of others."""
  from t2t_af.experiments.asking import other_coders

  frames = recording.values
  return dict(
    file=recording.name,
    frames_made=made_first or None,
    shape=list(frames.shape),
    num_bytes=frames.size,
    code_bytes=len(code.data),
    png_bytes=other_coders.png(frames),
    ffv1_bytes=other_coders.ffv1(frames),
    bits_per_dim=code.bits_per_dim,
    model_bits_per_dim=code.model_bits_per_dim,
  )


def _line(of: dict[str, Any]) -> str:
  num_frames, height, width, channels = of["shape"]
  others = [f"PNG {of['png_bytes']:,}"]
  if of["ffv1_bytes"] is not None:
    others.append(f"FFV1 {of['ffv1_bytes']:,}")
  line = (
    f"{of['file']}: {num_frames} frames {width}x{height}x{channels}, "
    f"{of['num_bytes']:,} bytes -> {of['code_bytes']:,} ({', '.join(others)}); "
    f"{of['bits_per_dim']:.4f} bits/dim, the model "
    f"{of['model_bits_per_dim']:.4f}"
  )
  if of["code_bytes"] > of["num_bytes"]:
    line += "; the code is larger than the frames as they are"
  if of["frames_made"]:
    line += f"; frames made {of['frames_made']} first: that is what comes back"
  return line
