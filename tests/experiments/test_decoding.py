"""What `t2t-decoder` writes, from a model that returns known frames."""

import io
import json
import types

import numpy as np
from PIL import Image
import pytest
from tensor2tensor.utils import decoding as t2t_decoding
from tensor2tensor.utils import hparam
import tensorflow.compat.v1 as tf

from t2t_af import windows as windows_lib
from t2t_af.experiments import decoding
from t2t_af.records import json_lines
from t2t_af.records import run_folder

CONTEXTS, SAMPLES, COND, TIME = 5, 3, 3, 4
FINGERPRINT = "0123456789abcdef" * 4


def _estimator(folder, predict):
  """The part of an Estimator that decoding asks."""
  return types.SimpleNamespace(
    model_dir=folder,
    predict=predict,
    latest_checkpoint=lambda: folder + "/model.ckpt-9",
  )


def _origin(number):
  """Of a prediction: what the reading of the data says of its window."""
  return {
    windows_lib.SEQUENCE_ID: f"walk_{number // 2}/{number % 2}".encode(),
    windows_lib.START: 0,
    windows_lib.SPLIT: b"test",
    windows_lib.IS_WHOLE_SPLIT: False,
  }


def _recording(sequence_id):
  return sequence_id.rpartition("/")[0]


def _video_hparams(input_fn):
  return hparam.HParams(
    batch_size=2,
    temperature=0.5,
    data_dir="there",
    problem=types.SimpleNamespace(
      name="video_x",
      make_estimator_input_fn=input_fn,
      recording=_recording,
      data_fingerprint=lambda data_dir: FINGERPRINT,
    ),
  )


@pytest.fixture(name="decoded", scope="module")
def _decoded(tmp_path_factory):
  """Decodes 5 contexts (no multiple of anything); sample 1 is the truth."""
  folder = str(tmp_path_factory.mktemp("run"))
  random = np.random.RandomState(0)
  truth = random.randint(0, 256, [CONTEXTS, COND + TIME, 16, 16, 3])
  outputs = random.randint(0, 256, [CONTEXTS, SAMPLES, TIME, 16, 16, 3])
  outputs[:, 1] = truth[:, COND:]
  asked = {}

  def input_fn(mode, hparams, dataset_kwargs):
    del hparams
    asked.update(dataset_kwargs, mode=mode)

  def predict(input_fn, checkpoint_path):
    del input_fn, checkpoint_path
    for i in range(CONTEXTS):
      yield dict(
        _origin(i),
        inputs=truth[i, :COND],
        targets=truth[i, COND:],
        outputs=outputs[i].astype(np.uint8),
        scores=0,
      )

  decode_hp = t2t_decoding.decode_hparams(
    "num_samples=5,num_decodes=3,max_display_outputs=2,max_display_decodes=2"
  )
  run_folder.update(
    folder, model="video_flow", seed=4, data_fingerprint="another"
  )
  decoding.decode_from_dataset(
    _estimator(folder, predict),
    "video_x",
    _video_hparams(input_fn),
    decode_hp,
    dataset_split="test",
  )
  return folder, truth, outputs, asked


def test_asks_for_the_contexts_wanted(decoded):
  *_, asked = decoded
  assert asked["max_records"] == 5 and asked["dataset_split"] == "test"
  assert asked["mode"] == tf.estimator.ModeKeys.PREDICT


def test_samples_are_stored_as_they_came(decoded):
  folder, truth, outputs, _ = decoded
  stored = np.load(folder + "/samples.npz")
  np.testing.assert_array_equal(stored["outputs"], outputs)
  np.testing.assert_array_equal(stored["inputs"], truth[:, :COND])
  assert stored["targets"].dtype == np.uint8


def test_the_record_scores_the_best_sample(decoded):
  folder, *_ = decoded
  (record,) = json_lines.read(run_folder.results(folder, "samples"))
  assert record["psnr_best_of_n"] == 100.0  # the ceiling: sample 1 is the truth
  assert record["ssim_best_of_n"] == pytest.approx(1.0, abs=1e-5)
  assert (record["seed"], record["step"], record["temperature"]) == (4, 9, 0.5)
  assert (record["num_contexts"], record["num_samples"]) == (5, 3)
  assert record["split"] == "test"
  assert record["data_fingerprint"] == FINGERPRINT
  assert record["trained_data_fingerprint"] == "another"
  assert record["sequence_ids"][1:3] == ["walk_0/1", "walk_1/0"]
  assert record["num_recordings"] == 3
  assert record["psnr_best_of_n_stderr"] is None  # of three recordings
  json.dumps(record, allow_nan=False)


def test_pictures_show_the_frames(decoded):
  folder, truth, *_ = decoded
  frame = np.asarray(
    Image.open(folder + "/decode/context_001/truth/frame_0002.png")
  )
  np.testing.assert_array_equal(frame, truth[1, 1])
  gif = Image.open(folder + "/decode/context_000/samples.gif")
  assert gif.n_frames == COND + TIME
  assert Image.open(folder + "/decode/context_000/strip.png").width > 16 * 7
  assert not tf.gfile.Exists(folder + "/decode/context_002")


