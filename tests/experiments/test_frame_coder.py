"""Codes of video: every bit comes back, at the cost that the model says."""

import json
import os
import zlib

import numpy as np
import pytest
import scipy.stats

import t2t_af
from t2t_af import errors
from t2t_af.bin import main as t2t_af_command
from t2t_af.experiments.asking import code_file
from t2t_af.experiments.asking import frame_coder
from t2t_af.experiments.asking import other_coders

pytest.importorskip("constriction")


def _clip(num_frames=12, seed=0):
  """Drifting noise, with black, white and cut frames among it."""
  rng = np.random.RandomState(seed)
  steps = rng.normal(0.0, 6.0, [num_frames, 16, 16, 1]).cumsum(axis=0) + 128
  frames = np.clip(steps, 0, 255).astype(np.uint8)
  frames[5], frames[6], frames[8] = 0, 255, rng.randint(0, 256, [16, 16, 1])
  return frames


@pytest.fixture(name="coder", scope="module")
def _coder(video_run):
  with t2t_af.load(video_run.output_dir) as run:
    yield frame_coder.FrameCoder(run)


def test_frames_come_back_bit_by_bit_at_the_models_rate(coder):
  frames = _clip()
  code = coder.encode(frames)
  np.testing.assert_array_equal(coder.decode(code.data, "x"), frames)
  assert code.bits_per_dim < 1.01 * code.model_bits_per_dim
  # Not of the frames that are given, and with a header.
  coded = 8 * len(code.data) / frames[3:].size
  assert code.bits_per_dim < coded < code.bits_per_dim + 3 * 8 / 9 + 0.9


def test_a_levels_probability_is_that_of_its_interval():
  mean, std = np.array([7.3]), np.array([4.0])
  every = np.arange(256)
  bits = frame_coder.bits(every, mean, std)
  normal = scipy.stats.norm(7.3, 4.0)
  edges = np.concatenate([[-np.inf], every[:-1] + 0.5, [np.inf]])
  np.testing.assert_allclose(
    2.0**-bits, np.diff(normal.cdf(edges)), rtol=1e-9, atol=1e-15
  )
  np.testing.assert_allclose((2.0**-bits).sum(), 1.0, rtol=1e-12)
  # Far out, where 1 - cdf is 0 in float64, the logarithm is still finite.
  assert np.isfinite(bits).all() and bits[200] > 1000


def _sealed(data):
  """With the checksum of what it is now."""
  start = len(code_file.MAGIC)
  rest = data[start + 4 :]
  return data[:start] + zlib.crc32(rest).to_bytes(4, "little") + rest


def test_what_cannot_be_decoded_is_told(coder):
  data = coder.encode(_clip()).data
  assert _sealed(data) == data
  place = data.index(b'"model": "') + len(b'"model": "')
  other = data[:place] + b"0" * 12 + data[place + 12 :]
  newer = data.replace(b'"version": 1', b'"version": 2')
  for broken, told in (
    (_sealed(other), "made by another model"),
    (_sealed(newer), "is of version 2"),
    (b"RIFF" + data, "was not made by"),
    (data[:60], "is damaged"),
    (data[:-1], "is damaged"),
  ):
    with pytest.raises(errors.UserError, match=told):
      coder.decode(broken, "x.t2taf")


