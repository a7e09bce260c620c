"""Speed, each against what it is to be measured by: `t2t-af bench`."""

from t2t_af import mended  # noqa: F401
