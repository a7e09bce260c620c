"""Hparams sets: one file per row of the tables; importing registers them."""

from hparams import autoregressive_flow  # pylint: disable=unused-import
from hparams import slvm  # pylint: disable=unused-import
from hparams import slvm_series  # pylint: disable=unused-import
from hparams import video_flow  # pylint: disable=unused-import
