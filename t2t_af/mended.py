"""Importing this mends tensor2tensor; it comes before anything that imports it.

from t2t_af import mended  # noqa: F401

# isort: split
from tensor2tensor.utils import registry
"""

from t2t_af import compat

compat.apply()
