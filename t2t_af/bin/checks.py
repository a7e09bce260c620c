"""What is wrong with a command line, found before anything is built."""

from collections.abc import Iterable
import os

from absl import flags
from tensor2tensor.utils import decoding
from tensor2tensor.utils import registry
from tensor2tensor.utils import trainer_lib
import tensorflow.compat.v1 as tf

from problems.core import shard_files
from problems.core import training_part
from problems.core.sequence_problem import SequenceProblem
from t2t_af.errors import suggest
from t2t_af.errors import UserError
from t2t_af.experiments import as_trained
from t2t_af.experiments import checkpoints
from t2t_af.experiments import overrides
from t2t_af.experiments import recovery
from t2t_af.experiments import stored_hparams
from t2t_af.models import run_data

FLAGS = flags.FLAGS
# Looked into by name: a list of all would import all that tensor2tensor has.
_MODELS = registry.Registries.models
_HPARAMS_SETS = registry.Registries.hparams
_PROBLEMS = registry.Registries.problems
_ENVIRONMENTS = registry.Registries.env_problems


def given(*names: str) -> None:
  """Raises if one of these flags has no value."""
  missing = [f"--{name}" for name in names if not getattr(FLAGS, name)]
  if missing:
    raise UserError(f"{' and '.join(missing)} must be given.")


def expand_home(*names: str) -> None:
  """Expands ~ in flags that hold paths; tensor2tensor does so in some."""
  for name in names:
    value = getattr(FLAGS, name, None)
    if value:
      setattr(FLAGS, name, os.path.expanduser(value))


def problem(name: str) -> None:
  """Raises if no problem is registered by this name."""
  base = registry.parse_problem_name(name).base_name
  if base not in _PROBLEMS and base not in _ENVIRONMENTS:
    raise UserError(suggest(base, [*_PROBLEMS, *_ENVIRONMENTS], "problem"))


def sequence_problem(name: str) -> SequenceProblem:
  """The problem, if its sequences can be read here.

  Raises:
    UserError: there is none of this name, or it is not one of sequences.
  """
  problem(name)
  known = registry.problem(name)
  if not isinstance(known, SequenceProblem):
    raise UserError(
      f"{name} is tensor2tensor's, which stores single frames or samples; "
      "this command reads sequences as the problems of t2t_af store them "
      "(t2t-af data lists these)."
    )
  return known


def model_and_hparams(output_dir: str = "") -> None:
  """Raises on an unknown --model, --hparams_set or name in --hparams.

  And on a value in --hparams that names no part of the training data, or that
  nothing reads. --problem has been checked.

  Args:
    output_dir: of a run that keeps the hparams that it began with.
  """
  if FLAGS.model not in _MODELS:
    raise UserError(suggest(FLAGS.model, _MODELS, "model"))
  if FLAGS.hparams_set not in _HPARAMS_SETS:
    raise UserError(suggest(FLAGS.hparams_set, _HPARAMS_SETS, "hparams_set"))
  stored_hparams.check(output_dir, FLAGS.hparams_set)
  hparams = trainer_lib.create_hparams(
    FLAGS.hparams_set,
    hparams_path=output_dir and stored_hparams.path(output_dir),
  )
  overrides.check_set(hparams, FLAGS.hparams_set, FLAGS.model)
  before = dict(hparams.values())
  overrides.parse(hparams, FLAGS.hparams, f"hparam of {FLAGS.hparams_set}")
  training_part.from_hparams(hparams)
  base = registry.parse_problem_name(FLAGS.problem).base_name
  if base in _PROBLEMS:
    overrides.check_effect(before, hparams, FLAGS.model, FLAGS.problem)


def same_data(output_dir: str) -> None:
  """Raises if the run was trained on other data, unless that is allowed."""
  if not run_data.is_known(output_dir):
    return
  if FLAGS.allow_other_data:
    run_data.allow(output_dir)
  data = sequence_problem(FLAGS.problem).data_fingerprint(FLAGS.data_dir)
  run_data.check(output_dir, data, FLAGS.data_dir)


