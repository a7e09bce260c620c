"""The flags that `t2t-datagen` has beside tensor2tensor's."""

from absl import flags
from absl.testing import flagsaver
import pytest

# Defines --problem and --data_dir; tensor2tensor's t2t_datagen would define
# them again, which one process cannot have.
from tensor2tensor.utils import flags as _  # noqa: F401

from problems.core import options
from t2t_af import errors
from t2t_af.bin import t2t_datagen

FLAGS = flags.FLAGS


class _Stock:
  """What is read of tensor2tensor's t2t_datagen."""

  _SUPPORTED_PROBLEM_GENERATORS = {}


@pytest.fixture(autouse=True)
def parsed_flags():
  """Flags and options with their defaults, and back to them."""
  with flagsaver.flagsaver(), options.using():
    yield


def _prepare(*arguments):
  FLAGS(["t2t-datagen", "--data_dir=data", *arguments])
  t2t_datagen._prepare(_Stock)


def test_flags_reach_the_problems(tmp_path):
  _prepare(
    "--problem=video_folder",
    f"--source_dir={tmp_path}",
    "--frame_size=32",
    "--frame_rate=12.5",
    "--aspect=pad",
    "--grey",
    "--allow_missing",
  )
  assert options.current() == options.Options(
    str(tmp_path), True, 32, 12.5, "pad", True
  )


def test_flags_of_beam_reach_the_problem(monkeypatch):
  monkeypatch.setattr(
    t2t_datagen.beam_generation.importlib.util, "find_spec", lambda name: name
  )
  _prepare(
    "--problem=video_toy_pushing",
    "--beam",
    "--beam_pipeline_options=direct_num_workers=2,job_name=x",
  )
  given = options.current()
  assert given.beam and given.beam_runner == "DirectRunner"
  assert given.beam_pipeline_options == ["direct_num_workers=2", "job_name=x"]


@pytest.mark.parametrize(
  "arguments, message",
  [
    (["--problem=video_kth", "--beam_runner=x"], "nothing without --beam"),
    (["--problem=series_csv", "--beam"], "made item by item"),
    (["--problem=video_k*", "--beam"], "names of problems, not video_k"),
  ],
)
def test_flags_of_beam_that_cannot_be_meant(monkeypatch, arguments, message):
  monkeypatch.setattr(
    t2t_datagen.beam_generation.importlib.util, "find_spec", lambda name: name
  )
  with pytest.raises(errors.UserError, match=message):
    _prepare(*arguments)


def test_flags_of_arrays_reach_the_problem():
  _prepare(
    "--problem=video_folder",
    "--source_dir=x",
    "--levels=-1,1.5",
    "--array_axes=TNHW",
    "--array_key=all",
  )
  given = options.current()
  assert list(map(float, given.levels)) == [-1.0, 1.5]
  assert (given.array_axes, given.array_key) == ("TNHW", "all")


def test_flags_of_tables_reach_the_problems(tmp_path):
  _prepare(
    "--problem=series_csv",
    f"--source_dir={tmp_path}",
    "--header=3",
    "--delimiter=tab",
    "--decimal=,",
    "--encoding=cp1252",
    '--columns=x,"a, b"',
    "--drop=y",
    "--time_column=t",
    "--id_column=id",
    "--missing=cut",
    "--resample=0.1s",
    "--split=time",
    "--min_steps=20",
  )
  assert options.current() == options.Options(
    str(tmp_path),
    header="3",
    delimiter="tab",
    decimal=",",
    encoding="cp1252",
    columns=["x", "a, b"],
    drop=["y"],
    time_column="t",
    id_column="id",
    missing="cut",
    resample="0.1s",
    split="time",
    min_steps=20,
  )


def test_without_flags_the_defaults_hold():
  _prepare("--problem=video_toy_pushing")
  assert options.current() == options.Options()


@pytest.mark.parametrize(
  "arguments, told",
  [
    (
      ["--problem=video_toy_pushing", "--grey"],
      "--grey is for video_folder, not for video_toy_pushing",
    ),
    (
      ["--problem=series_particle", "--array_axes=THW"],
      "--array_axes is for video_folder, not for series_particle",
    ),
    (
      ["--problem=video_bair", "--source_dir=x"],
      "--source_dir is for video_folder and series_csv, not for video_bair",
    ),
    (["--problem=video_folder"], "--source_dir must be given"),
    (
      ["--problem=series_particle", "--missing=cut"],
      "--missing is for series_csv, not for series_particle",
    ),
    (
      ["--problem=series_csv", "--source_dir=.", "--missing=drop"],
      "--missing=drop is none of error, cut, fill",
    ),
    (
      ["--problem=series_csv", "--source_dir=.", "--split=half"],
      "--split=half is none of recordings, time",
    ),
    (
      ["--problem=series_csv", "--source_dir=.", "--min_steps=1"],
      "--min_steps=1 must be at least 2",
    ),
    (
      ["--problem=series_csv", "--source_dir=.", "--allow_missing"],
      "for values that tables lack say --missing=cut",
    ),
    (
      ["--problem=video_folder", "--source_dir=.", "--aspect=squash"],
      "none of crop, pad, stretch",
    ),
  ],
)
def test_flags_that_would_do_nothing_or_harm_are_told(arguments, told):
  with pytest.raises(errors.UserError, match=told):
    _prepare(*arguments)
