"""Hparams sets: one file per row of the tables; importing registers them."""

from hparams import video_flow  # pylint: disable=unused-import
