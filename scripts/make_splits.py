"""Writes problems/splits/*.json anew: the committed splits of the UCI sets.

python scripts/make_splits.py
"""

from problems import series_activity_rec
from problems import series_facial_exp
from problems import series_smartphone_sensor
from problems.core import splitting

_PROBLEMS = (
  series_activity_rec.SeriesActivityRec,
  series_facial_exp.SeriesFacialExp,
  series_smartphone_sensor.SeriesSmartphoneSensor,
)

if __name__ == "__main__":
  for problem in _PROBLEMS:
    splitting.write(problem.splits_name, problem.strata())
