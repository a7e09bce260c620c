"""`t2t-af data` on two small data sets: what it tells, draws and misses."""

import json
import shutil
import types

import numpy as np
from PIL import Image
import pytest

from problems import series_particle
from t2t_af import errors
from t2t_af.analysis.charts import contact_sheet
from t2t_af.bin import data
from t2t_af.bin import data_facts
from t2t_af.bin import data_sets
from tests.fixtures import small_data


@pytest.fixture(name="data_dir", scope="module")
def _data_dir(tmp_path_factory):
  """Four training sequences of each."""
  folder = tmp_path_factory.mktemp("data")
  small_data.generate(
    str(folder),
    ["series_particle", "video_toy_pushing"],
    train=4,
    dev=1,
    test=1,
  )
  return folder


def test_what_is_there_is_told_and_drawn(data_dir, tmp_path, capsys):
  code = data.main([f"--data_dir={data_dir}", f"--output_dir={tmp_path}"])
  told = capsys.readouterr().out
  assert code == 0
  video = told[told.index("\nvideo_toy_pushing\n") :]
  assert "step     32 x 32 x 3 pixels" in video
  assert "train    4 sequences of 30 steps, 120 steps in all" in video
  assert "dev      1 sequence of 30 steps, 30 steps in all" in video
  series = told[: told.index("\nvideo_toy_pushing\n")]
  assert "step     2 features" in series and "train    4 sequences" in series
  for name in ("series_particle", "video_toy_pushing"):
    assert Image.open(tmp_path / f"{name}.png").width > 100


def test_what_is_not_there_comes_with_its_command(data_dir, capsys):
  data.main([f"--data_dir={data_dir}"])
  told = capsys.readouterr().out
  missing = told[told.index(f"not in {data_dir}") :]
  assert (
    f"t2t-datagen --problem=video_bair --data_dir={data_dir} "
    "--tmp_dir=<folder of bair_robot_pushing_dataset_v0.tar"
  ) in missing
  assert "video_toy_pushing --data" not in missing
  assert "_split1 --data_dir" not in missing and "other splits" in missing


def test_a_series_is_drawn_in_raw_units(data_dir, monkeypatch, tmp_path):
  drawn = {}
  original = contact_sheet.series

  def series(ids, values, names, **kwargs):
    drawn.update(zip(ids, values))
    return original(ids, values, names, **kwargs)

  monkeypatch.setattr(data_sets.contact_sheet, "series", series)
  data.main(
    [
      f"--data_dir={data_dir}",
      "--problem=series_particle",
      f"--output_dir={tmp_path}",
    ]
  )
  expected = series_particle.make_motion("train", 0, 24, 2, 1.0).x
  np.testing.assert_allclose(drawn["train/0"], expected, atol=1e-4)


def test_damaged_and_unknown_data_are_told(data_dir, tmp_path, capsys):
  manifest = json.loads(
    (data_dir / "series_particle.manifest.json").read_text()
  )
  (tmp_path / "series_particle.manifest.json").write_text(
    json.dumps(manifest)
  )  # without its files
  (tmp_path / "video_gone.manifest.json").write_text("{}")
  assert data.main([f"--data_dir={tmp_path}"]) == 1
  told = capsys.readouterr().out
  assert "unread   " in told and "found no file" in told
  assert "video_gone\n  unknown" in told
  with pytest.raises(errors.UserError, match='"series_particle"'):
    data.main([f"--data_dir={tmp_path}", "--problem=series_partikle"])


def _counted(files):
  return data_facts._extent_words(data_facts._extent(files))


