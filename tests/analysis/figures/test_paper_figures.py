"""`t2t-af figure` and `t2t-af table`: files, errors, no TensorFlow."""

import os
import pathlib
import re

import pytest

from t2t_af import errors
from t2t_af.analysis.figures import paper_figures
from t2t_af.analysis.results import folders
from t2t_af.bin import figure as figure_command
from t2t_af.bin import table as table_command
from tests.analysis import fake_results as fake

_ROOT = pathlib.Path(__file__).parents[3]


@pytest.fixture(name="results", scope="module")
def _results(tmp_path_factory):
  """Every kind of record, of three sets on digits and one of VideoFlow."""
  folder = str(tmp_path_factory.mktemp("results"))
  found = []
  for hparams_set in ("af2_tiny", "slvm_af1_tiny", "slvm_af2_tiny"):
    found += [
      fake.likelihood(hparams_set, nll, split=split, **share)
      for split, nll in (("train", 2.0), ("test", 2.2))
      for share in ({}, {"train_fraction": 0.5})
    ]
    found += [
      fake.correlation(hparams_set, "y1", 0.5, step, split=split)
      for split, step in (("dev", 50), ("dev", 100), ("test", 100))
    ]
  found.append(fake.correlation("video_flow_af_tiny", "u0", 0.1))
  fake.write(folder, found)
  for hparams_set, transforms in (("slvm_af1_tiny", 1), ("slvm_af2_tiny", 2)):
    run = fake.run_folder(folder, fake.likelihood(hparams_set, 2.0))
    fake.flow(os.path.join(run, "results", "flow.npz"), transforms)
  for i, hparams_set in enumerate(("af2_tiny", "slvm_af1_tiny")):
    run = fake.run_folder(folder, fake.likelihood(hparams_set, 2.0))
    fake.samples(os.path.join(run, "samples.npz"), seed=i)
  run = fake.run_folder(folder, found[-1])
  fake.flow(os.path.join(run, "results", "flow.npz"), 0, latents=True)
  return folder


_DIGITS = fake.PROBLEM


@pytest.mark.parametrize(
  "number, names",
  [
    (1, ["figure_1_path.svg", "figure_1_frames.png"]),
    (4, ["figure_4b.png"]),
    (5, ["figure_5a.svg", "figure_5b.svg", "figure_5c.svg"]),
    (
      6,
      [
        f"figure_6_slvm_af1_tiny_{_DIGITS}.png",
        f"figure_6_video_flow_af_tiny_{_DIGITS}_latent.png",
      ],
    ),
    (
      7,
      [
        f"figure_7_{_DIGITS}_{i}.{kind}"
        for i in (1, 2)
        for kind in ("png", "gif")
      ],
    ),
    (8, [f"figure_8ab_{_DIGITS}.svg", f"figure_8c_{_DIGITS}.svg"]),
    (12, [f"figure_12_slvm_af2_tiny_{_DIGITS}.png"]),
    (
      13,
      [
        f"figure_13_{_DIGITS}_{i}.{kind}"
        for i in (1, 2)
        for kind in ("png", "gif")
      ],
    ),
  ],
)
def test_figure_has_its_parts(results, number, names):
  parts = paper_figures.build(number, folders.find([results]))
  assert [part.name for part in parts] == names
  assert all((part.picture or part.charts) and part.caption for part in parts)


@pytest.mark.parametrize(
  "number, told",
  [
    (
      1,
      "flow.npz with a data-space flow for figure 1; it is made by: t2t-af "
      "analyse",
    ),
    (4, "t2t-af analyse"),
    (5, "correlation.jsonl.*analyse"),
    (6, "t2t-af analyse"),
    (7, "t2t-decoder, or t2t-af compare"),
    (8, "t2t-eval"),
    (11, "t2t-af analyse"),
    (12, "t2t-af analyse"),
    (13, "set af2_"),
    (14, "set slvm_af1_"),
    (2, "is a diagram"),
    (15, "no figure 15"),
  ],
)
def test_empty_results_name_the_command(tmp_path, number, told):
  with pytest.raises(errors.UserError, match=told):
    paper_figures.build(number, folders.find([str(tmp_path)]))


