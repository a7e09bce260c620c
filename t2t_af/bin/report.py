"""`report`: writes a comparison's report.html anew, from its records alone.

    t2t-af report compare
"""

import argparse
import os

from t2t_af.analysis import comparison as comparison_lib
from t2t_af.analysis import report
from t2t_af.analysis import tables


def main(argv: list) -> int:
  parser = argparse.ArgumentParser(
      "t2t-af report", description=__doc__,
      formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("compare_dir")
  args = parser.parse_args(argv)
  path = report.write(args.compare_dir)
  print(tables.text(comparison_lib.Comparison(args.compare_dir)))
  print("\nreport: %s" % os.path.abspath(path))
  return 0
