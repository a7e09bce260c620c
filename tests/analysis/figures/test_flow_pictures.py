"""Pictures of a flow hold its arrays, scaled as their labels say."""

import os
import re

import numpy as np
import pytest

from t2t_af import errors
from t2t_af.analysis.charts import pictures
from t2t_af.analysis.figures import flow_pictures
from t2t_af.analysis.figures import pixel_path
from t2t_af.analysis.results import flow_arrays
from tests.analysis import fake_results as fake


@pytest.fixture(name="flow_of")
def _flow_of(tmp_path):
  def make(**kwargs):
    path = str(tmp_path / "flow.npz")
    arrays = fake.flow(path, **kwargs)
    return flow_arrays.read(path), arrays

  return make


@pytest.fixture(name="rows")
def _rows(monkeypatch):
  """The rows that a strip is made of, by label; its border count too."""
  seen = {}

  def strip(rows, num_cond_steps, scale=None):
    seen.update(
      {row.label: row.frames for row in rows}, num_cond=num_cond_steps
    )
    return real(rows, num_cond_steps, scale)

  real = pictures.strip
  monkeypatch.setattr(pictures, "strip", strip)
  return seen


def _labelled(rows, start):
  """(frames, number in the label) of the row whose label starts so."""
  (label,) = [l for l in rows if str(l).startswith(start)]
  return rows[label], float(re.search(r"([\d.]+)$", label)[1])


def test_two_transforms_have_three_rows_each(flow_of, rows):
  flow, arrays = flow_of(num_transforms=2, channels=3)
  flow_pictures.strip(flow)
  assert [label.split(":")[0] for label in rows if label != "num_cond"] == [
    "frames x",
    "shift 1",
    "scale 1",
    "noise y1",
    "shift 2",
    "scale 2",
    "noise y2",
  ]
  np.testing.assert_array_equal(rows["frames x"], arrays["x"][0])
  assert rows["num_cond"] == fake.NUM_COND


def test_colours_are_those_of_the_labels(flow_of, rows):
  flow, arrays = flow_of()
  flow_pictures.strip(flow)
  known = slice(fake.NUM_COND, None)
  shift, high = _labelled(rows, "shift")
  assert high == 1.0
  np.testing.assert_allclose(
    shift[known], arrays["shift_1"][0, known] * 255.0, atol=0.51
  )
  scale, high = _labelled(rows, "scale")
  expected = arrays["scale_1"][0, known].astype(float) / high * 255.0
  np.testing.assert_allclose(scale[known], expected.clip(0, 255), atol=1.5)
  noise, high = _labelled(rows, "noise")
  expected = 127.5 + arrays["y_1"][0, known].astype(float) / high * 127.5
  np.testing.assert_allclose(noise[known], expected.clip(0, 255), atol=1.5)


def test_long_sequences_begin_shortly_before_what_is_scored(flow_of, rows):
  flow, arrays = flow_of()
  long = {
    name: np.concatenate([arrays[name]] * 2, axis=1).astype(np.float32)
    for name in ("shift_1", "scale_1", "y_1")
  }
  x = np.concatenate([arrays["x"]] * 2, axis=1)
  flow_pictures.strip(
    flow._replace(
      x=x, num_cond=9, transforms=[flow_arrays.Transform(1, *long.values())]
    )
  )
  np.testing.assert_array_equal(rows["frames x from 7 on"], x[0, 6:18])
  noise, _ = _labelled(rows, "noise")
  assert len(noise) == 12 and rows["num_cond"] == 3


def test_noise_of_zero_is_grey_and_percentile_cuts_off():
  noise = np.linspace(-1, 1, 1001).reshape(1, 7, 11, 13)
  noise.flat[0] = -1000.0
  row = flow_pictures._signed("noise", noise)
  assert row.frames[noise == 0.0] == 128
  assert float(row.label.split()[-1]) == pytest.approx(0.99, abs=0.01)
  assert row.frames.flat[-1] == 255 and row.frames.flat[0] == 0


def test_undefined_frames_are_crossed_out_and_no_others(flow_of, rows):
  flow, _ = flow_of(num_transforms=2)
  flow_pictures.strip(flow)
  for label, count in (("noise y1", 3), ("noise y2", 6)):
    frames, _ = _labelled(rows, label)
    crossed = (frames == flow_pictures._CROSSED).mean(axis=(1, 2, 3)) > 0.5
    assert crossed.tolist() == [t < count for t in range(len(frames))]
    assert (frames[0, 0, 0] == flow_pictures._CROSS).all()


