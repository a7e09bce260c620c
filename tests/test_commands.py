"""The commands: what they register, and how they tell what is wrong."""

import json
import pathlib
import shutil
import subprocess
import sys

from absl import flags
from absl.testing import flagsaver
import pytest
from tensor2tensor.bin import t2t_trainer as stock_trainer
from tensor2tensor.models.video import next_frame_glow
import tensorflow.compat.v1 as tf

import t2t_af
from t2t_af import errors
from t2t_af.bin import checks
from t2t_af.bin import command
from t2t_af.bin import doctor
from t2t_af.bin import main as t2t_af_command
from t2t_af.experiments import best_checkpoint
from t2t_af.experiments import training_progress

FLAGS = flags.FLAGS
_ROOT = pathlib.Path(__file__).parents[1]
_PACKAGES = ("t2t_af", "problems", "hparams")

# Prints what is registered from the three packages, and where from.
_LIST_REGISTERED = """
import json, sys
from tensor2tensor.utils import registry, usr_dir
if len(sys.argv) > 1:
  usr_dir.import_usr_dir(sys.argv[1])
else:
  import t2t_af
ours = [f"{kind}/{key}" for kind in ("models", "hparams", "problems")
        for key, value in getattr(registry.Registries, kind)._registry.items()
        if value.__module__.split(".")[0] in ("t2t_af", "problems", "hparams")]
import t2t_af
print(json.dumps([sorted(ours), t2t_af.__file__,
                  "next_frame_glow" in registry.list_models()]))
"""


@pytest.fixture(autouse=True)
def parsed_flags():
  """Flags with their defaults; what a test parses is forgotten after it."""
  with flagsaver.flagsaver():
    FLAGS(["test"])
    yield


def _registered(done):
  assert done.returncode == 0, done.stderr
  names, path, glow = json.loads(done.stdout.splitlines()[-1])
  assert glow, "the stock VideoFlow is not registered"
  return names, pathlib.Path(path).resolve()


def _copy_of_the_checkout(folder):
  for package in _PACKAGES:
    shutil.copytree(
      _ROOT / package,
      folder / package,
      ignore=shutil.ignore_patterns("__pycache__"),
    )
  return folder


def test_bare_checkout_registers_what_the_installed_package_does(
  run_python, tmp_path
):
  installed, path = _registered(
    run_python("-c", _LIST_REGISTERED, path=[_ROOT])
  )
  assert path == _ROOT / "t2t_af" / "__init__.py"
  assert "problems/video_toy_pushing" in installed
  assert "models/video_flow" in installed
  bare = _copy_of_the_checkout(tmp_path / "a checkout")
  elsewhere, path = _registered(
    run_python("-c", _LIST_REGISTERED, bare / "t2t_af", cwd="/")
  )
  assert path == (bare / "t2t_af" / "__init__.py").resolve()
  assert elsewhere == installed


@pytest.mark.slow
def test_wheel_registers_what_the_checkout_does(run_python, tmp_path):
  source = _copy_of_the_checkout(tmp_path / "source")
  for name in ("setup.py", "requirements.txt", "README.md", "t2t_af_light.py"):
    shutil.copy(_ROOT / name, source)
  pip = [sys.executable, "-m", "pip", "-q", "--disable-pip-version-check"]
  subprocess.run(
    [
      *pip,
      "wheel",
      "--no-deps",
      "--no-build-isolation",
      "--wheel-dir",
      tmp_path,
      source,
    ],
    check=True,
  )
  (wheel,) = tmp_path.glob("*.whl")
  target = tmp_path / "installed"
  subprocess.run(
    [*pip, "install", "--no-deps", "--target", target, wheel], check=True
  )
  checkout, _ = _registered(run_python("-c", _LIST_REGISTERED, path=[_ROOT]))
  names, path = _registered(run_python("-c", _LIST_REGISTERED, path=[target]))
  assert path == (target / "t2t_af" / "__init__.py").resolve()
  assert names == checkout
  assert (target / "t2t_af_light.py").exists()


