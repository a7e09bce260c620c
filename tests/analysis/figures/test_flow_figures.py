"""Which runs the figures of flows and of samples are made of."""

import os

import numpy as np
import pytest

from t2t_af import errors
from t2t_af.analysis.charts import pictures
from t2t_af.analysis.figures import flow_figures
from t2t_af.analysis.figures import pixel_path
from t2t_af.analysis.figures import sample_figures
from t2t_af.analysis.figures import sample_rows
from t2t_af.analysis.results import flow_arrays
from t2t_af.analysis.results import folders
from tests.analysis import fake_results as fake


def _with_flow(folder, hparams_set, seed=0, problem=fake.PROBLEM, **kwargs):
  record = fake.likelihood(hparams_set, 2.0, seed, problem)
  fake.write(str(folder), [record])
  run = fake.run_folder(str(folder), record)
  fake.flow(os.path.join(run, "results", "flow.npz"), **kwargs)
  return run


def _with_samples(folder, hparams_set, seed=0, problem=fake.PROBLEM, **kwargs):
  record = fake.likelihood(hparams_set, 2.0, seed, problem)
  fake.write(str(folder), [record])
  run = fake.run_folder(str(folder), record)
  fake.samples(os.path.join(run, "samples.npz"), seed=seed, **kwargs)
  return run


def _find(folder):
  return folders.find([str(folder)])


@pytest.fixture(autouse=True)
def _small_pictures(monkeypatch):
  monkeypatch.setattr(pictures, "PANEL_TARGET", 16)
  monkeypatch.setattr(pictures, "FRAME_TARGET", 16)


@pytest.mark.parametrize(
  "names, expected",
  [
    (("af2_tiny", "af1_tiny", "slvm_af1_tiny"), "slvm_af1_tiny"),
    (("af2_tiny", "af1_tiny"), "af1_tiny"),
    (("af2_tiny",), "af2_tiny"),
  ],
)
def test_flow_of_figure_4_is_the_first_of_the_preferred(
  tmp_path, names, expected
):
  for name in names:
    _with_flow(tmp_path, name)
  (part,) = flow_figures.one_frame(_find(tmp_path))
  run = f"({expected}, {fake.PROBLEM}, seed 0, 100 training steps)"
  assert run in part.caption


def test_a_run_that_was_scored_comes_before_one_that_was_not(tmp_path):
  kth = _with_flow(tmp_path, "slvm_af1_tiny", problem="video_kth")
  os.remove(os.path.join(kth, "results", "likelihood.jsonl"))
  _with_flow(tmp_path, "af2_tiny", seed=1)
  (part,) = flow_figures.one_frame(_find(tmp_path))
  assert part.caption.startswith("2-AF (af2_tiny, ")
  (strip,) = flow_figures.all_flows(_find(tmp_path))
  assert "af2_tiny" in strip.name, "KTH's is in figure 11 alone"


def test_video_comes_before_series_whatever_the_row(tmp_path):
  run = _with_flow(tmp_path, "slvm_af1_x", problem="series_x")
  path = os.path.join(run, "results", "flow.npz")
  with np.load(path) as arrays:
    flat = {
      name: array if name == "num_cond" else array[..., 0, 0].astype(float)
      for name, array in arrays.items()
    }
  np.savez(path, **flat)
  series = flow_figures.reference_frame(_find(tmp_path))
  assert [part.name for part in series] == ["figure_1_path.svg"], "no frames"
  _with_flow(tmp_path, "af2_tiny", seed=4)
  path_, frames = flow_figures.reference_frame(_find(tmp_path))
  assert "(af2_tiny, " in path_.caption and "seed 4" in frames.caption


@pytest.mark.parametrize(
  "hparams_set, standard", [("af1_tiny", True), ("slvm_af1_tiny", False)]
)
def test_base_density_is_normal_for_flows_without_latent_variables(
  tmp_path, monkeypatch, hparams_set, standard
):
  seen = []
  real = pixel_path.charts
  monkeypatch.setattr(
    pixel_path, "charts", lambda *args: (seen.append(args), real(*args))[1]
  )
  _with_flow(tmp_path, hparams_set)
  flow_figures.reference_frame(_find(tmp_path))
  ((flow, place, is_standard),) = seen
  assert is_standard is standard
  assert place == pixel_path.liveliest(flow)


def test_strips_are_of_one_seed_with_data_space_before_latents(tmp_path):
  for seed in (2, 1):
    _with_flow(tmp_path, "video_flow_af_tiny", seed, latents=True)
  parts = flow_figures.all_flows(_find(tmp_path))
  name = f"figure_6_video_flow_af_tiny_{fake.PROBLEM}"
  assert [p.name for p in parts] == [name + ".png", name + "_latent.png"]
  assert all("seed 1" in part.caption for part in parts)