def same_model_as_before(output_dir: str) -> list[str]:
  """Has --hparams say what the run was trained with and it does not say.

  Returns:
    What --hparams changes, ["name=value (it was value)"].

  Raises:
    UserError: --hparams_set or --hparams are of another model than the run's.
  """
  if not as_trained.is_run(output_dir) and checkpoints.newest(output_dir):
    tf.logging.warning(
      "%s does not say what it was trained with (no run.json): taken for %s %s",
      output_dir,
      FLAGS.hparams_set,
      FLAGS.hparams or "",
    )
  as_trained.check_set(output_dir, FLAGS.hparams_set)
  said = FLAGS.hparams or ""
  hparams = as_trained.hparams(output_dir, FLAGS.hparams_set)
  before = dict(hparams.values())
  as_trained.override(output_dir, hparams, said, FLAGS.model)
  added = as_trained.added(output_dir, FLAGS.hparams_set, said)
  if added:
    tf.logging.warning(
      "%s goes on with %s, as it was trained", output_dir, ", ".join(added)
    )
    FLAGS.hparams = ",".join(filter(None, [said, *added]))
  return [
    f"{name}={value} (it was {before[name]})"
    for name, value in hparams.values().items()
    if value != before.get(name)
  ]


def decode_hparams() -> None:
  """Raises on an unknown name in --decode_hparams."""
  overrides.parse(
    decoding.decode_hparams(), FLAGS.decode_hparams, "decode hparam"
  )


def data_files(problem_name: str, splits: Iterable[str]) -> None:
  """Raises if the data of a split ("train", "dev", "test") is missing."""
  base = registry.parse_problem_name(problem_name).base_name
  if base not in _PROBLEMS:
    return  # an environment: its data is made while training
  prefix = registry.problem(problem_name).dataset_filename()
  missing = [
    split
    for split in splits
    if not shard_files.matching(FLAGS.data_dir, f"{prefix}-{split}*")
  ]
  if missing:
    raise UserError(
      f"{FLAGS.data_dir} holds no {' or '.join(missing)} data of "
      f"{problem_name}. Make it with: t2t-datagen --problem={problem_name} "
      f"--data_dir={FLAGS.data_dir}"
    )


def output_dir_is_of(model_name: str, output_dir: str) -> None:
  """Raises if output_dir holds the checkpoint of another model.

  tensor2tensor puts a model's variables under the name of its class.
  """
  checkpoint = checkpoints.newest(output_dir)
  if checkpoint:
    _check_scopes(model_name, checkpoint, f"--output_dir={output_dir}")


def checkpoint_is_of(model_name: str, checkpoint: str) -> None:
  """Raises if a --warm_start_from is of another model: it would set nothing."""
  _check_scopes(model_name, checkpoint, f"--warm_start_from={checkpoint}")


def _check_scopes(model_name: str, checkpoint: str, given: str) -> None:
  scope = registry.default_name(registry.model(model_name))
  scopes = _scopes(checkpoint)
  models = [] if scope in scopes else [s for s in scopes if s in _MODELS]
  if models:
    raise UserError(
      f"{given} holds a checkpoint of {' and '.join(models)}, not of "
      f"{model_name}. Give another {given.split('=')[0]}, or "
      f"--model={models[0]}."
    )


def _scopes(checkpoint: str) -> list[str]:
  """The scopes of a checkpoint's variables, in order; one is a model's."""
  names = [name for name, _ in tf.train.list_variables(checkpoint)]
  return sorted({name.split("/")[0] for name in names if "/" in name})


def checkpoint_exists(path: str) -> None:
  """Raises if a --checkpoint_path is none."""
  if not tf.gfile.Exists(f"{path}.index"):
    raise UserError(
      f"--checkpoint_path={path}: there is no such checkpoint. It is written "
      "without .index or .meta, e.g. run/model.ckpt-1000."
    )
  recovery.check_trained(path)


def checkpoint_is_of_run(path: str, output_dir: str) -> None:
  """Raises if a --checkpoint_path is of another run than --output_dir's.

  Its samples would be recorded as what that run samples.
  """
  folder = os.path.dirname(os.path.realpath(path))
  if os.path.basename(folder) == "best" and not as_trained.is_run(folder):
    folder = os.path.dirname(folder)  # of the best steps of a run
  if folder == os.path.realpath(output_dir):
    return
  for run in (folder, output_dir):
    if as_trained.is_run(run):
      raise UserError(
        f"--checkpoint_path={path} is not of --output_dir={output_dir}, as "
        f"which its samples would be recorded. Give --output_dir={folder}."
      )


def schedule(name: str) -> None:
  """Raises if the trainer has no such --schedule."""
  known = [
    k
    for k, v in vars(trainer_lib.T2TExperiment).items()
    if callable(v) and not k.startswith("_")
  ]
  if name not in known:
    raise UserError(suggest(name, known, "schedule"))