def test_somebody_elses_problems_are_refused(monkeypatch, tmp_path):
  stranger = type(sys)("problems")
  stranger.__file__ = str(tmp_path / "problems" / "__init__.py")
  monkeypatch.setitem(sys.modules, "problems", stranger)
  with pytest.raises(ImportError, match="needs its own at"):
    t2t_af.register()


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
  "arguments, told",
  [
    (["--train_step=3"], 'unknown flag "train_step". Did you mean'),
    (["--hp_depth"], "--hp_depth needs a value"),
    (["train_steps=3"], "neither a flag nor the value of one"),
  ],
)
def test_wrong_flags_are_told(arguments, told):
  with pytest.raises(errors.UserError, match=told):
    command._parse_flags(["t2t-trainer", *arguments])


def test_hparam_flags_are_read_in_both_forms():
  command._parse_flags(
    [
      "t2t-trainer",
      "--hparams=depth=1",
      "--hp_width",
      "2",
      "--hp_rates=[1,3]",
      "--train_steps=5",
    ]
  )
  assert FLAGS.hparams == "depth=1,width=2,rates=[1,3]"
  assert FLAGS.train_steps == 5


@pytest.mark.parametrize(
  "path, told",
  [
    ("/nowhere/mine", "there is no directory"),
    ("{copy}/t2t_af", "is not the t2t_af that this command belongs to"),
  ],
)
def test_wrong_usr_dir_is_told(tmp_path, path, told):
  _copy_of_the_checkout(tmp_path / "copy")
  FLAGS.t2t_usr_dir = path.format(copy=tmp_path / "copy")
  with pytest.raises(errors.UserError, match=told):
    command._import_usr_dir()


@pytest.mark.parametrize("path", ["t2t_af", "t2t_af/", str(_ROOT / "t2t_af")])
def test_usr_dir_of_ours_is_accepted_anywhere(monkeypatch, tmp_path, path):
  monkeypatch.chdir(tmp_path)
  FLAGS.t2t_usr_dir = path
  command._import_usr_dir()
  assert not FLAGS.t2t_usr_dir


@pytest.mark.parametrize(
  "check, told",
  [
    (lambda: checks.problem("video_toy_pushin"), '"video_toy_pushing"'),
    (lambda: checks.schedule("trian"), 'Did you mean "train"'),
    (
      lambda: checks.given("problem", "output_dir"),
      "--problem and --output_dir must be given",
    ),
    (
      lambda: checks.overrides(
        next_frame_glow.next_frame_glow_hparams(), "depth=many", "hparam"
      ),
      "cannot read",
    ),
  ],
)
def test_checks_tell_what_is_wrong(check, told):
  with pytest.raises(errors.UserError, match=told):
    check()


def test_missing_data_names_the_command_that_makes_it(tmp_path):
  FLAGS.data_dir = str(tmp_path)
  (tmp_path / "video_toy_pushing-dev-00000-of-00001").touch()
  checks.data_files("video_toy_pushing", ["dev"])
  with pytest.raises(
    errors.UserError,
    match="no train data of .*t2t-datagen "
    "--problem=video_toy_pushing --data_dir=",
  ):
    checks.data_files("video_toy_pushing", ["train", "dev"])


def _checkpoint(folder, name):
  tf.get_variable(name, initializer=[1.0])
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    tf.train.Saver().save(session, str(folder / "model.ckpt"))


def test_another_models_checkpoint_is_refused(tmp_path):
  checks.output_dir_is_of("next_frame_glow", str(tmp_path))  # empty: fine
  with pytest.raises(errors.UserError, match="holds no checkpoint"):
    best_checkpoint.check_exists(str(tmp_path))
  _checkpoint(tmp_path, "next_frame_glow/body/kernel")
  best_checkpoint.check_exists(str(tmp_path))
  checks.checkpoint_exists(str(tmp_path / "model.ckpt"))
  with pytest.raises(errors.UserError, match="written without .index"):
    checks.checkpoint_exists(str(tmp_path / "model.ckpt.index"))
  checks.output_dir_is_of("next_frame_glow", str(tmp_path))
  with pytest.raises(
    errors.UserError,
    match="a checkpoint of next_frame_glow, not of transformer",
  ):
    checks.output_dir_is_of("transformer", str(tmp_path))


