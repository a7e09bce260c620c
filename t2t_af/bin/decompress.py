"""`decompress`: the frames of what `t2t-af compress` made, bit by bit.

    t2t-af decompress RUN FILES.t2taf... [--out=FOLDER]

RUN is the run that coded them. Each file becomes a .npy of uint8 [time, height,
width, channels].
"""

import os

from t2t_af import progress
from t2t_af.bin import asking
from t2t_af.bin import compress


def main(argv: list[str]) -> int:
  """Writes the frames; returns the exit code."""
  args = asking.parser("decompress", __doc__).parse_args(argv)
  with asking.loaded("decompress", args) as run:
    from t2t_af.experiments.asking import frame_coder
    from t2t_af.experiments.asking import transform_files

    coder = frame_coder.FrameCoder(run)
    paths = list(map(os.path.expanduser, args.files))
    named = list(zip(asking.names_of(paths), paths))
    for name, path in progress.bar(named, label="decoding", unit="files"):
      with open(path, "rb") as stream:
        frames = coder.decode(stream.read(), path, show_progress=True)
      name = name.removesuffix(compress.ENDS_WITH)
      transform_files.write_data(run, args.out, name, frames)
  asking.print_folder(args)
  return 0
