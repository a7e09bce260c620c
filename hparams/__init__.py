"""Hparams sets: one file per row of the tables; importing registers them."""

from t2t_af import mended  # noqa: F401

# isort: split
from hparams import autoregressive_flow  # noqa: F401
from hparams import slvm  # noqa: F401
from hparams import slvm_series  # noqa: F401
from hparams import video_flow  # noqa: F401
