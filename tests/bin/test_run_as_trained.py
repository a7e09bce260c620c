"""Commands on a run go on under the hparams that it was trained with."""

from absl import flags
import pytest
from tensor2tensor.utils import trainer_lib
import tensorflow.compat.v1 as tf

from t2t_af import errors
from t2t_af.bin import checks
from t2t_af.bin import t2t_decoder
from t2t_af.bin import t2t_eval
from t2t_af.bin import t2t_trainer
from t2t_af.records import run_folder
from tests.bin import t2t_flags
from tests.fixtures import checkpoint_files

FLAGS = flags.FLAGS

pytestmark = pytest.mark.usefixtures("folder")


def _trained(folder, hparams):
  """A run that was begun with these overrides and has a checkpoint."""
  t2t_flags.give(schedule="train", hparams=hparams)
  t2t_trainer._prepare(t2t_flags.stock())
  run = folder / "run"
  checkpoint_files.write(str(run), 3)
  stored = trainer_lib.create_hparams("slvm_tiny", hparams)
  (run / "hparams.json").write_text(stored.to_json(), encoding="utf-8")


@pytest.mark.parametrize("module", t2t_flags.COMMANDS)
def test_a_run_goes_on_as_it_was_trained(folder, module):
  text = "base_distribution=student_t,batch_size=2"
  _trained(folder, text)
  t2t_flags.give(hparams="batch_size=3")
  module._prepare(t2t_flags.stock())
  assert FLAGS.hparams == "batch_size=3,base_distribution=student_t"
  t2t_flags.give(hparams="")
  module._prepare(t2t_flags.stock())
  assert sorted(FLAGS.hparams.split(","))[0] == "base_distribution=student_t"
  # What records call the run.
  assert run_folder.read(FLAGS.output_dir)["hparams"] == (
    FLAGS.hparams if module is t2t_trainer else text
  )


@pytest.mark.parametrize("module", t2t_flags.COMMANDS)
@pytest.mark.parametrize(
  "values, message",
  [
    (dict(hparams="base_distribution=normal"), "trained with base_distributio"),
    (dict(hparams_set="slvm_dx_tiny"), "is a run of --hparams_set=slvm_tiny"),
  ],
)
def test_a_trained_run_is_no_other_model(folder, module, values, message):
  _trained(folder, "base_distribution=student_t")
  t2t_flags.give(**values)
  with pytest.raises(errors.UserError, match=message):
    module._prepare(t2t_flags.stock())


def test_a_training_that_saved_nothing_begins_anew(folder):
  _trained(folder, "base_distribution=student_t")
  run_folder.update(FLAGS.output_dir, data_fingerprint="of other data")
  for path in (folder / "run").glob("*model.ckpt*"):
    path.unlink()
  (folder / "run" / "checkpoint").unlink()
  t2t_flags.give(hparams="batch_size=3")
  t2t_trainer._prepare(t2t_flags.stock())
  assert FLAGS.hparams == "batch_size=3"
  assert run_folder.read(FLAGS.output_dir)["hparams"] == "batch_size=3"
  assert not (folder / "run" / "hparams.json").exists()
  assert "data_fingerprint" not in run_folder.read(FLAGS.output_dir)


def test_hparams_are_known_where_their_file_is_lost(folder):
  _trained(folder, "base_distribution=student_t")
  (folder / "run" / "hparams.json").unlink()
  t2t_flags.give(hparams="")
  t2t_eval._prepare(t2t_flags.stock())
  assert FLAGS.hparams == "base_distribution=student_t"
  t2t_flags.give(hparams="base_distribution=normal")
  with pytest.raises(
    errors.UserError, match="trained with base_distribution=s"
  ):
    t2t_eval._prepare(t2t_flags.stock())


