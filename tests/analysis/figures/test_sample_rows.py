"""Samples beside each other come from the same frames, or not at all."""

import io

import numpy as np
from PIL import Image
import pytest

from t2t_af import errors
from t2t_af.analysis.figures import sample_rows
from tests.analysis import fake_results as fake


@pytest.fixture(name="paths")
def _paths(tmp_path):
  def make(**kwargs):
    paths = {}
    for seed, name in enumerate(("1-AF", "SLVM")):
      paths[name] = str(tmp_path / name / "samples.npz")
      fake.samples(paths[name], seed, **(kwargs if seed else {}))
    return paths

  return make


def test_rows_are_truth_and_every_models_first_samples(paths):
  found = sample_rows.read(paths(), 2)
  rows = sample_rows.rows(found, 1, 2)
  assert [row.label for row in rows] == [
    "Truth",
    "1-AF, sample 1",
    "1-AF, sample 2",
    "SLVM, sample 1",
    "SLVM, sample 2",
  ]
  np.testing.assert_array_equal(rows[0].frames, fake.video()[1])
  for row, label, i in zip(
    rows[1:], ("1-AF", "1-AF", "SLVM", "SLVM"), (0, 1, 0, 1)
  ):
    np.testing.assert_array_equal(
      row.frames[: fake.NUM_COND], fake.video()[1, : fake.NUM_COND]
    )
    np.testing.assert_array_equal(
      row.frames[fake.NUM_COND :], found[label].outputs[1, i]
    )


@pytest.mark.parametrize(
  "kwargs, differs",
  [({"data_seed": 3}, "inputs"), ({"num_given": 4}, "inputs")],
)
def test_samples_from_other_frames_are_refused(paths, kwargs, differs):
  with pytest.raises(
    errors.UserError,
    match=rf"SLVM\) and .*1-AF\) differ in "
    f"{differs}",
  ):
    sample_rows.read(paths(**kwargs), 2)


def test_samples_of_another_future_are_refused(paths):
  found = paths()
  with np.load(found["SLVM"]) as arrays:
    arrays = dict(arrays)
  np.savez(
    found["SLVM"],
    **dict(
      arrays,
      targets=arrays["targets"][:, :-1],
      outputs=arrays["outputs"][:, :, :-1],
    ),
  )
  with pytest.raises(errors.UserError, match="differ in targets"):
    sample_rows.read(found, 2)


def test_fewer_contexts_in_one_file_are_enough(paths):
  found = paths()
  with np.load(found["SLVM"]) as arrays:
    arrays = {name: array[:1] for name, array in arrays.items()}
  np.savez(found["SLVM"], **arrays)
  read = sample_rows.read(found, 2)
  assert {len(samples.inputs) for samples in read.values()} == {1}


def test_missing_file_and_series_are_told(tmp_path):
  with pytest.raises(errors.UserError, match="cannot be read"):
    sample_rows.read({"1-AF": str(tmp_path / "samples.npz")}, 1)
  path = tmp_path / "series.npz"
  steps = np.zeros([1, 3, 2], np.float32)  # [contexts, steps, features]
  np.savez(path, inputs=steps, targets=steps, outputs=steps[:, np.newaxis])
  with pytest.raises(errors.UserError, match="of a series"):
    sample_rows.read({"1-AF": str(path)}, 1)


def test_animation_has_a_panel_per_row_in_step(paths):
  found = sample_rows.read(paths(), 1)
  gif = Image.open(io.BytesIO(sample_rows.animation(found, 0)))
  assert gif.n_frames == fake.NUM_COND + fake.NUM_SCORED
  strip = sample_rows.strip(found, 0)
  assert strip.width > strip.height
