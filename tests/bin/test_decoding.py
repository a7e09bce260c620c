"""What `t2t-decoder` writes, from a model that returns known frames."""

import json
import types

import numpy as np
import pytest
from PIL import Image
from tensor2tensor.utils import decoding as t2t_decoding
import tensorflow.compat.v1 as tf

from t2t_af import records
from t2t_af import run_folder
from t2t_af.bin import decoding

CONTEXTS, SAMPLES, COND, TIME = 5, 3, 3, 4


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
      yield dict(inputs=truth[i, :COND], targets=truth[i, COND:],
                 outputs=outputs[i].astype(np.uint8), scores=0)

  estimator = types.SimpleNamespace(
      model_dir=folder, predict=predict,
      latest_checkpoint=lambda: folder + "/model.ckpt-9")
  hparams = types.SimpleNamespace(
      batch_size=2, temperature=.5, problem=types.SimpleNamespace(
          name="video_x", make_estimator_input_fn=input_fn))
  decode_hp = t2t_decoding.decode_hparams(
      "num_samples=5,num_decodes=3,max_display_outputs=2,max_display_decodes=2")
  run_folder.update(folder, model="video_flow", seed=4)
  decoding.decode_from_dataset(estimator, "video_x", hparams, decode_hp,
                               dataset_split="test")
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
  (record,) = records.read(run_folder.results(folder, "samples"))
  assert record["psnr_best_of_n"] == 100.  # the ceiling: sample 1 is the truth
  assert record["ssim_best_of_n"] == pytest.approx(1., abs=1e-5)
  assert (record["seed"], record["step"], record["temperature"]) == (4, 9, .5)
  assert (record["num_contexts"], record["num_samples"]) == (5, 3)
  json.dumps(record, allow_nan=False)


def test_pictures_show_the_frames(decoded):
  folder, truth, *_ = decoded
  frame = np.asarray(Image.open(
      folder + "/decode/context_001/truth/frame_0002.png"))
  np.testing.assert_array_equal(frame, truth[1, 1])
  gif = Image.open(folder + "/decode/context_000/samples.gif")
  assert gif.n_frames == COND + TIME
  assert Image.open(folder + "/decode/context_000/strip.png").width > 16 * 7
  assert not tf.gfile.Exists(folder + "/decode/context_002")


def test_summaries_reach_tensorboard(decoded):
  folder, *_ = decoded
  (path,) = tf.gfile.Glob(folder + "/decode/events*")
  tags = {v.tag for e in tf.train.summary_iterator(path)
          for v in e.summary.value}
  assert {"psnr_best_of_n", "ssim_best_of_n", "samples/0"} <= tags
