"""Samples of video and of series: scores in words, pictures, tables."""

import types

import numpy as np
import pytest

from t2t_af.experiments import series_samples
from t2t_af.experiments import video_samples

DISPLAY = types.SimpleNamespace(
  max_display_outputs=2, max_display_decodes=1, frames_per_second=10
)
STATISTICS = types.SimpleNamespace(
  mean=np.array([10.0, -3.0]), std=np.array([2.0, 0.5]), names=("a", "b")
)


def _video(side, error, num_contexts=3):
  """Grey level 100; each sample is `error` levels off."""
  frame = np.full([side, side, 3], 100)
  return video_samples.VideoSamples(
    [
      dict(
        inputs=np.stack([frame] * 3),
        targets=np.stack([frame] * 2),
        outputs=np.stack([np.stack([frame + error] * 2)] * 4),
      )
      for _ in range(num_contexts)
    ],
    [f"clip_{i}" for i in range(num_contexts)],
  )


def test_video_is_described_in_decibels():
  psnr = 20 * np.log10(255 / 10)
  assert _video(16, 10).describe().startswith(f"PSNR {psnr:.2f} dB, SSIM 0.9")
  assert _video(16, 0).describe() == "PSNR 100.00 dB, SSIM 1.000"


def test_small_frames_have_no_ssim():
  samples = _video(4, 10)
  assert samples.describe().endswith("SSIM none (small frames)")
  fields = samples.record_fields()
  assert fields["ssim_best_of_n"] is None
  assert fields["ssim_per_step"] is None
  assert len(fields["psnr_per_step"]) == 2


def test_as_many_contexts_and_samples_are_drawn_as_are_displayed():
  samples = _video(8, 1)
  assert list(samples.images(DISPLAY)) == [
    f"samples/{i}{kind}" for i in range(2) for kind in ("", "_moving")
  ]
  contexts = list(samples._contexts(DISPLAY))
  assert [number for number, _ in contexts] == [0, 1]
  assert [row.label for row in contexts[0][1]] == ["truth", "sample 1"]
  assert contexts[0][1][0].frames.shape == (3 + 2, 8, 8, 3)


def test_more_displays_than_contexts_draw_all():
  display = types.SimpleNamespace(max_display_outputs=9, max_display_decodes=9)
  samples = _video(8, 1, num_contexts=1)
  ((_, rows),) = samples._contexts(display)
  assert len(rows) == 1 + 4


def test_video_is_written_where_it_is_looked_for(tmp_path):
  _video(8, 1).write(str(tmp_path / "decode"), DISPLAY)
  written = {
    str(path.relative_to(tmp_path / "decode"))
    for path in (tmp_path / "decode").rglob("*")
    if path.is_file()
  }
  assert {
    "quality.csv",
    "context_000/strip.png",
    "context_001/samples.gif",
    "context_001/truth/frame_0001.png",
    "context_000/sample_1/frame_0005.png",
  } <= written
  assert not any(name.startswith("context_002") for name in written)


def _series(error):
  return series_samples.SeriesSamples(
    [
      dict(
        inputs=np.zeros([3, 2], np.float32),
        targets=np.ones([4, 2], np.float32),
        outputs=np.full([5, 4, 2], 1.0 + error, np.float32),
      )
    ]
    * 3,
    ["walk", "walk", "run"],
    STATISTICS,
  )


def test_series_are_described_by_their_standardised_error():
  assert _series(0.5).describe().startswith("RMSE 0.500")
  fields = _series(0.5).record_fields()
  assert fields["rmse_best_of_n"] == pytest.approx(0.5)
  assert fields["rmse_per_step"] == pytest.approx([0.5] * 4)
  assert fields["psnr_best_of_n"] is None and fields["ssim_per_step"] is None


def test_crps_is_in_the_line_only_where_it_was_computed(monkeypatch):
  samples = _series(0.5)
  for crps, words in ((None, False), (0.25, True)):
    monkeypatch.setattr(
      samples,
      "record_fields",
      lambda crps=crps: dict(rmse_best_of_n=0.5, crps=crps),
    )
    assert ("CRPS 0.250" in samples.describe()) == words


def test_series_keep_their_scale_beside_the_arrays():
  arrays = _series(0.0).arrays
  np.testing.assert_array_equal(arrays["std"], STATISTICS.std)
  np.testing.assert_array_equal(arrays["mean"], STATISTICS.mean)
  assert arrays["names"].tolist() == ["a", "b"]
  assert arrays["outputs"].dtype == np.float32


def test_the_table_of_a_series_is_in_raw_units(tmp_path):
  _series(0.5).write(str(tmp_path), DISPLAY)
  lines = (tmp_path / "samples.csv").read_text(encoding="utf-8").splitlines()
  cells = [line.split(",") for line in lines[1:]]
  given = [row for row in cells if row[:2] == ["1", "given"]]
  assert [list(map(float, row[3:])) for row in given] == [[10.0, -3.0]] * 3
  values = {tuple(map(float, row[3:])) for row in cells}
  assert values == {(10.0, -3.0), (12.0, -2.5), (13.0, -2.25)}
  assert (tmp_path / "context_001" / "samples.png").exists()
  assert not (tmp_path / "context_002").exists()
