"""`results/flow.npz`, of runs whose flows are given."""

import os
import types

import numpy as np
import tensorflow.compat.v1 as tf

from t2t_af import windows
from t2t_af.analysis.results import flow_arrays
from t2t_af.experiments import flow_file


class _Frames:
  """A run of video: what `decompositions` gives."""

  is_series, step = False, 7
  hparams = types.SimpleNamespace(video_num_input_frames=3)

  def __init__(self, output_dir, **found):
    self.output_dir, self._found = str(output_dir), found

  def decompositions(self, split, count):
    assert (split, count) == ("test", 2)
    return [
      {
        windows.SEQUENCE_ID: np.array([f"walk/{i}".encode()]),
        **{name: values[i : i + 1] for name, values in self._found.items()},
      }
      for i in range(count)
    ]


def test_flow_file_of_video(tmp_path):
  x = np.arange(2 * 5 * 12, dtype=np.int32).reshape([2, 5, 2, 2, 3])
  u = np.linspace(-3, 3, 2 * 2 * 8, dtype=np.float32).reshape([2, 2, 1, 1, 8])
  assert flow_file.write(
    _Frames(tmp_path, x=x, z_0=u, alpha_0=u, beta_0=u, u_0=u), "test", 2
  )
  flow = flow_arrays.read(str(tmp_path / "results" / "flow.npz"))
  assert flow.x.dtype == np.uint8 and flow.num_cond == 3
  np.testing.assert_array_equal(flow.x, x)
  (latent,) = flow.latents
  (events,) = tmp_path.glob("analysis/events*")
  *_, event = tf.train.summary_iterator(str(events))
  assert event.step == 7
  assert [v.tag for v in event.summary.value] == ["flow/latent_levels"]
  assert np.isnan(latent.noise[:, :3]).all()
  np.testing.assert_allclose(latent.noise[:, 3:], u, rtol=1e-3)


def test_model_without_a_flow_has_no_file(tmp_path):
  x = np.zeros([2, 5, 2, 2, 3], np.int32)
  assert not flow_file.write(_Frames(tmp_path, x=x), "test", 2)
  assert not os.listdir(tmp_path)


def test_a_series_keeps_its_scale_and_full_precision(tmp_path):
  run = _Frames(
    tmp_path,
    x=np.full([2, 5, 3], 1 / 3, np.float32),
    y_1=np.full([2, 5, 3], 1e-4, np.float32),
    shift_1=np.zeros([2, 5, 3], np.float32),
    scale_1=np.ones([2, 5, 3], np.float32),
  )
  run.is_series = True
  statistics = types.SimpleNamespace(
    mean=np.arange(3.0), std=np.arange(1.0, 4.0), names=("a", "b", "c")
  )
  run.problem = types.SimpleNamespace(
    statistics_for=lambda hparams: statistics if hparams is run.hparams else 0
  )
  flow_file.write(run, "test", 2)
  with np.load(tmp_path / "results" / "flow.npz") as stored:
    assert stored["x"].dtype == stored["y_1"].dtype == np.float32
    np.testing.assert_array_equal(stored["y_1"], np.float32(1e-4))
    np.testing.assert_array_equal(stored["std"], [1, 2, 3])
    assert stored["names"].tolist() == ["a", "b", "c"]
    assert stored[windows.SEQUENCE_ID].tolist() == ["walk/0", "walk/1"]
