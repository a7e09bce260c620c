"""What is checked alike for every model: choices, numbers, checkpoints."""

from collections.abc import Iterable, Mapping

from tensor2tensor.utils import registry
import tensorflow.compat.v1 as tf

from t2t_af import errors
from t2t_af import session
from t2t_af.annotations import HParams
from t2t_af.networks import bounds


def one_of(hparams: HParams, choices: Mapping[str, Iterable[str]]) -> None:
  """Raises UserError where an hparam is none of its choices.

  Args:
    hparams: has them, and those of every model, which are checked too.
    choices: {name: what it may be}.
  """
  choices = dict(
    choices,
    optimizer=optimizers(),
    log_scale_clip=bounds.CLIPS,
    precision=session.PRECISIONS,
  )
  for name, known in choices.items():
    value = getattr(hparams, name)
    if value not in known:
      raise errors.UserError(errors.suggest(str(value), known, name))
  if hparams.jit_compile and not tf.test.is_built_with_xla():
    raise errors.UserError(
      "jit_compile needs XLA, and this build of TensorFlow has none: set "
      "jit_compile=False"
    )


def optimizers() -> list[str]:
  """Names of the optimizers that can be built."""
  # adam_w is registered, but is one of tf.contrib, which is gone.
  return sorted(set(registry.list_optimizers()) - {"adam_w"})


def at_least(hparams: HParams, smallest: Mapping[str, float]) -> None:
  """Raises UserError where an hparam is below its smallest value."""
  for name, number in smallest.items():
    value = getattr(hparams, name)
    if not value >= number:  # NaN too
      raise errors.UserError(
        "%s must be at least %g, got %g" % (name, number, value)
      )


def positive(hparams: HParams, *names: str) -> None:
  """Raises UserError where an hparam is not above zero."""
  for name in names:
    value = getattr(hparams, name)
    if not value > 0:
      raise errors.UserError("%s must be positive, got %g" % (name, value))


def check_checkpoint(model_dir: str) -> None:
  """Raises UserError where model_dir's checkpoint is of another shape.

  Call it when the model's variables are built and nothing else is.
  """
  checkpoint = tf.train.latest_checkpoint(model_dir)
  if not checkpoint:
    return
  shapes = tf.train.load_checkpoint(checkpoint).get_variable_to_shape_map()
  for v in tf.trainable_variables():
    ours, theirs = v.shape.as_list(), shapes.get(v.op.name)
    if theirs is None or ours != theirs:
      raise errors.UserError(
        "%s does not fit the model: it %s, the model's is %s. Was it trained "
        "with other hparams, or on frames with other channels? Give another "
        "--output_dir."
        % (
          checkpoint,
          "lacks " + v.op.name
          if theirs is None
          else "has %s %s" % (v.op.name, theirs),
          ours,
        )
      )
