"""tensor2tensor's mains: their flags, help and --t2t_usr_dir."""

import pathlib
import types

from absl import flags
import pytest
from tensor2tensor.bin import t2t_trainer as stock_trainer

from t2t_af import errors
from t2t_af.bin import command

FLAGS = flags.FLAGS
_ROOT = pathlib.Path(__file__).parents[2]
_STOCK = stock_trainer.__name__

pytestmark = pytest.mark.usefixtures("parsed_flags")


def test_trainer_tells_a_typo_from_another_directory(run_python, tmp_path):
  run = tmp_path / "run"
  done = run_python(
    "-m",
    "t2t_af.bin.t2t_trainer",
    "--t2t_usr_dir=t2t_af",
    "--problem=video_toy_pushing",
    "--data_dir=data",
    f"--output_dir={run}",
    "--model=next_frame_glow",
    "--hparams_set=next_frame_glow_bair_quant",
    "--hp_latent_skp",
    "false",
    path=[_ROOT],
  )
  assert done.returncode == 2
  assert done.stderr == (
    'error: unknown hparam of next_frame_glow_bair_quant "latent_skp". Did '
    'you mean "latent_skip", "latent_noise" or "latent_dropout"?\n'
  )
  assert not run.exists(), "nothing may be written before the checks"


@pytest.mark.parametrize(
  "path, told",
  [
    ("/nowhere/mine", "there is no directory"),
    ("{copy}/t2t_af", "is not the t2t_af that this command belongs to"),
  ],
)
def test_wrong_usr_dir_is_told(tmp_path, path, told):
  (tmp_path / "copy" / "t2t_af").mkdir(parents=True)
  FLAGS.t2t_usr_dir = path.format(copy=tmp_path / "copy")
  with pytest.raises(errors.UserError, match=told):
    command._import_usr_dir()


@pytest.mark.parametrize("path", ["t2t_af", "t2t_af/", str(_ROOT / "t2t_af")])
def test_usr_dir_of_ours_is_accepted_anywhere(monkeypatch, tmp_path, path):
  monkeypatch.chdir(tmp_path)
  FLAGS.t2t_usr_dir = path
  command._import_usr_dir()
  assert not FLAGS.t2t_usr_dir


def _run(*arguments, prepare=lambda stock: None):
  return command.run(
    _STOCK,
    "What it does.",
    prepare,
    lambda: "kept",
    ["t2t-trainer", *arguments],
  )


@pytest.mark.parametrize("flag", ["--help", "-h", "-help"])
def test_help_is_the_docstring_and_runs_nothing(capsys, flag):
  assert _run(flag, "--nonsense", prepare=pytest.fail) == 0
  out = capsys.readouterr().out
  assert out.startswith("What it does.\n") and "--helpfull" in out
  assert "--train_steps" not in out


def test_full_help_lists_tensor2tensors_flags(capsys):
  assert _run("--helpfull") == 0
  assert "--[no]eval_use_test_set" in capsys.readouterr().out


def test_a_mistake_is_one_line_and_exit_code_2(capsys):
  assert _run("--train_step=3", prepare=pytest.fail) == 2
  assert _run("--train_steps=many", prepare=pytest.fail) == 2
  first, second = capsys.readouterr().err.splitlines()
  assert first.startswith('error: unknown flag "train_step". Did you mean')
  assert second.startswith("error: flag --train_steps=many")


def test_the_stock_main_runs_after_the_checks(monkeypatch):
  called = []
  monkeypatch.setattr(stock_trainer, "main", lambda argv: called.append(argv))
  assert _run("--train_steps=3", prepare=lambda s: called.append(s)) == 0
  assert called == [stock_trainer, ["t2t-trainer"]]


def test_ctrl_c_says_what_is_kept(monkeypatch, capsys):
  def interrupted(argv):
    raise KeyboardInterrupt

  monkeypatch.setattr(stock_trainer, "main", interrupted)
  assert _run() == 130
  assert capsys.readouterr().err == "\nstopped: kept\n"


def test_another_extension_is_imported(tmp_path, monkeypatch):
  imported = []
  stub = types.SimpleNamespace(import_usr_dir=imported.append)
  monkeypatch.setattr(
    "tensor2tensor.utils.usr_dir.import_usr_dir", stub.import_usr_dir
  )
  FLAGS.t2t_usr_dir = ""
  command._import_usr_dir()
  assert not imported
  FLAGS.t2t_usr_dir = str(tmp_path)
  command._import_usr_dir()
  assert imported == [str(tmp_path)]