def test_one_frame_needs_a_flow_in_data_space(tmp_path):
  record = fake.likelihood("video_flow_af_tiny", 2.0)
  fake.write(str(tmp_path), [record])
  fake.flow(
    os.path.join(fake.run_folder(str(tmp_path), record), "results", "flow.npz"),
    0,
    latents=True,
  )
  with pytest.raises(errors.UserError, match="data-space flow for figure 4"):
    paper_figures.build(4, folders.find([str(tmp_path)]))


def test_figures_of_other_sets_do_not_stand_in(results):
  with pytest.raises(errors.UserError, match="video_kth"):
    paper_figures.build(11, folders.find([results]))


def test_figure_1_is_of_slvm_with_one_transform(results):
  path, frames = paper_figures.build(1, folders.find([results]))
  assert "SLVM + 1-AF (slvm_af1_tiny, " in path.caption
  assert "not defined" in frames.caption
  assert path.charts[0].title.startswith("Before the flow")


def test_command_writes_parts_and_a_page(results, tmp_path, capsys):
  assert figure_command.main(["8", results, f"--output={tmp_path}"]) == 0
  printed = capsys.readouterr().out.split()
  assert sorted(os.listdir(tmp_path)) == sorted(map(os.path.basename, printed))
  page = (tmp_path / "figure_8.html").read_text(encoding="utf-8")
  assert page.count('<svg class="chart"') == 5
  for part in ("ab", "c"):
    content = (tmp_path / f"figure_8{part}_{_DIGITS}.svg").read_bytes()
    assert content.startswith(b"<?xml")
  assert "<script" not in page
  assert not re.search(r'(src|href)="(?!data:|#)', page)


def test_commands_need_no_tensorflow(results, run_python, tmp_path):
  done = run_python(
    "-c",
    (
      "import sys\n"
      "from t2t_af.bin import main\n"
      f"assert main.main(['figure', '5', {results!r}, '--output=out']) == 0\n"
      f"assert main.main(['table', '1', {results!r}]) == 0\n"
      "assert not {'tensorflow', 'tensor2tensor'} & set(sys.modules)\n"
    ),
    path=[_ROOT],
  )
  assert done.returncode == 0, done.stderr
  assert "SLVM + 1-AF" in done.stdout
  assert (tmp_path / "out" / "figure_5a.svg").exists()


def test_table_goes_to_a_file(results, tmp_path):
  path = tmp_path / "new" / "table.csv"
  assert (
    table_command.main(["1", results, "--format=csv", f"--output={path}"]) == 0
  )
  assert path.read_text(encoding="utf-8").startswith("table,row,model,")


def test_wrong_folder_is_told():
  with pytest.raises(errors.UserError, match="nowhere is no folder"):
    folders.find(["nowhere"])


def test_sets_that_share_a_row_are_told_apart(tmp_path):
  fake.write(
    str(tmp_path),
    [
      fake.likelihood("af1_tiny", 2.0),
      fake.likelihood("af1_mmnist", 2.0),
      fake.likelihood("af2_tiny", 2.0),
    ],
  )
  assert [run.label for run in folders.find([str(tmp_path)]).runs] == [
    "af1_mmnist",
    "af1_tiny",
    "2-AF",
  ]


def test_runs_on_a_part_of_the_data_stay_out_of_other_figures(tmp_path):
  part = fake.likelihood("af1_tiny", 2.0, train_fraction=0.5)
  fake.write(str(tmp_path), [part, fake.likelihood("af1_tiny", 2.0, 1)])
  for record in (part, fake.likelihood("af1_tiny", 2.0, 1)):
    fake.flow(
      os.path.join(
        fake.run_folder(str(tmp_path), record), "results", "flow.npz"
      )
    )
  (run,) = folders.find([str(tmp_path)]).with_file("flow.npz")
  assert (run.seed, run.uses_all_training_data) == (1, True)


def test_a_run_below_two_paths_is_found_once(tmp_path):
  fake.write(str(tmp_path), [fake.likelihood("af1_tiny", 2.0)])
  inner = next(tmp_path.iterdir())
  found = folders.find([str(tmp_path), f"{inner}/."])
  assert len(found.runs) == 1


def test_a_run_without_run_json_is_known_from_its_records(tmp_path):
  record = fake.likelihood("slvm_tiny", 2.0, seed=3)
  fake.write(str(tmp_path), [record])
  os.remove(os.path.join(fake.run_folder(str(tmp_path), record), "run.json"))
  (run,) = folders.find([str(tmp_path)]).runs
  assert (run.hparams_set, run.seed, run.label) == ("slvm_tiny", 3, "SLVM")
