"""`t2t-decoder`: samples from a checkpoint. tensor2tensor's flags.

    t2t-decoder --problem=video_toy_pushing --data_dir=data \\
        --model=video_flow --hparams_set=video_flow_tiny --output_dir=run \\
        [--eval_use_test_set] [--checkpoint_path=run/model.ckpt-1000] \\
        [--decode_hparams="num_samples=8,num_decodes=4"]

With --decode_from_file=FILE it continues a file of yours instead, as
`t2t-af forecast` does: num_decodes futures of video_num_target_frames steps,
in --decode_to_file=FOLDER (default: OUTPUT_DIR/forecast).
"""

import argparse
import sys

from t2t_af import mended  # noqa: F401

# isort: split
from absl import flags

from t2t_af.bin import asking
from t2t_af.bin import checks
from t2t_af.bin import command
from t2t_af.bin import forecast
from t2t_af.bin import idle_flags
from t2t_af.experiments import decoding
from t2t_af.experiments import recovery

FLAGS = flags.FLAGS


def main() -> None:
  """The command; leaves with its exit code."""
  sys.exit(
    command.run(
      "tensor2tensor.bin.t2t_decoder",
      __doc__,
      _prepare,
      interrupted=lambda: "the checkpoint is untouched",
    )
  )


def _prepare(stock) -> None:
  checks.given("problem", "model", "hparams_set", "data_dir", "output_dir")
  checks.expand_home(
    "data_dir",
    "output_dir",
    "checkpoint_path",
    "decode_to_file",
    "decode_from_file",
  )
  checks.problem(FLAGS.problem)
  checks.model_and_hparams(FLAGS.output_dir)
  checks.decode_hparams()
  if not (
    FLAGS.decode_interactive or FLAGS.decode_from_file or FLAGS.score_file
  ):
    checks.data_files(
      FLAGS.problem, ["test" if FLAGS.eval_use_test_set else "dev"]
    )
  if FLAGS.checkpoint_path:
    checks.checkpoint_exists(FLAGS.checkpoint_path)
    checks.checkpoint_is_of_run(FLAGS.checkpoint_path, FLAGS.output_dir)
  else:
    recovery.check_exists(FLAGS.output_dir)
  checks.output_dir_is_of(FLAGS.model, FLAGS.output_dir)
  checks.same_model_as_before(FLAGS.output_dir)
  idle_flags.warn(idle_flags.DECODER)
  stock.decoding.decode_from_dataset = decoding.decode_from_dataset
  stock.decoding.decode_from_file = _decode_from_file


def _decode_from_file(
  estimator, filename, hparams, decode_hp, decode_to_file, checkpoint_path
) -> None:
  """Drop-in for tensor2tensor's, which reads lines of text."""
  del estimator
  asked = FLAGS.decode_hparams or ""
  args = argparse.Namespace(
    run=FLAGS.output_dir,
    files=[filename],
    out=decode_to_file,
    data_dir=FLAGS.data_dir,
    hparams=FLAGS.hparams,
    steps=hparams.video_num_target_frames,
    # Else as many as `t2t-af forecast` draws: one future says little.
    num_samples=decode_hp.num_decodes if "num_decodes" in asked else 0,
    seed=FLAGS.random_seed,
    quantiles=forecast.QUANTILES,
  )
  with asking.loaded("forecast", args, checkpoint=checkpoint_path) as run:
    forecast.forecast(run, args)
  asking.print_folder(args)


if __name__ == "__main__":
  main()