def test_latents_are_means_over_channels_or_one_of_them(flow_of, rows):
  flow, arrays = flow_of(num_transforms=0, latents=True)
  flow_pictures.latent_strip(flow)
  assert any(l.startswith("level 1, mean of channels: z") for l in rows)
  frames, high = _labelled(rows, "level 0, mean of channels: z")
  assert frames.shape[1:3] == (fake.SIZE, fake.SIZE), "enlarged to the frames"
  both = np.stack(
    [
      arrays[name][0].astype(np.float32).mean(axis=-1)
      for name in ("z_0", "alpha_0")
    ]
  )
  assert high == pytest.approx(np.percentile(np.abs(both), 99), abs=0.005), (
    "z and its shift share one scale"
  )
  mean = arrays["z_0"][0].astype(np.float32).mean(axis=-1, keepdims=True)
  np.testing.assert_allclose(
    frames[:, ::2, ::2], (127.5 + mean / high * 127.5).clip(0, 255), atol=1.5
  )
  rows.clear()
  flow_pictures.latent_strip(flow, channel=2)
  frames, high = _labelled(rows, "level 0, channel 2: z")
  expected = 127.5 + arrays["z_0"][0, ..., 2:3].astype(float) / high * 127.5
  np.testing.assert_allclose(
    frames[:, ::2, ::2], expected.clip(0, 255), atol=1.5
  )


def test_one_step_is_the_one_with_most_noise(flow_of, rows):
  flow, arrays = flow_of()
  flow.transforms[0].noise[0, 5] *= 10.0
  flow_pictures.one_step(flow)
  np.testing.assert_array_equal(rows["frame x"], arrays["x"][0, 5:6])


def test_a_frame_that_is_defined_in_part_is_shown():
  values = np.ones((2, 4, 4, 1))
  values[0, 0, 0], values[1] = np.nan, np.nan
  frames = flow_pictures._levels(values)
  assert frames[0, 0, 0] == 0 and (frames[0, 1:] == 255).all()
  assert (frames[1] != 255).all()


@pytest.mark.parametrize(
  "change, told",
  [
    (lambda a: a.pop("num_cond"), "no x or no num_cond"),
    (lambda a: a.pop("scale_1"), "lacks scale_1"),
    (lambda a: a.update(y_1=a["y_1"][:, 1:]), "shapes differ"),
    (lambda a: a.update(x=a["x"][:1]), r"but x is \[1, 9, 16, 16, 1\]"),
    (
      lambda a: [a.pop(n + "_1") for n in ("y", "shift", "scale")],
      "no transform and no latent level",
    ),
  ],
)
def test_wrong_arrays_are_told(tmp_path, change, told):
  path = str(tmp_path / "flow.npz")
  arrays = fake.flow(path)
  change(arrays)
  np.savez(path, **arrays)
  with pytest.raises(errors.UserError, match=told):
    flow_arrays.read(path)


def test_broken_file_is_told(tmp_path):
  path = tmp_path / "flow.npz"
  path.write_bytes(b"PK\x03\x04 cut")
  with pytest.raises(errors.UserError, match="cannot be read"):
    flow_arrays.read(str(path))
  assert os.path.exists(path)


def _by_style(panel):
  return {line.style: line for line in panel.lines}


def test_path_is_that_of_the_place_that_changes_most(flow_of):
  flow, arrays = flow_of()
  arrays["x"][0, ::2, 9, 2, 0] = 255
  flow = flow._replace(x=arrays["x"])
  place = pixel_path.liveliest(flow)
  assert place.index == (9, 2, 0) and "row 10, column 3" in place.name
  charts = pixel_path.charts(flow, place, standard_base=True)
  before, after = map(_by_style, charts)
  np.testing.assert_allclose(
    before["thick"].y, arrays["x"][0, :, 9, 2, 0] / 256.0
  )
  at = (0, slice(None), 9, 2, 0)
  np.testing.assert_allclose(before["dashed"].y, arrays["shift_1"][at])
  np.testing.assert_allclose(before["band"].stderr, arrays["scale_1"][at])
  np.testing.assert_allclose(after["thick"].y, arrays["y_1"][at])
  np.testing.assert_allclose(after["band"].stderr[fake.NUM_COND :], 1.0)
  assert np.isnan(after["band"].stderr[: fake.NUM_COND]).all()


def test_path_is_framed_by_the_first_transform(flow_of):
  flow, arrays = flow_of(num_transforms=2)
  place = pixel_path.Place(0, (6, 6, 0))
  charts = pixel_path.charts(flow, place)
  before, after = map(_by_style, charts)
  at = (0, slice(None), 6, 6, 0)
  np.testing.assert_allclose(before["band"].stderr, arrays["scale_1"][at])
  np.testing.assert_allclose(after["thick"].y, arrays["y_2"][at])


def test_base_density_is_drawn_only_where_it_is_known(flow_of):
  flow, _ = flow_of()
  assert "band" not in _by_style(pixel_path.charts(flow)[1])
  loc = np.full(flow.x.shape, 0.5, np.float32)
  charts = pixel_path.charts(flow._replace(base_loc=loc, base_scale=2 * loc))
  band = _by_style(charts[1])["band"]
  assert (band.y[0], band.stderr[0]) == (0.5, 1.0)


def test_path_of_a_series():
  x = np.cumsum(np.ones((1, 5, 2), np.float32) * (1.0, 3.0), axis=1)
  flow = flow_arrays.Flow(
    x, 3, [flow_arrays.Transform(1, x, x, x)], [], None, None
  )
  assert pixel_path.liveliest(flow).name == "column 2"
  assert len(pixel_path.charts(flow)) == 2
