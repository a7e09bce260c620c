"""`t2t-af perceptual`: its records, and what it says of what is absent."""

import hashlib
import pathlib

import numpy as np
import pytest

from t2t_af import errors
from t2t_af.bin import perceptual
from t2t_af.records import json_lines
from t2t_af.records import records
from t2t_af.records import run_folder
from tests.bin import fake_torch

CONTEXTS, SAMPLES, COND, TIME = 4, 2, 3, 10
ALEX, I3D = fake_torch.ALEX, fake_torch.I3D
_ROOT = pathlib.Path(__file__).parents[2]


@pytest.fixture(name="weights", autouse=True)
def _weights(monkeypatch, tmp_path):
  return fake_torch.install_weights(monkeypatch, tmp_path)


def _levels(values, num_frames, side=32):
  """Grey frames of one level each: [..., num_frames, side, side, 1]."""
  values = np.asarray(values, np.uint8)
  return np.broadcast_to(
    values[..., None, None, None, None],
    values.shape + (num_frames, side, side, 1),
  )


@pytest.fixture(name="run")
def _run(tmp_path):
  """Truth 0, 10, 20, 30; sample 1 is 3 levels off, sample 2 is 51."""
  folder = tmp_path / "af" / "seed_1"
  truth = np.arange(CONTEXTS) * 10
  run_folder.update(str(folder), model="video_flow", seed=1)
  np.savez_compressed(
    folder / "samples.npz",
    inputs=_levels(truth, COND),
    targets=_levels(truth, TIME),
    outputs=_levels(np.stack([truth + 3, truth + 51], axis=1), TIME),
  )
  _decode_record(folder, step=9, temperature=0.5)
  return folder


def _decode_record(folder, num_contexts=CONTEXTS, **fields):
  fields = dict(
    dict.fromkeys(records.REQUIRED["samples"]),
    problem="video_toy_pushing",
    split="test",
    num_contexts=num_contexts,
    num_samples=SAMPLES,
    num_cond_steps=COND,
    num_predicted_steps=TIME,
    **fields,
  )
  json_lines.append(
    run_folder.results(str(folder), "samples"), records.samples(**fields)
  )


def _call(*arguments):
  return perceptual.main([str(a) for a in arguments])


def _told(*arguments):
  """The one line that an error is told in."""
  with pytest.raises(errors.UserError) as caught:
    _call(*arguments)
  assert "\n" not in str(caught.value)
  return str(caught.value)


def _records(run):
  found = json_lines.read(run_folder.results(str(run), "perceptual"))
  return {record["kind"]: record for record in found}


def test_lpips_is_of_the_best_and_of_all_samples(run):
  assert _call(run, "--metrics=lpips") == 0
  (record,) = _records(run).values()
  assert record["lpips_best_of_n"] == pytest.approx(3 / 127.5, rel=1e-4)
  assert record["lpips_mean_of_n"] == pytest.approx(27 / 127.5, rel=1e-4)
  assert len(record["lpips_per_step"]) == TIME
  assert len(record["lpips_best_of_n_per_context"]) == CONTEXTS
  assert (record["backbone"], record["package"]) == ("alex", "lpips 0.1.4")
  assert record["versions"]["torch"] == "2.8.0"
  assert record["resolution"] == [32, 32]
  assert record["network_resolution"] == [64, 64]
  assert (
    "32x32 (grey, tripled), enlarged to 64x64, bilinear" in record["protocol"]
  )
  assert record["weights_sha256"] == hashlib.sha256(b"trunk").hexdigest()


def test_fvd_is_of_all_clips_and_says_that_few_are_biased(run):
  assert _call(run, "--metrics=fvd", "--min_clips=4") == 0
  (record,) = _records(run).values()
  # One logit, the level: (m - m')^2 + (s - s')^2.
  true = np.arange(CONTEXTS) * 10.0
  drawn = np.concatenate([true + 3, true + 51])
  assert record["fvd"] == pytest.approx(
    27.0**2 + (drawn.std() - true.std()) ** 2
  )
  assert record["fvd_by_sample"] == pytest.approx([9.0, 51.0**2])
  assert (record["num_true_clips"], record["num_generated_clips"]) == (4, 8)
  assert (record["clip_length"], record["package"]) == (TIME, "cd-fvd 0.1.1")
  assert "fewer than 256 true clips: biased" in record["protocol"]
  assert "those given left out" in record["protocol"]


def test_whole_clips_have_the_frames_given_too(run):
  _call(run, "--metrics=fvd", "--min_clips=4", "--clip=whole")
  record = _records(run)["fvd"]
  assert record["clip_length"] == COND + TIME
  # The frames given are the truth, so a clip's mean is nearer to it.
  assert record["fvd_by_sample"][0] == pytest.approx((3 * TIME / 13) ** 2)
  assert "counted in" in record["protocol"]


