"""Data sets: importing the package registers every one of them.

One file per data set; `video_base` is what the video sets share.
"""

# First of all, because it mends tensor2tensor, which the others import.
import t2t_af  # pylint: disable=unused-import

from problems import video_bair  # pylint: disable=unused-import
from problems import video_toy_pushing  # pylint: disable=unused-import