def test_resuming_with_another_set_warns(tmp_path, caplog, monkeypatch):
  (tmp_path / "flags_t2t.txt").write_text("--model=m\n--hparams_set=old_set\n")
  warned = []
  monkeypatch.setattr(tf.logging, "warning", lambda *a: warned.append(a))
  FLAGS.hparams_set = "old_set"
  checks.same_hparams_set(str(tmp_path))
  assert not warned
  FLAGS.hparams_set = "new_set"
  checks.same_hparams_set(str(tmp_path))
  assert "old_set" in warned[0][2]


def test_training_progress_shows_steps_and_loss(capsys):
  loss = tf.get_variable("loss", initializer=2.5)
  tf.losses.add_loss(loss)
  step = tf.train.get_or_create_global_step()
  train = tf.assign_add(step, 1)
  hook = training_progress.ProgressHook(total_steps=4)
  with tf.train.MonitoredSession(hooks=[hook]) as session:
    for _ in range(4):
      session.run(train)
  told = capsys.readouterr().err.splitlines()
  assert told[-1].startswith("training: 100% 4/4 step")
  assert told[-1].endswith("loss 2.5]")


def test_progress_is_added_to_the_stock_trainer(monkeypatch):
  spec = tf.estimator.TrainSpec(lambda: None, max_steps=3)
  experiment = type("Experiment", (), {"_train_spec": spec})()
  monkeypatch.setattr(
    stock_trainer,
    "create_experiment_fn",
    lambda: lambda run_config, hparams: experiment,
  )
  training_progress.add_to(stock_trainer)
  made = stock_trainer.create_experiment_fn()(None, None)
  (hook,) = made._train_spec.hooks
  assert isinstance(hook, training_progress.ProgressHook)


def test_verbs_are_listed_and_suggested(capsys):
  assert t2t_af_command.main(["--help"]) == 0
  assert "doctor" in capsys.readouterr().out
  assert t2t_af_command.main(["docter"]) == 2
  assert 'Did you mean "doctor"' in capsys.readouterr().err


def _cures(findings):
  return {f.what: f.cure for f in findings if f.cure}


def test_doctor_cures_what_is_wrong(monkeypatch, tmp_path):
  # Where pip has put tensor2tensor's own scripts back.
  for name in doctor._COMMANDS[:-1]:
    (tmp_path / name).write_text("import tensorflow as tf")
  monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
  commands = list(doctor._commands())
  assert "t2t-eval, t2t-decoder in" in commands[0].found
  assert commands[1].found.startswith("t2t-af missing")
  assert all("make setup" in f.cure for f in commands)
  # Where a version is not the pinned one.
  monkeypatch.setattr(doctor, "_pins", lambda _: {"absl-py": "0.0.1"})
  assert "make setup" in _cures(doctor._versions()).get("version", "")


def test_doctor_names_the_cure_of_a_hidden_gpu(monkeypatch):
  monkeypatch.setattr(doctor, "_nvidia_smi", lambda: "NVIDIA X, 525")
  monkeypatch.setattr(tf.config, "list_physical_devices", lambda *_: [])
  monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
  assert doctor._gpu().cure == "unset CUDA_VISIBLE_DEVICES"
  monkeypatch.delenv("CUDA_VISIBLE_DEVICES")
  assert "make setup" in doctor._gpu().cure


def test_pins_of_this_python_are_read():
  pins = doctor._pins((_ROOT / "requirements.txt").read_text())
  assert pins["tensorflow"] == "2.15.1" and pins["tensor2tensor"] == "1.15.7"
  expected = "4.9.4" if sys.version_info >= (3, 10) else "4.9.3"
  assert pins["tensorflow-datasets"] == expected
