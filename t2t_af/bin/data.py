"""`data`: which data sets are there, what is in them, and what they look like.

    t2t-af data [--data_dir=data] [--problem=video_kth,series_csv]
        [--output_dir=data/overview] [--verify] [--json]

Of each: its version, size, sequences per split, shape and source; and a PNG
with a few sequences, frames to the right of video, a chart per column of a
series (in raw units). And the commands that make those that are not there.

--verify reads every file and compares it with the checksum in its manifest
instead; the exit code is 2 if one is damaged.
"""

import t2t_af
from t2t_af.bin import arguments


def main(argv: list[str]) -> int:
  """Describes and draws, or verifies, each data set; returns the exit code."""
  parser = arguments.parser("data", __doc__)
  parser.add_argument("--data_dir", default="data")
  parser.add_argument("--problem", help="names, comma-separated; default: all")
  parser.add_argument(
    "--output_dir", help="of the pictures; default: overview in data_dir"
  )
  parser.add_argument(
    "--verify", action="store_true", help="compare all files with checksums"
  )
  arguments.add_json(parser.add_argument)
  args = parser.parse_args(argv)
  t2t_af.register()
  from t2t_af.bin import data_sets

  return data_sets.show(
    args.data_dir, args.problem, args.output_dir, args.verify, args.json
  )
