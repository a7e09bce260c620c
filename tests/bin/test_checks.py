"""What is wrong with a command line is said before anything is built."""

from absl import flags
import pytest
from tensor2tensor.data_generators import bair_robot_pushing  # noqa: F401
import tensorflow.compat.v1 as tf

from problems import series_particle
from t2t_af import errors
from t2t_af.bin import checks
from t2t_af.experiments import best_checkpoint
from t2t_af.experiments import recovery
from t2t_af.records import run_folder
from tests.fixtures import checkpoint_files

FLAGS = flags.FLAGS

pytestmark = pytest.mark.usefixtures("parsed_flags")


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
      lambda: checks.sequence_problem("video_bair_robot_pushing"),
      "is tensor2tensor's",
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


def test_another_models_checkpoint_is_refused(tmp_path):
  checks.output_dir_is_of("next_frame_glow", str(tmp_path))  # empty: fine
  with pytest.raises(errors.UserError, match="holds no checkpoint"):
    recovery.check_exists(str(tmp_path))
  path = checkpoint_files.write(str(tmp_path), 3, scope="next_frame_glow")
  recovery.check_exists(str(tmp_path))
  checks.checkpoint_exists(path)
  with pytest.raises(errors.UserError, match="written without .index"):
    checks.checkpoint_exists(path + ".index")
  checks.output_dir_is_of("next_frame_glow", str(tmp_path))
  with pytest.raises(
    errors.UserError,
    match="a checkpoint of next_frame_glow, not of transformer",
  ):
    checks.output_dir_is_of("transformer", str(tmp_path))


def test_a_run_goes_on_under_its_own_set_alone(tmp_path):
  FLAGS.model, FLAGS.hparams_set = "autoregressive_flow", "af1_tiny"
  checks.same_model_as_before(str(tmp_path))  # nothing there yet
  run_folder.update(str(tmp_path), hparams_set="af1_tiny")
  FLAGS.hparams_set = "af1_series_tiny"
  with pytest.raises(errors.UserError, match="is a run of --hparams_set=af1_t"):
    checks.same_model_as_before(str(tmp_path))


def test_flags_that_are_given_are_no_mistake():
  FLAGS.problem, FLAGS.data_dir = "p", "d"
  checks.given("problem", "data_dir")
  with pytest.raises(errors.UserError, match="^--output_dir must be given"):
    checks.given("problem", "output_dir", "data_dir")


def test_home_is_expanded_in_what_is_given(monkeypatch):
  monkeypatch.setenv("HOME", "/home/somebody")
  FLAGS.data_dir, FLAGS.output_dir, FLAGS.tmp_dir = "~/data", "a~b", None
  checks.expand_home("data_dir", "output_dir", "tmp_dir", "no_such_flag")
  assert (FLAGS.data_dir, FLAGS.output_dir, FLAGS.tmp_dir) == (
    "/home/somebody/data",
    "a~b",
    None,
  )


def _set(model, hparams_set, hparams=""):
  FLAGS.model, FLAGS.hparams_set, FLAGS.hparams = model, hparams_set, hparams
  FLAGS.problem = "video_toy_pushing"


@pytest.mark.parametrize(
  "model, hparams_set, hparams, message",
  [
    ("video_flo", "video_flow_tiny", "", 'unknown model "video_flo". Did you'),
    ("slvm", "slvm_tini", "", 'unknown hparams_set "slvm_tini". Did you'),
    (
      "slvm",
      "slvm_tiny",
      "latent_sise=3",
      'unknown hparam of slvm_tiny "latent_sise". Did you mean "latent_size"',
    ),
    ("slvm", "slvm_tiny", "latent_size=big", "cannot read"),
    ("slvm", "slvm_tiny", "train_fraction=0", "train_fraction"),
    ("slvm", "slvm_tiny", "dropout=0.9", "dropout=0.9 has no effect on slvm"),
  ],
)
def test_wrong_models_and_hparams_are_named(
  model, hparams_set, hparams, message
):
  _set(model, hparams_set, hparams)
  with pytest.raises(errors.UserError, match=message):
    checks.model_and_hparams()


def test_right_models_and_hparams_pass():
  _set("slvm", "slvm_tiny", "latent_size=3,train_fraction=0.5")
  checks.model_and_hparams()


def test_what_a_run_began_with_may_be_given_again(tmp_path):
  """Also what has no effect, and stands in its hparams.json."""
  _set("slvm", "slvm_tiny", "dropout=0.9")
  (tmp_path / "hparams.json").write_text('{"dropout": 0.9}', encoding="utf-8")
  checks.model_and_hparams(str(tmp_path))
  with pytest.raises(errors.UserError, match="no effect"):
    checks.model_and_hparams()


def test_of_a_damaged_checkpoint_the_one_before_is_used(tmp_path, capsys):
  checkpoint_files.write(str(tmp_path), 3)
  path = checkpoint_files.write(str(tmp_path), 5)
  (tmp_path / "model.ckpt-5.data-00000-of-00001").write_bytes(b"cut")
  told = "model.ckpt-5 is damaged: .* that is whole is model.ckpt-3"
  with pytest.raises(errors.UserError, match=told):
    checks.checkpoint_exists(path)  # Which a person named.
  recovery.check_exists(str(tmp_path))
  assert best_checkpoint.step_of(str(tmp_path)) == 3
  assert "Going on from" in capsys.readouterr().err
  (tmp_path / "model.ckpt-3.index").unlink()
  with pytest.raises(errors.UserError, match="no other checkpoint .* whole"):
    recovery.check_exists(str(tmp_path))


def test_the_checkpoint_of_before_a_training_is_not_evaluated(tmp_path):
  path = checkpoint_files.write(str(tmp_path), 0)
  recovery.check_goes_on(str(tmp_path))
  with pytest.raises(errors.UserError, match="step 0, from before any"):
    recovery.check_exists(str(tmp_path))
  with pytest.raises(errors.UserError, match="step 0, from before any"):
    checks.checkpoint_exists(path)


def test_decode_hparams_are_looked_at():
  FLAGS.decode_hparams = "num_samples=3"
  checks.decode_hparams()
  FLAGS.decode_hparams = "num_sample=3"
  with pytest.raises(errors.UserError, match='unknown decode hparam "num_sam'):
    checks.decode_hparams()


def test_a_problem_of_sequences_is_returned():
  problem = checks.sequence_problem("series_particle")
  assert isinstance(problem, series_particle.SeriesParticle)
  with pytest.raises(errors.UserError, match='unknown problem "series_part"'):
    checks.sequence_problem("series_part")


@pytest.mark.parametrize("name", ["train", "evaluate", "train_and_evaluate"])
def test_schedules_of_the_trainer_pass(name):
  checks.schedule(name)


@pytest.mark.parametrize("name", ["_train_spec", "decode_hparams_x", ""])
def test_other_schedules_do_not(name):
  with pytest.raises(errors.UserError, match="unknown schedule"):
    checks.schedule(name)


def test_models_of_a_checkpoint_are_those_registered(tmp_path):
  tf.get_variable("slvm/body/w", initializer=[1.0])
  tf.get_variable("somebody/body/w", initializer=[1.0])
  tf.get_variable("global_step", initializer=[1.0])
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    tf.train.Saver().save(session, str(tmp_path / "model.ckpt"))
  checks.output_dir_is_of("slvm", str(tmp_path))
  with pytest.raises(errors.UserError, match="checkpoint of slvm, not of"):
    checks.output_dir_is_of("video_flow", str(tmp_path))
