"""Data sets: importing the package registers every one of them.

One file per data set; `video_base` and `series_base` are what they share.
"""

# First of all, because it mends tensor2tensor, which the others import.
import t2t_af  # pylint: disable=unused-import

from problems import series_activity_rec  # pylint: disable=unused-import
from problems import series_csv  # pylint: disable=unused-import
from problems import series_facial_exp  # pylint: disable=unused-import
from problems import series_particle  # pylint: disable=unused-import
from problems import series_smartphone_sensor  # pylint: disable=unused-import
from problems import video_bair  # pylint: disable=unused-import
from problems import video_folder  # pylint: disable=unused-import
from problems import video_kth  # pylint: disable=unused-import
from problems import video_mmnist  # pylint: disable=unused-import
from problems import video_moving_digits  # pylint: disable=unused-import
from problems import video_toy_pushing  # pylint: disable=unused-import
