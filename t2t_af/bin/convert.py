"""`convert`: a checkpoint of next_frame_glow for video_flow, or back.

    t2t-af convert --from_dir=stock_run --to_dir=run --model=video_flow

Variables have the same names and shapes under the model's scope, so the
scope is all that changes. Optimizer state is left out: it is not shared.
"""

import os

import t2t_af
from t2t_af import errors
from t2t_af.bin import arguments

_MODELS = ("video_flow", "next_frame_glow")


def convert(checkpoint: str, to_dir: str, model: str) -> str:
  """Writes the model's variables of `checkpoint` under another model's scope.

  Args:
    checkpoint: path prefix, e.g. run/model.ckpt-1000.
    to_dir: folder of the new checkpoint; must hold none.
    model: scope of the new one.

  Returns:
    The new checkpoint's path prefix; its step is the old one's.

  Raises:
    UserError: no variables of either model, or to_dir is taken.
  """
  import tensorflow.compat.v1 as tf

  from t2t_af.experiments import checkpoints

  if checkpoints.steps_in(to_dir):
    raise errors.UserError(
      "%s holds a checkpoint already; give an empty folder" % to_dir
    )
  reader = tf.train.load_checkpoint(checkpoint)
  values = {}
  for name in reader.get_variable_to_shape_map():
    scope, _, rest = name.partition("/")
    if scope in _MODELS and rest.startswith("body/") and not _is_slot(rest):
      values["%s/%s" % (model, rest)] = reader.get_tensor(name)
  if not values:
    raise errors.UserError(
      "%s holds no variables of %s" % (checkpoint, " or ".join(_MODELS))
    )
  step = int(reader.get_tensor("global_step"))
  with tf.Graph().as_default(), tf.Session() as session:
    # Values are fed: a graph cannot hold 2 GB of constants.
    feed, initializers = {}, []
    for name, value in values.items():
      initial = tf.placeholder(value.dtype, value.shape)
      variable = tf.get_variable(name, initializer=initial)
      initializers.append(variable.initializer)
      feed[initial] = value
    initializers.append(tf.train.create_global_step().initializer)
    session.run(initializers, feed)
    session.run(tf.assign(tf.train.get_global_step(), step))
    tf.gfile.MakeDirs(to_dir)
    return tf.train.Saver().save(
      session, os.path.join(to_dir, "model.ckpt"), step
    )


def _is_slot(name):
  return name.split("/")[-1] in ("Adam", "Adam_1", "m", "v")


def main(argv: list[str]) -> int:
  """Converts the newest checkpoint and prints where the new one is."""
  parser = arguments.parser("convert", __doc__)
  parser.add_argument(
    "--from_dir",
    required=True,
    help="a run's folder, or a checkpoint's path prefix",
  )
  parser.add_argument("--to_dir", required=True)
  parser.add_argument("--model", default="video_flow", choices=_MODELS)
  args = parser.parse_args(argv)
  t2t_af.register()
  from t2t_af.experiments import recovery

  checkpoint = recovery.source(args.from_dir)
  print("wrote " + convert(checkpoint, args.to_dir, args.model))
  return 0
