"""`t2t-af compare` without training: what it starts, skips and refuses."""

import itertools
import json
import os
import pathlib

import pytest
from tensor2tensor.data_generators import algorithmic  # noqa: F401

from t2t_af import errors
from t2t_af import locks
from t2t_af.bin import compare
from t2t_af.bin import comparing
from t2t_af.bin import main
from t2t_af.experiments import run as run_lib
from t2t_af.records import json_lines
from t2t_af.records import records
from t2t_af.records import run_folder

SETS = ["video_flow_tiny", "video_flow_af_tiny"]
NLL = {"video_flow_tiny": 2.5, "video_flow_af_tiny": 2.4}


def _write_run(run):
  """What a run's process leaves: a checkpoint and a likelihood record."""
  folder = pathlib.Path(run.output_dir)
  folder.mkdir(parents=True)
  (folder / "checkpoint").write_text(
    f'model_checkpoint_path: "model.ckpt-{run.steps}"\n', encoding="utf-8"
  )
  for suffix in ("index", "data-00000-of-00001"):
    (folder / f"model.ckpt-{run.steps}.{suffix}").touch()
  nll = NLL[run.hparams_set] + 0.01 * run.seed
  json_lines.append(
    run_folder.results(run.output_dir, "likelihood"),
    records.likelihood(
      nll_nats_per_dim=nll,
      nll_nats_per_dim_stderr=0.1,
      nll_nats_per_dim_per_step=[nll] * 10,
      num_sequences=4,
      num_recordings=4,
      num_windows=4,
      is_partial=False,
      num_cond_steps=3,
      num_scored_steps=10,
      model=run.model,
      hparams_set=run.hparams_set,
      hparams="",
      problem=run.problem,
      split=run.split,
      checkpoint="model.ckpt-7",
      step=run.steps,
      seed=run.seed,
      num_parameters=10,
    ),
  )


@pytest.fixture(name="started")
def _started(monkeypatch):
  """Replaces a run's process by one that writes records at once."""
  started = []

  def call(command):
    run = run_lib.Run(**json.loads(command[-1]))
    started.append((run.hparams_set, run.seed))
    _write_run(run)
    return 0

  monkeypatch.setattr(comparing.child, "call", call)
  monkeypatch.setattr(comparing, "_generate", lambda args: None)
  monkeypatch.setattr(comparing.reference_records, "write", lambda *a: None)
  return started


def _arguments(folder, **flags):
  flags = dict(
    dict(
      problem="video_toy_pushing",
      hparams_sets=",".join(SETS),
      train_steps=7,
      seeds="0,1",
      num_contexts=0,
      output_dir=str(folder),
    ),
    **flags,
  )
  return ["--%s=%s" % item for item in flags.items()]