def test_summaries_reach_tensorboard(decoded):
  folder, *_ = decoded
  (path,) = tf.gfile.Glob(folder + "/decode/events*")
  found = {
    v.tag: (e.step, v)
    for e in tf.train.summary_iterator(path)
    for v in e.summary.value
  }
  assert {"psnr_best_of_n", "ssim_best_of_n", "samples/0"} <= set(found)
  step, value = found["samples/1_moving"]
  moving = Image.open(io.BytesIO(value.image.encoded_image_string))
  assert step == 9 and moving.format == "GIF" and moving.n_frames == COND + TIME


# --- Series.

MEAN, STD = np.array([10.0, -3.0]), np.array([2.0, 0.5])


class _SeriesProblem:
  """The part of a SeriesProblem that decoding asks; `total` windows."""

  name = "series_x"

  def __init__(self, windows):
    self.windows = windows

  def recording(self, sequence_id):
    return _recording(sequence_id)

  def data_fingerprint(self, data_dir):
    assert data_dir == "there"
    return FINGERPRINT

  def statistics(self, data_dir):
    assert data_dir == "there"
    return types.SimpleNamespace(mean=MEAN, std=STD, names=("a", "b"))

  def statistics_for(self, hparams):
    return self.statistics(hparams.data_dir)

  def split_files(self, data_dir, split):
    return [data_dir, split]

  def num_windows(self, files, num_inputs, num_targets):
    assert (files, num_inputs, num_targets) == (["there", "test"], COND, TIME)
    return len(self.windows)

  def make_estimator_input_fn(self, mode, hparams, dataset_kwargs):
    del mode
    assert dataset_kwargs["max_records"] == -1

    def input_fn(params, config):
      del params, config
      return tf.data.Dataset.from_tensor_slices(self.windows).batch(
        hparams.batch_size
      )

    return input_fn


def _windows_read(input_fn):
  """What an input_fn gives, window by window."""
  batch = tf.data.make_one_shot_iterator(input_fn(None, None)).get_next()
  windows = []
  with tf.Session() as session:
    while True:
      try:
        windows.extend(session.run(batch))
      except tf.errors.OutOfRangeError:
        return windows


def _decode_series(folder, windows, outputs, num_contexts):
  """Decodes `outputs`; returns the windows that were read for it."""
  asked = []

  def predict(input_fn, checkpoint_path):
    del checkpoint_path
    asked.extend(_windows_read(input_fn))
    for number, (window, samples) in enumerate(zip(asked, outputs)):
      yield dict(
        _origin(number),
        inputs=window[:COND],
        targets=window[COND:],
        outputs=samples,
        scores=0,
      )

  hparams = hparam.HParams(
    batch_size=2,
    data_dir="there",
    video_num_input_frames=COND,
    video_num_target_frames=TIME,
    problem=_SeriesProblem(windows),
  )
  decoding.decode_from_dataset(
    _estimator(folder, predict),
    "series_x",
    hparams,
    t2t_decoding.decode_hparams(
      "num_samples=%d,num_decodes=%d,max_display_outputs=2,"
      "max_display_decodes=2" % (num_contexts, SAMPLES)
    ),
    dataset_split="test",
  )
  return np.array(asked)


def test_series_leave_arrays_a_table_charts_and_a_record(tmp_path):
  folder = str(tmp_path)
  rng = np.random.RandomState(0)
  windows = rng.normal(size=(11, COND + TIME, 2)).astype(np.float32)
  outputs = rng.normal(size=(5, SAMPLES, TIME, 2)).astype(np.float32)
  outputs[:, 2] = windows[::2][:5, COND:]  # Sample 3 is the truth.
  asked = _decode_series(folder, windows, outputs, num_contexts=5)
  # Evenly spread, not the first five: these may all be of one series.
  np.testing.assert_array_equal(asked, windows[::2][:5])
  stored = np.load(folder + "/samples.npz")
  np.testing.assert_array_equal(stored["outputs"], outputs)
  assert stored["names"].tolist() == ["a", "b"]
  np.testing.assert_array_equal(stored["std"], STD)
  lines = open(folder + "/decode/samples.csv", encoding="utf-8").readlines()
  assert lines[0].strip() == "context,what,step,a,b"
  first = [float(v) for v in lines[1].split(",")[3:]]
  assert first == pytest.approx((windows[0, 0] * STD + MEAN).tolist(), rel=1e-5)
  assert Image.open(folder + "/decode/context_001/samples.png").width > 300
  assert not tf.gfile.Exists(folder + "/decode/context_002")
  (record,) = json_lines.read(run_folder.results(folder, "samples"))
  assert record["rmse_best_of_n"] == pytest.approx(0.0, abs=1e-6)
  assert record["rmse_mean_of_n"] > 0.5 and record["crps"] > 0.0
  assert record["psnr_best_of_n"] is None and record["num_recordings"] == 3
  assert (record["num_contexts"], record["num_predicted_steps"]) == (5, TIME)


def test_all_windows_of_a_series_can_be_asked_for(tmp_path):
  windows = np.zeros((7, COND + TIME, 2), np.float32)
  outputs = np.zeros((7, SAMPLES, TIME, 2), np.float32)
  assert len(_decode_series(str(tmp_path), windows, outputs, -1)) == 7