def test_records_say_whose_samples_they_are_of(run):
  _call(run, "--min_clips=4")
  for record in _records(run).values():
    assert (record["model"], record["seed"]) == ("video_flow", 1)
    assert (record["step"], record["split"], record["temperature"]) == (
      9,
      "test",
      0.5,
    )
    assert (record["num_contexts"], record["num_samples"]) == (4, 2)
  assert len(_records(run)) == 2


def test_a_record_of_other_samples_is_not_believed(run):
  _decode_record(run, num_contexts=7, step=11)
  _call(run, "--metrics=lpips")
  record = _records(run)["lpips"]
  assert record["step"] is None and record["seed"] == 1
  assert record["num_contexts"] == CONTEXTS


def test_runs_below_a_folder_are_found(run):
  _call(run.parents[1], "--metrics=lpips")
  assert set(_records(run)) == {"lpips"}


def test_absent_packages_are_told_in_one_line_and_nothing_is_computed(
  run, monkeypatch
):
  fake_torch.uninstall(monkeypatch)
  told = _told(run)
  assert told.startswith("missing for LPIPS and FVD: packages (get")
  assert (
    "-m pip install lpips==0.1.4 torch==2.8.0 torchvision==0.23.0 "
    "cd-fvd==0.1.1; of PyTorch best the build for the CPU)" in told
  )
  assert not _records(run)


@pytest.mark.parametrize(
  "absent, file, address, computed",
  [
    ("LPIPS", ALEX, "https://download.pytorch.org/models/" + ALEX, "fvd"),
    (
      "FVD",
      I3D,
      "https://github.com/songweige/TATS/raw/main/tats/fvd/" + I3D,
      "lpips",
    ),
  ],
)
def test_absent_weights_are_told_and_the_other_metric_is_computed(
  run, weights, absent, file, address, computed
):
  (weights / file).unlink()
  told = _told(run, "--min_clips=4")
  assert told == (
    f"missing for {absent}: weights (get them: {file} from "
    f"{address} into {weights})"
  )
  assert set(_records(run)) == {computed}


def test_vgg_is_asked_for_its_own_weights(run, weights):
  assert "vgg16-397923af.pth" in _told(run, "--metrics=lpips", "--backbone=vgg")
  (weights / "vgg16-397923af.pth").write_bytes(b"trunk")
  _call(run, "--metrics=lpips", "--backbone=vgg")
  assert _records(run)["lpips"]["backbone"] == "vgg"
  assert fake_torch.Lpips.made[-1].backbone == "vgg"


def test_weights_dir_is_looked_into_and_nowhere_else(run, weights, tmp_path):
  own = tmp_path / "own"
  own.mkdir()
  assert f"into {own}" in _told(run, "--metrics=lpips", f"--weights_dir={own}")
  (weights / ALEX).rename(own / ALEX)
  assert _call(run, "--metrics=lpips", f"--weights_dir={own}") == 0


def test_damaged_weights_are_refused(run, weights):
  (weights / ALEX).write_bytes(b"trun")
  told = _told(run, "--metrics=lpips")
  assert "damaged or not complete" in told and "get it again from" in told


@pytest.mark.parametrize(
  "arguments, told",
  [
    (["--metrics=lpisp"], 'unknown metric "lpisp". Did you mean "lpips"'),
    (["--metrics="], "unknown metric"),
    (["--min_clips=1"], "must be at least 2"),
    (["--weights_dir=/nowhere"], "is no folder"),
    (["--metrics=fvd"], "needs 256 true ones, but there are 4: sample more"),
  ],
)
def test_bad_flags_are_told(run, arguments, told):
  assert told in _told(run, *arguments)
  assert not _records(run)


def test_too_few_clips_do_not_hold_lpips_up(run):
  assert "FVD is biased by few clips" in _told(run)
  assert set(_records(run)) == {"lpips"}


def test_short_futures_are_told(run):
  arrays = dict(np.load(run / "samples.npz"))
  arrays["outputs"] = arrays["outputs"][:, :, :9]
  np.savez(run / "samples.npz", **arrays)
  assert "at least 10 frames, and these have 9" in _told(
    run, "--metrics=fvd", "--min_clips=4"
  )


def test_a_run_without_samples_is_told(run):
  (run / "samples.npz").unlink()
  assert "there is no samples.npz" in _told(run)


def test_a_damaged_file_is_told(run):
  (run / "samples.npz").write_bytes(b"PK")
  assert "samples.npz cannot be read" in _told(run)


def test_a_series_is_told(run):
  np.savez(
    run / "samples.npz",
    inputs=np.zeros((2, 3, 5), np.float32),
    targets=np.zeros((2, 10, 5), np.float32),
    outputs=np.zeros((2, 4, 10, 5), np.float32),
  )
  assert "is of a series" in _told(run)


def test_the_verb_needs_no_tensorflow(run_python):
  done = run_python(
    "-c",
    "import sys\n"
    "import t2t_af.bin.perceptual\n"
    "print({'tensorflow', 'torch'} & set(sys.modules))",
    path=[_ROOT],
  )
  assert done.stdout.strip() == "set()", done.stderr
