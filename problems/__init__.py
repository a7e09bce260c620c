"""Data sets: importing the package registers every one of them.

One file per data set; `core` is what they share, `files` reads formats, `toy`
draws worlds.
"""

from t2t_af import mended  # noqa: F401

# isort: split
from problems import series_activity_rec  # noqa: F401
from problems import series_csv  # noqa: F401
from problems import series_facial_exp  # noqa: F401
from problems import series_particle  # noqa: F401
from problems import series_smartphone_sensor  # noqa: F401
from problems import video_bair  # noqa: F401
from problems import video_folder  # noqa: F401
from problems import video_kth  # noqa: F401
from problems import video_mmnist  # noqa: F401
from problems import video_moving_digits  # noqa: F401
from problems import video_toy_pushing  # noqa: F401