def test_flows_of_kth_and_of_two_transforms_are_those_alone(tmp_path):
  _with_flow(tmp_path, "slvm_af1_kth", problem="video_kth")
  _with_flow(tmp_path, "slvm_af2_tiny", num_transforms=2)
  (kth,) = flow_figures.flows_of_kth(_find(tmp_path))
  (two,) = flow_figures.two_transforms(_find(tmp_path))
  assert kth.name == "figure_11_slvm_af1_kth_video_kth.png"
  assert two.name == f"figure_12_slvm_af2_tiny_{fake.PROBLEM}.png"


def test_place_takes_its_dimension_of_every_step():
  flow = flow_arrays.Flow(fake.video(), fake.NUM_COND, [], [], None, None)
  place = pixel_path.Place(1, (4, 5, 0))
  np.testing.assert_array_equal(
    place.take(flow.x), flow.x[1, :, 4, 5, 0].astype(float)
  )
  assert place.name == "row 5, column 6, channel 1"
  assert pixel_path.Place(0, (2,)).name == "column 3"


def _samples(folder, **kwargs):
  arguments = dict(number=13, rows=("af2",), num_contexts=2)
  return sample_figures.parts(_find(folder), **{**arguments, **kwargs})


def test_a_model_alone_shows_several_samples(tmp_path, monkeypatch):
  counts = []
  real = sample_rows.strip
  monkeypatch.setattr(
    sample_rows, "strip", lambda *args: (counts.append(args[2]), real(*args))[1]
  )
  _with_samples(tmp_path, "af2_tiny")
  _samples(tmp_path)
  _with_samples(tmp_path, "slvm_af1_tiny", seed=1)
  _samples(tmp_path, rows=("af2", "slvm_af1"))
  assert counts == [3, 3, 1, 1]


def test_samples_of_other_rows_stand_in_only_where_allowed(tmp_path):
  _with_samples(tmp_path, "slvm_tiny")
  with pytest.raises(errors.UserError, match="of a set af2_... for figure 13"):
    _samples(tmp_path)
  assert len(_samples(tmp_path, others=True)) == 4


def test_problems_have_parts_of_their_own(tmp_path):
  _with_samples(tmp_path, "af2_tiny")
  _with_samples(tmp_path, "af2_bair", problem="video_bair", data_seed=5)
  names = [part.name for part in _samples(tmp_path, num_contexts=1)]
  assert names == [
    f"figure_13_{problem}_1.{ending}"
    for problem in ("video_bair", fake.PROBLEM)
    for ending in ("png", "gif")
  ]


def test_samples_of_a_part_of_the_training_data_stay_out(tmp_path):
  record = fake.likelihood("af2_tiny", 2.0, train_fraction=0.5)
  fake.write(str(tmp_path), [record])
  run = fake.run_folder(str(tmp_path), record)
  fake.samples(os.path.join(run, "samples.npz"), seed=0)
  with pytest.raises(errors.UserError, match="samples.npz of video"):
    _samples(tmp_path)


def _changed(folder, hparams_set, hparams):
  """The path of a run of its own, under an override."""
  run = _with_flow(folder, hparams_set)
  record = fake.likelihood(hparams_set, 2.0, hparams=hparams)
  os.remove(os.path.join(run, "results", "likelihood.jsonl"))
  return fake.write(str(folder), [record])


@pytest.mark.parametrize("name", ["af1_tiny", "my_set"])
def test_strips_of_two_models_of_one_set_are_two_files(tmp_path, name):
  paths = [
    _changed(tmp_path / str(i), name, text)
    for i, text in enumerate(("", "flow_mask=learned"))
  ]
  parts = flow_figures.all_flows(folders.find(paths))
  plain = f"figure_6_{name}"
  assert [part.name for part in parts] == [
    f"{plain}_{fake.PROBLEM}.png",
    f"{plain}_flow_mask_learned_{fake.PROBLEM}.png",
  ]


def test_base_density_is_drawn_where_it_is_the_sets(tmp_path, monkeypatch):
  """A Student's t under af1_tiny is not N(0, 1)."""
  drawn = []
  monkeypatch.setattr(
    pixel_path, "charts", lambda flow, place, is_known: drawn.append(is_known)
  )
  for text in ("", "base_distribution=student_t"):
    path = _changed(tmp_path / (text or "plain"), "af1_tiny", text)
    flow_figures.reference_frame(folders.find([path]))
  assert drawn == [True, False]
