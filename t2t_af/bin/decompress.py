"""`decompress`: the frames of what `t2t-af compress` made, bit by bit.

    t2t-af decompress RUN FILES.t2taf... [--out=FOLDER]

RUN is the run that coded them. Each file, also of folders, becomes a .npy of
uint8 [time, height, width, channels], in the subfolder that it is in. Where one
cannot be decoded the others are, and the exit code is 2.
"""

from t2t_af import errors
from t2t_af.bin import asking
from t2t_af.bin import compress


def main(argv: list[str]) -> int:
  """Writes the frames; returns the exit code."""
  args = asking.parser("decompress", __doc__).parse_args(argv)
  with asking.loaded("decompress", args) as run:
    from t2t_af.experiments.asking import frame_coder
    from t2t_af.experiments.asking import given_files
    from t2t_af.experiments.asking import transform_files

    coder = frame_coder.FrameCoder(run)

    def answer(file):
      data = given_files.content(file.path)
      frames = coder.decode(data, file.path, show_progress=True)
      transform_files.write_data(run, args.out, file.name, frames)

    files = given_files.of_kind(args.files, compress.ENDS_WITH)
    num_left_out = asking.each(files, "decoding", answer)
  asking.print_folder(args)
  if num_left_out:
    raise errors.UserError(
      f"{num_left_out} of {len(files)} files are not decoded"
    )
  return 0
