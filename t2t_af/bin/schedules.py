"""What the trainer's schedules do; they are T2TExperiment's methods."""

from absl import flags

from t2t_af.bin import cluster

FLAGS = flags.FLAGS

EVALUATE_WHILE_TRAINING = ("continuous_train_and_eval", "train_and_evaluate")
# Up to --train_steps, wherever the run is now.
TRAIN_TO_A_STEP = (*EVALUATE_WHILE_TRAINING, "train")
TRAIN = (*TRAIN_TO_A_STEP, "train_eval_and_decode", "test")
EVALUATE = (
  *EVALUATE_WHILE_TRAINING,
  "evaluate",
  "train_eval_and_decode",
  "test",
  "continuous_eval",
)
DECODE = (
  "train_eval_and_decode",
  "decode",
  "continuous_decode",
  "continuous_decode_on_train_data",
  "continuous_decode_on_eval_data",
  "continuous_decode_from_file",
)


def writes_checkpoints() -> bool:
  """Whether this process trains, and of several workers is the chief."""
  return (
    FLAGS.schedule in TRAIN
    and FLAGS.worker_id == 0
    and cluster.named().index == 0
  )


def waits_for_training() -> bool:
  """Whether a person said how long --schedule waits for a checkpoint.

  tensor2tensor waits four hours where nobody did: it looks like a dead command.
  """
  if FLAGS.schedule.startswith("continuous_eval"):
    return FLAGS["eval_timeout_mins"].present and FLAGS.eval_timeout_mins != 0
  return (
    FLAGS.schedule.startswith("continuous_decode")
    and "decode_timeout_mins" in FLAGS.decode_hparams
  )
