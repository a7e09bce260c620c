"""Commands on a run go on under the hparams that it was trained with."""

from absl import flags
import pytest
from tensor2tensor.utils import trainer_lib

from t2t_af import errors
from t2t_af.bin import checks
from t2t_af.bin import t2t_decoder
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
  for path in (folder / "run").glob("*model.ckpt*"):
    path.unlink()
  (folder / "run" / "checkpoint").unlink()
  t2t_flags.give(hparams="batch_size=3")
  t2t_trainer._prepare(t2t_flags.stock())
  assert FLAGS.hparams == "batch_size=3"
  assert run_folder.read(FLAGS.output_dir)["hparams"] == "batch_size=3"
  assert not (folder / "run" / "hparams.json").exists()


def test_a_checkpoint_is_read_under_its_own_runs_hparams(folder):
  _trained(folder, "base_distribution=student_t")
  path = str(folder / "run" / "model.ckpt-3")
  for output_dir in ("run", "new"):
    t2t_flags.give(
      hparams="", checkpoint_path=path, output_dir=str(folder / output_dir)
    )
    t2t_decoder._prepare(t2t_flags.stock())
    assert FLAGS.hparams == "base_distribution=student_t"


def test_a_checkpoint_of_another_run_is_refused(folder):
  _trained(folder, "")
  other = folder / "other"
  run_folder.update(str(other), num_parameters=3)
  t2t_flags.give(
    checkpoint_path=str(folder / "run" / "model.ckpt-3"), output_dir=str(other)
  )
  with pytest.raises(errors.UserError, match=r"not of the run in .*other"):
    t2t_decoder._prepare(t2t_flags.stock())
  assert checks.run_of_checkpoint(
    str(other / "best" / "model.ckpt-3"), str(other)
  ) == str(other)
