"""Writes problems/splits/*.json anew: the committed splits of the UCI sets.

python scripts/make_splits.py
"""

from problems.core import splitting

if __name__ == "__main__":
  splitting.write()
