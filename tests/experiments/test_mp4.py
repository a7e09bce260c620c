"""Frames as an .mp4: as many as there are, of their size, all but the same."""

import io

import numpy as np
import pytest

from t2t_af.experiments.asking import mp4
from tests.fixtures import mp4_file


@pytest.mark.parametrize("shape", [(7, 16, 24, 3), (1, 15, 9, 1)])
def test_what_is_encoded_is_seen(shape):
  slope = np.linspace(0, 255, int(np.prod(shape[:3]))).reshape(shape[:3])
  frames = np.repeat(slope[..., np.newaxis], shape[3], axis=3).astype(np.uint8)
  seen = mp4_file.read(io.BytesIO(mp4.encode(frames, 200)))
  assert seen.shape == (*shape[:3], 3)
  assert np.abs(seen.astype(int) - frames).max() <= 6