def test_json_has_what_the_lines_have(data_dir, tmp_path, capsys):
  flags = [f"--data_dir={data_dir}", f"--output_dir={tmp_path}"]
  data.main(flags)
  told = capsys.readouterr().out
  assert data.main([*flags, "--json"]) == 0
  found = json.loads(capsys.readouterr().out)
  series, video = found["data_sets"]
  assert (series["problem"], video["step_shape"]) == (
    "series_particle",
    [32, 32, 3],
  )
  assert video["splits"]["train"] == dict(
    num_sequences=4, shortest=30, longest=30, num_steps=120
  )
  assert f"size     {series['num_bytes'] / 1e6:.1f} MB" in told
  assert video["picture"] in told and "video_bair" in found["missing"]
  assert data.main([f"--data_dir={data_dir}", "--verify", "--json"]) == 0
  for one in json.loads(capsys.readouterr().out)["data_sets"]:
    assert one["damaged"] == [] and one["num_whole"] == one["num_files"] > 0


def test_lengths_of_a_split_are_summed_over_its_files():
  files = [
    types.SimpleNamespace(lengths={5: 2, 7: 1}),
    types.SimpleNamespace(lengths={5: 1000}),
  ]
  assert _counted(files) == (
    "1003 sequences of 5 to 7 steps, 5,017 steps in all"
  )
  assert (
    _counted([])
    == _counted([types.SimpleNamespace(lengths={})])
    == "no sequences"
  )


def test_a_source_of_all_splits_is_named_once():
  manifest = {
    "splits": {
      "train": {"source": {"made_by": "x", "urls": ["u"], "files": ["a", "b"]}},
      "dev": {"source": {"made_by": "x", "left_out": [], "files": {"c": 1}}},
      "test": {},
    }
  }
  assert list(data_facts._sources(manifest)) == [
    "made by: x",
    "files: a, b",
    "files: 1 in the manifest",
  ]


def test_only_problems_of_sequences_are_ours():
  names = data_sets.our_problems()
  assert "video_bair" in names and "series_particle" in names
  assert "video_bair_robot_pushing" not in names


def test_an_empty_data_set_has_no_picture(tmp_path):
  problem = types.SimpleNamespace(split_files=lambda data_dir, split: [])
  assert data_sets._draw(problem, "", str(tmp_path)) is None
  assert not list(tmp_path.iterdir())


def test_verifying_names_what_is_damaged(data_dir, tmp_path, capsys):
  folder = tmp_path / "data"
  shutil.copytree(data_dir, folder)
  arguments = [f"--data_dir={folder}", "--verify"]
  assert data.main(arguments) == 0
  assert "series_particle\n  whole    3 of 3 files" in capsys.readouterr().out
  path = folder / "series_particle-dev-00000-of-00001"
  content = bytearray(path.read_bytes())
  content[len(content) // 2] ^= 4
  path.write_bytes(content)
  assert data.main(arguments) == 2
  told = capsys.readouterr().out
  assert f"  damaged  {path}: the record at byte 0 is damaged" in told
  assert "  whole    2 of 3 files" in told
  assert data.main([*arguments, "--problem=video_toy_pushing"]) == 0


def test_verifying_data_from_before_checksums_says_so(
  data_dir, tmp_path, capsys
):
  folder = tmp_path / "data"
  shutil.copytree(data_dir, folder)
  path = folder / "series_particle.manifest.json"
  manifest = json.loads(path.read_text())
  for entry in manifest["splits"].values():
    for shard in entry["shards"]:
      del shard["sha256"], shard["last_record"]
  path.write_text(json.dumps(manifest))
  arguments = [f"--data_dir={folder}", "--verify", "--problem=series_particle"]
  assert data.main(arguments) == 0
  assert "made before checksums" in capsys.readouterr().out
  manifest["details"]["statistics"]["std"] = [0, 1]
  path.write_text(json.dumps(manifest))
  assert data.main(arguments) == 2
  assert f"damaged  {path}: " in capsys.readouterr().out


def test_verifying_nothing_is_an_error(tmp_path):
  for more in ([], ["--problem=series_particle"]):
    with pytest.raises(errors.UserError, match=f"no data .*in {tmp_path}"):
      data.main([f"--data_dir={tmp_path}", "--verify", *more])