def test_every_set_runs_under_every_seed_and_the_winner_is_told(
  started, tmp_path, capsys
):
  assert compare.main(_arguments(tmp_path)) == 0
  assert started == [(name, seed) for seed in (0, 1) for name in SETS]
  assert os.path.exists(tmp_path / "report.html")
  assert os.path.exists(tmp_path / "table.csv")
  told = capsys.readouterr().out
  assert "Lowest NLL on the test split: VideoFlow + AF" in told
  for argv in (["compare", *_arguments(tmp_path)], ["report", str(tmp_path)]):
    assert main.main([*argv, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    nll = {(r["name"], r["seed"]): r["nll_nats_per_dim"] for r in found["rows"]}
    assert nll["video_flow_af_tiny", 1] == NLL["video_flow_af_tiny"] + 0.01
    assert all(sentence in told for sentence in found["verdict"])
    assert found["page"] == str(tmp_path / "report.html")


def test_what_is_done_is_not_done_again(started, tmp_path):
  compare.main(_arguments(tmp_path))
  del started[:]
  compare.main(_arguments(tmp_path))
  assert not started
  compare.main(_arguments(tmp_path, seeds="0,1,2"))
  assert started == [(name, 2) for name in SETS]


def test_more_steps_train_on(started, tmp_path):
  runs = run_lib.Run(
    "video_flow",
    SETS[0],
    "",
    "video_toy_pushing",
    "",
    str(tmp_path / SETS[0] / "seed_0"),
    7,
    0,
    "test",
    0,
    1,
  )
  assert run_lib.stages_left(runs) == ["train", "evaluate"]
  compare.main(_arguments(tmp_path))
  assert run_lib.stages_left(runs) == []
  assert run_lib.stages_left(runs._replace(steps=8)) == ["train", "evaluate"]
  assert run_lib.stages_left(runs._replace(num_contexts=2)) == ["sample"]
  assert run_lib.stages_left(runs._replace(split="dev")) == ["evaluate"]


@pytest.mark.parametrize(
  "flags, told",
  [
    (dict(problem="video_toy_pusing"), 'Did you mean "video_toy_pushing'),
    (
      dict(hparams_sets="video_flow_tiny,video_flow_af_tini"),
      'Did you mean "video_flow_af_tiny"',
    ),
    (dict(hparams="latent_flw=1"), "latent_"),
    (dict(hparams_sets=""), "must be given"),
    (dict(train_steps=0), "at least 1"),
    (dict(seeds="0,x"), "whole numbers"),
    (
      dict(hparams_sets="video_flow_tiny,slvm_tiny"),
      "video_num_input_frames is 3 in video_flow_tiny, 9 in slvm_tiny",
    ),
    (
      dict(
        hparams_sets="video_flow_tiny,slvm_tiny",
        hparams="video_num_input_frames=9,dequantization=gaussian",
      ),
      "dequantization is uniform in video_flow_tiny, gaussian in slvm_tiny",
    ),
    (dict(problem="algorithmic_identity_binary40"), "tensor2tensor's"),
  ],
)
def test_mistakes_are_told_before_any_run(started, tmp_path, flags, told):
  with pytest.raises(errors.UserError, match=told):
    compare.main(_arguments(tmp_path, **flags))
  assert not started


def test_a_folder_of_another_comparison_is_refused(started, tmp_path):
  compare.main(_arguments(tmp_path))
  with pytest.raises(errors.UserError, match="Give another --output_dir"):
    compare.main(_arguments(tmp_path, hparams="depth=3"))
  with pytest.raises(errors.UserError, match="eval_every=0, not 2"):
    compare.main(_arguments(tmp_path, eval_every=2))


def test_two_comparisons_do_not_share_a_folder(started, tmp_path, monkeypatch):
  monkeypatch.setattr(locks, "_locked", lambda folder, path: None)
  with pytest.raises(errors.UserError, match="is being written to by"):
    compare.main(_arguments(tmp_path))
  assert not started


def test_a_failed_run_is_told_and_interruption_passes_on(
  started, tmp_path, monkeypatch
):
  del started

  def stopped(command):
    raise KeyboardInterrupt

  monkeypatch.setattr(comparing.child, "call", lambda command: 1)
  with pytest.raises(errors.UserError, match="continues from there"):
    compare.main(_arguments(tmp_path))
  monkeypatch.setattr(comparing.child, "call", stopped)
  with pytest.raises(KeyboardInterrupt):
    compare.main(_arguments(tmp_path))


def test_families_are_mixed_and_overrides_reach_those_that_have_them(
  monkeypatch, tmp_path
):
  started = {}
  written = []
  monkeypatch.setattr(comparing, "_generate", lambda args: None)
  monkeypatch.setattr(
    comparing.reference_records, "write", lambda *args: written.append(args)
  )
  monkeypatch.setattr(
    comparing,
    "_execute",
    lambda runs, force: started.update((r.hparams_set, r) for r in runs),
  )
  compare.main(
    _arguments(
      tmp_path,
      hparams_sets="video_flow_tiny,af1_tiny,slvm_dx_tiny",
      seeds=0,
      hparams="video_num_input_frames=9,num_train_frames=12,latent_size=5",
    )
  )
  assert {name: (r.model, r.hparams) for name, r in started.items()} == {
    "video_flow_tiny": (
      "video_flow",
      "video_num_input_frames=9,num_train_frames=12",
    ),
    "af1_tiny": ("autoregressive_flow", "video_num_input_frames=9"),
    "slvm_dx_tiny": ("slvm", "video_num_input_frames=9,latent_size=5"),
  }
  assert written[0][0].name == "video_toy_pushing"
  assert written[0][1:3] == ("data", "test")
  assert written[0][4:] == (9, 10, "uniform")
  with open(tmp_path / "compare.json", encoding="utf-8") as f:
    assert json.load(f)["labels"] == {
      "video_flow_tiny": "VideoFlow",
      "af1_tiny": "1-AF",
      "slvm_dx_tiny": "SLVM + Δx",
    }


def test_the_demo_fills_in_what_is_not_said():
  args = compare._parse(["--demo", "--train_steps=5"])
  assert (args.problem, args.train_steps) == ("video_toy_pushing", 5)
  assert args.sets[0] == "video_flow_tiny" and args.seeds == [0]


def test_data_is_made_only_where_it_is_not_there(monkeypatch, tmp_path):
  made = []

  class Problem:
    """Has the splits in `there`."""

    there = ["train", "dev", "test"]

    def split_files(self, data_dir, split):
      if split not in self.there:
        raise errors.UserError("not there")

    def generate_data(self, data_dir, tmp_dir):
      made.append((data_dir, tmp_dir))

  monkeypatch.setattr(comparing.registry, "problem", lambda name: Problem())
  folder = str(tmp_path / "new")
  args = compare._parse(["--problem=p", "--data_dir", folder])
  comparing._generate(args)
  assert not made and not os.path.exists(folder)
  Problem.there = ["train", "test"]  # stopped half way
  comparing._generate(args)
  assert made == [(folder, os.path.join(folder, "tmp"))]
  assert os.path.isdir(folder)


def test_minutes_left_are_those_of_runs_so_far(
  started, monkeypatch, tmp_path, capsys
):
  del started
  # The page at the end asks for the time as well.
  times = itertools.chain([0.0, 120.0, 300.0], itertools.repeat(360.0))
  monkeypatch.setattr(comparing.time, "time", lambda: next(times))
  compare.main(_arguments(tmp_path))
  lines = capsys.readouterr().err.splitlines()
  assert lines[0].endswith("run 1 of 4: video_flow_tiny, seed 0")
  assert lines[1].endswith("seed 0, about 6 minutes left")
  assert lines[2].endswith("seed 1, about 5 minutes left")
