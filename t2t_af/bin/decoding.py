"""Sampling for `t2t-decoder`: all samples of a context in one session.

tensor2tensor builds graph and session anew for each of `num_decodes`; a model
whose `infer` returns [batch, num_decodes, time, ...] makes them all at once.
Other models, such as next_frame_glow, are left to tensor2tensor.

Written to the run's folder:
  samples.npz                      inputs, targets, outputs, uint8
  results/samples.jsonl            one record: PSNR and SSIM, best of N
  decode/quality.csv               the same per context and frame
  decode/context_<i>/strip.png     truth and samples, time to the right
  decode/context_<i>/samples.gif   the same, moving
  decode/context_<i>/<row>/*.png   single frames
"""

import io
import os

import numpy as np
from tensor2tensor.utils import decoding as t2t_decoding
import tensorflow.compat.v1 as tf

from t2t_af import progress
from t2t_af import records
from t2t_af import run_folder
from t2t_af.analysis import pictures
from t2t_af.analysis import quality as quality_lib

_stock_decode_from_dataset = t2t_decoding.decode_from_dataset


def decode_from_dataset(estimator, problem_name, hparams, decode_hp,
                        decode_to_file=None, dataset_split=None,
                        checkpoint_path=None):
  """Drop-in for tensor2tensor's; same arguments.

  decode_hp: num_samples contexts (-1: all), num_decodes samples of each,
  batch_size contexts at once (0: the model's), max_display_outputs contexts
  and max_display_decodes samples as pictures, frames_per_second of the GIFs.
  """
  if decode_hp.batch_size:
    hparams.batch_size = decode_hp.batch_size
  input_fn = hparams.problem.make_estimator_input_fn(
      tf.estimator.ModeKeys.PREDICT, hparams, dataset_kwargs={
          "dataset_split": dataset_split,
          "shard": decode_hp.shard_id if decode_hp.shards > 1 else None,
          "max_records": decode_hp.num_samples})
  predictions = estimator.predict(input_fn, checkpoint_path=checkpoint_path)
  first = next(predictions)
  if first["outputs"].ndim != 5:
    return _stock_decode_from_dataset(
        estimator, problem_name, hparams, decode_hp, decode_to_file,
        dataset_split, checkpoint_path)
  found = [first]
  contexts = progress.bar(
      predictions, initial=1, unit="context", label="sampling",
      total=decode_hp.num_samples if decode_hp.num_samples > 0 else None)
  found.extend(contexts)
  samples = {name: np.stack([p[name] for p in found]).astype(np.uint8)
             for name in ("inputs", "targets", "outputs")}
  _warn_of_non_finite(int(sum(p["scores"] for p in found)))
  _write_samples(estimator.model_dir, samples)
  _write_pictures(os.path.join(estimator.model_dir, "decode"), samples,
                  decode_hp)
  record = _write_record(estimator, hparams, decode_hp, samples,
                         dataset_split, checkpoint_path)
  _write_summaries(estimator.model_dir, decode_hp, samples, record)
  return found


def _write_samples(output_dir, samples):
  stream = io.BytesIO()
  np.savez_compressed(stream, **samples)
  pictures.write(os.path.join(output_dir, "samples.npz"), stream.getvalue())


def _warn_of_non_finite(number):
  if number:
    tf.logging.warning(
        "%d sampled values are not finite and were drawn black or white. "
        "Train longer, or sample with --hparams=temperature=0.7", number)


def _rows(samples, context, num_samples):
  """Truth and samples of a context, the conditioning frames before each."""
  inputs = samples["inputs"][context]
  futures = [("truth", samples["targets"][context])] + [
      ("sample %d" % (n + 1), samples["outputs"][context, n])
      for n in range(num_samples)]
  return [pictures.Row(label, np.concatenate([inputs, future]))
          for label, future in futures]


def _write_pictures(folder, samples, decode_hp):
  num_contexts, num_samples, = samples["outputs"].shape[:2]
  num_cond = samples["inputs"].shape[1]
  for context in range(min(num_contexts, decode_hp.max_display_outputs)):
    rows = _rows(samples, context,
                 min(num_samples, decode_hp.max_display_decodes))
    here = os.path.join(folder, "context_%03d" % context)
    os.makedirs(here, exist_ok=True)
    pictures.write(os.path.join(here, "strip.png"),
                   pictures.png(pictures.strip(rows, num_cond)))
    pictures.write(os.path.join(here, "samples.gif"), pictures.animation(
        rows, num_cond, milliseconds=1000 // decode_hp.frames_per_second))
    for row in rows:
      pictures.write_frames(
          os.path.join(here, row.label.replace(" ", "_")), row.frames)


def _write_record(estimator, hparams, decode_hp, samples, split, checkpoint):
  quality = quality_lib.best_of_n(samples["outputs"], samples["targets"])
  quality_lib.write_csv(
      os.path.join(estimator.model_dir, "decode", "quality.csv"), quality)
  checkpoint = checkpoint or estimator.latest_checkpoint()
  fields = dict(
      run_folder.identity(estimator.model_dir),
      problem=hparams.problem.name, split=str(split or "eval"),
      checkpoint=os.path.basename(checkpoint),
      step=t2t_decoding.get_step_from_ckpt_path(checkpoint),
      temperature=hparams.temperature,
      num_contexts=len(samples["inputs"]), num_samples=decode_hp.num_decodes,
      num_cond_frames=samples["inputs"].shape[1],
      num_predicted_frames=samples["outputs"].shape[2],
      **quality_lib.record_fields(quality))
  record = records.samples(**fields)
  records.append(run_folder.results(estimator.model_dir, "samples"), record)
  tf.logging.info(
      "best of %d: PSNR %.2f dB, SSIM %s", record["num_samples"],
      record["psnr_best_of_n"], record["ssim_best_of_n"])
  return record


def _write_summaries(output_dir, decode_hp, samples, record):
  """Best-of-N scores and the first contexts' strips, for TensorBoard."""
  values = [
      tf.Summary.Value(tag=name, simple_value=record[name])
      for name in ("psnr_best_of_n", "ssim_best_of_n")
      if record[name] is not None]
  num_contexts = min(len(samples["inputs"]), decode_hp.max_display_outputs)
  for context in range(num_contexts):
    rows = _rows(samples, context, min(record["num_samples"],
                                       decode_hp.max_display_decodes))
    image = pictures.strip(rows, samples["inputs"].shape[1])
    values.append(tf.Summary.Value(
        tag="samples/%d" % context, image=tf.Summary.Image(
            encoded_image_string=pictures.png(image), width=image.width,
            height=image.height, colorspace=3)))
  folder = os.path.join(output_dir, decode_hp.summaries_log_dir)
  writer = tf.summary.FileWriter(folder)
  writer.add_summary(tf.Summary(value=values), record["step"])
  writer.close()
