"""`t2t-eval`: evaluates the checkpoint in --output_dir. tensor2tensor's flags.

    t2t-eval --problem=video_toy_pushing --data_dir=data \\
        --model=video_flow --hparams_set=video_flow_tiny --output_dir=run \\
        [--eval_use_test_set] [--eval_steps=100]

Ends when no newer checkpoint is there. --eval_timeout_mins=N waits N minutes
for the next one instead, -1 for ever (tensor2tensor's default is 240).
"""

import sys

from t2t_af import mended  # noqa: F401

# isort: split
from absl import flags

from t2t_af.bin import checks
from t2t_af.bin import command
from t2t_af.bin import idle_flags
from t2t_af.experiments import new_checkpoints
from t2t_af.experiments import recovery

FLAGS = flags.FLAGS


def main() -> None:
  """The command; leaves with its exit code."""
  sys.exit(
    command.run(
      "tensor2tensor.bin.t2t_eval",
      __doc__,
      _prepare,
      interrupted=lambda: "the checkpoint is untouched",
    )
  )


def _prepare(stock) -> None:
  del stock
  checks.given("problem", "model", "hparams_set", "data_dir", "output_dir")
  checks.expand_home("data_dir", "output_dir")
  checks.problem(FLAGS.problem)
  checks.model_and_hparams(FLAGS.output_dir)
  checks.data_files(
    FLAGS.problem, ["test" if FLAGS.eval_use_test_set else "dev"]
  )
  # tensor2tensor: 240 minutes. Here: none, because a person who evaluates a
  # finished run takes a command that sits for four hours for a dead one.
  FLAGS.set_default("eval_timeout_mins", 0)
  if not FLAGS.eval_timeout_mins:
    recovery.check_exists(FLAGS.output_dir)
  else:
    sys.stderr.write("waiting for every new checkpoint; Ctrl-C ends\n")
    new_checkpoints.pass_over_damaged()
  checks.output_dir_is_of(FLAGS.model, FLAGS.output_dir)
  checks.same_model_as_before(FLAGS.output_dir)
  idle_flags.warn(idle_flags.EVAL)


if __name__ == "__main__":
  main()