def test_a_flipped_bit_is_told_wherever_it_is(coder):
  data = coder.encode(_clip()).data
  for place in range(0, len(data), max(1, len(data) // 50)):
    flipped = bytearray(data)
    flipped[place] ^= 1
    with pytest.raises(errors.UserError, match="damaged|was not made by"):
      coder.decode(bytes(flipped), "x.t2taf")


def test_too_few_frames_are_told_by_name(coder):
  with pytest.raises(errors.UserError, match="v.npy: 3 frames are too few"):
    coder.encode(_clip()[:3], "v.npy")


def test_a_machine_that_computes_otherwise_is_told(coder, monkeypatch):
  data, ours = coder.encode(_clip()).data, coder._next

  class Other:
    num_given = ours.num_given

    def __call__(self, given):
      mean, std = ours(given)
      return mean + 3.0, std

  monkeypatch.setattr(coder, "_next", Other())
  with pytest.raises(errors.UserError, match="computes the flows otherwise"):
    coder.decode(data, "x.t2taf")


def test_runs_of_other_kinds_are_told(series_run):
  with t2t_af.load(series_run.output_dir) as run:
    with pytest.raises(errors.UserError, match="autoregressive_flow on video"):
      frame_coder.FrameCoder(run)


def test_the_commands_undo_each_other(video_run, tmp_path, capsys):
  frames, out = _clip(), str(tmp_path / "out")
  np.save(str(tmp_path / "clip.npy"), frames)
  argv = ["compress", video_run.output_dir, str(tmp_path / "clip.npy")]
  assert t2t_af_command.main([*argv, "--out", out]) == 0
  told = capsys.readouterr().out
  assert "12 frames 16x16x1, 3,072 bytes -> " in told and "PNG" in told
  assert "frames made" not in told
  assert t2t_af_command.main([*argv, "--out", out, "--json"]) == 0
  (sizes,) = json.loads(capsys.readouterr().out)["files"]
  assert sizes["shape"] == [12, 16, 16, 1] and sizes["frames_made"] is None
  assert f"{sizes['code_bytes']:,} (PNG {sizes['png_bytes']:,}" in told
  assert os.path.getsize(f"{out}/clip.npy.t2taf") == sizes["code_bytes"]
  argv = ["decompress", video_run.output_dir, f"{out}/clip.npy.t2taf"]
  assert t2t_af_command.main([*argv, "--out", out]) == 0
  np.testing.assert_array_equal(np.load(f"{out}/clip.npy.npy"), frames)


def test_folders_are_coded_and_decoded_below_their_subfolders(
  video_run, tmp_path, capsys
):
  """One clip is larger than the run's, and one has nothing to be learnt."""
  clips, out = tmp_path / "clips", str(tmp_path / "out")
  (clips / "deep").mkdir(parents=True)
  np.save(str(clips / "large.npy"), np.repeat(_clip(), 2, axis=1))
  rng = np.random.RandomState(0)
  wild = rng.randint(0, 256, [9, 16, 16, 1], np.uint8)
  np.save(str(clips / "deep" / "wild.npy"), wild)
  run = video_run.output_dir
  assert t2t_af_command.main(["compress", run, str(clips), "--out", out]) == 0
  lines = capsys.readouterr().out.splitlines()
  assert "frames made 16x16 grey first: that is what comes back" in lines[1]
  assert lines[0].startswith("deep/wild.npy: ") and "made" not in lines[0]
  assert "the code is larger than the frames as they are" in lines[0]
  with open(os.path.join(out, "cut.t2taf"), "wb") as stream:
    stream.write(code_file.MAGIC)
  argv = ["decompress", run, out, "--out", str(tmp_path / "back")]
  assert t2t_af_command.main(argv) == 2
  told = capsys.readouterr().err
  assert "cut.t2taf is damaged or cut short" in told and "Trace" not in told
  assert "error: 1 of 3 files" in told
  back = np.load(str(tmp_path / "back" / "deep" / "wild.npy.npy"))
  np.testing.assert_array_equal(back, wild)
  large = np.load(str(tmp_path / "back" / "large.npy.npy"))
  assert large.shape == (12, 16, 16, 1)


@pytest.mark.parametrize("channels", [1, 3])
def test_other_coders_need_less_for_what_does_not_change(channels):
  shape = [8, 32, 32, channels]
  noise = np.random.RandomState(0).randint(0, 256, shape, np.uint8)
  still = np.zeros(shape, np.uint8)
  assert other_coders.png(still) < 8 * 200 < other_coders.png(noise)
  if other_coders.ffv1(still) is not None:
    assert other_coders.ffv1(still) < other_coders.ffv1(noise)
    assert other_coders.ffv1(noise) > 0.9 * noise.size