def test_what_a_continued_training_changes_is_told(folder, capsys):
  _trained(folder, "batch_size=4")
  run_folder.update(FLAGS.output_dir, eval_every=10)  # of compare
  capsys.readouterr()
  t2t_flags.give(hparams="batch_size=3,learning_rate_constant=0.003")
  t2t_trainer._prepare(t2t_flags.stock())
  told = capsys.readouterr().err
  assert "From step 3 on: batch_size=3 (it was 4). The records" in told
  assert "chosen_of_steps" not in run_folder.identity(FLAGS.output_dir)
  t2t_flags.give(train_steps=2)  # It has 3.
  t2t_trainer._prepare(t2t_flags.stock())
  assert run_folder.read(FLAGS.output_dir)["steps"] == 3


def test_a_checkpoint_is_read_under_its_own_runs_hparams(folder):
  _trained(folder, "base_distribution=student_t")
  (folder / "link").symlink_to(folder / "run")
  best = folder / "run" / "best"
  checkpoint_files.write(str(best), 3)
  for checkpoint in (folder / "run", folder / "link", best):
    for output_dir in ("run", "link"):
      t2t_flags.give(
        hparams="",
        checkpoint_path=str(checkpoint / "model.ckpt-3"),
        output_dir=str(folder / output_dir),
      )
      t2t_decoder._prepare(t2t_flags.stock())
      assert FLAGS.hparams == "base_distribution=student_t"


@pytest.mark.parametrize("output_dir", ["other", "new"])
def test_a_checkpoint_of_another_run_is_refused(folder, output_dir):
  _trained(folder, "")
  run_folder.update(str(folder / "other"), hparams_set="slvm_tiny")
  t2t_flags.give(
    checkpoint_path=str(folder / "run" / "model.ckpt-3"),
    output_dir=str(folder / output_dir),
  )
  told = rf"not of --output_dir=.*{output_dir}, .*Give --output_dir=.*run\."
  with pytest.raises(errors.UserError, match=told):
    t2t_decoder._prepare(t2t_flags.stock())


def test_a_run_may_be_called_best(folder):
  best = folder / "best"
  run_folder.update(str(best), hparams_set="slvm_tiny")
  checks.checkpoint_is_of_run(str(best / "model.ckpt-3"), str(best))


def test_weights_that_say_nothing_are_told(folder, monkeypatch):
  checkpoint_files.write(str(folder / "run"), 3)
  warned = []
  monkeypatch.setattr(
    tf.logging, "warning", lambda *a: warned.append(a[0] % a[1:])
  )
  t2t_eval._prepare(t2t_flags.stock())
  assert "does not say what it was trained with" in warned[0]
  assert "slvm_tiny" in warned[0]


def test_a_run_that_goes_on_is_not_warm_started(folder, capsys):
  _trained(folder, "")
  t2t_flags.give(warm_start_from=str(folder / "run"))
  t2t_trainer._prepare(t2t_flags.stock())
  assert "--warm_start_from does nothing" in capsys.readouterr().err
  assert "warm_start_from" not in run_folder.read(FLAGS.output_dir)
  t2t_flags.give(output_dir=str(folder / "new"))
  t2t_trainer._prepare(t2t_flags.stock())
  known = run_folder.read(FLAGS.output_dir)
  assert known["warm_start_from"] == str(folder / "run" / "model.ckpt-3")


def test_an_evaluation_changes_nothing_from_here_on(folder, capsys):
  _trained(folder, "batch_size=4")
  t2t_flags.give(hparams="batch_size=3", schedule="evaluate")
  t2t_trainer._prepare(t2t_flags.stock())
  assert "From step" not in capsys.readouterr().err


def test_weights_of_another_model_start_nothing(folder):
  other = folder / "other"
  checkpoint_files.write(str(other), 3, scope="autoregressive_flow")
  t2t_flags.give(schedule="train", warm_start_from=str(other))
  with pytest.raises(
    errors.UserError, match="--warm_start_from=.* not of slvm"
  ):
    t2t_trainer._prepare(t2t_flags.stock())
