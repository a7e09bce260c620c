"""Sampling for `t2t-decoder`: all samples of a context in one session.

tensor2tensor builds graph and session anew for each of `num_decodes`; a model
whose `infer` returns [batch, num_decodes, time, ...] makes them all at once.
Other models, such as next_frame_glow, are left to tensor2tensor.

Written to the run's folder:
  samples.npz            inputs, targets, outputs: uint8 of video; of series
                         float32, standardised, with mean, std and names
  results/samples.jsonl  one record: scores, best of N
  decode/                pictures: see video_samples.py and series_samples.py
"""

from collections.abc import Iterable
import io
import os
from typing import Any, Optional

import numpy as np
from tensor2tensor.utils import decoding as t2t_decoding
from tensor2tensor.utils.hparam import HParams
import tensorflow.compat.v1 as tf

from t2t_af import board
from t2t_af import progress
from t2t_af import session
from t2t_af import whole_file
from t2t_af import windows
from t2t_af.experiments import as_trained
from t2t_af.experiments import series_samples
from t2t_af.experiments import spread_windows
from t2t_af.experiments import video_samples
from t2t_af.models import run_data
from t2t_af.records import json_lines
from t2t_af.records import records
from t2t_af.records import run_folder

# Of the rest of records.SAMPLED_OTHERWISE, what the run was trained with.
_USUAL = dict(
  precision=session.FLOAT32, sample_mode="samples", sample_conditioning="frames"
)
_stock_decode_from_dataset = t2t_decoding.decode_from_dataset


def decode_from_dataset(
  estimator: tf.estimator.Estimator,
  problem_name: str,
  hparams: HParams,
  decode_hp: HParams,
  decode_to_file: Optional[str] = None,
  dataset_split: Optional[str] = None,
  checkpoint_path: Optional[str] = None,
) -> Iterable[dict[str, np.ndarray]]:
  """Drop-in for tensor2tensor's; same arguments.

  decode_hp: num_samples contexts (-1: all; of video the first ones, of series
  spread evenly over the split), num_decodes samples of each, batch_size
  contexts at once (0: the model's), max_display_outputs contexts and
  max_display_decodes samples as pictures, frames_per_second of the GIFs.

  Returns the predictions, one per context.
  """
  if decode_hp.batch_size:
    hparams.batch_size = decode_hp.batch_size
  if "model_dir" not in hparams:
    hparams.add_hparam("model_dir", estimator.model_dir)
  is_series = hasattr(hparams.problem, "statistics")
  input_fn = (_spread_contexts if is_series else _first_contexts)(
    hparams, decode_hp, dataset_split
  )
  predictions = estimator.predict(input_fn, checkpoint_path=checkpoint_path)
  first = next(predictions)
  if first["outputs"].ndim != 5 and not is_series:
    return _stock_decode_from_dataset(
      estimator,
      problem_name,
      hparams,
      decode_hp,
      decode_to_file,
      dataset_split,
      checkpoint_path,
    )
  bar = progress.bar(
    predictions,
    initial=1,
    unit="context",
    label="sampling",
    total=decode_hp.num_samples if decode_hp.num_samples > 0 else None,
  )
  every = [first, *bar]
  _write(estimator, hparams, decode_hp, every, checkpoint_path)
  return every


def _write(estimator, hparams, decode_hp, predictions, checkpoint):
  """Writes the samples, their pictures, their scores and the summaries."""
  problem = hparams.problem
  ids = [p[windows.SEQUENCE_ID].decode() for p in predictions]
  recording_of = [problem.recording(name) for name in ids]
  samples = (
    series_samples.SeriesSamples(
      predictions, recording_of, problem.statistics_for(hparams)
    )
    if hasattr(problem, "statistics")
    else video_samples.VideoSamples(predictions, recording_of)
  )
  _warn_of_non_finite(predictions, samples)
  _write_samples(estimator.model_dir, samples.arrays)
  samples.write(os.path.join(estimator.model_dir, "decode"), decode_hp)
  split = predictions[0][windows.SPLIT].decode()
  record = _write_record(
    estimator, hparams, decode_hp, samples, split, checkpoint, ids
  )
  _write_summaries(estimator.model_dir, decode_hp, samples, record)


def _first_contexts(hparams, decode_hp, split, max_records=None):
  """An input_fn of the first sequences of a split."""
  return hparams.problem.make_estimator_input_fn(
    tf.estimator.ModeKeys.PREDICT,
    hparams,
    dataset_kwargs={
      "dataset_split": split,
      "shard": decode_hp.shard_id if decode_hp.shards > 1 else None,
      "max_records": (
        decode_hp.num_samples if max_records is None else max_records
      ),
    },
  )


def _spread_contexts(hparams, decode_hp, split):
  """An input_fn of windows evenly apart."""
  return spread_windows.input_fn(
    hparams,
    split or tf.estimator.ModeKeys.PREDICT,
    decode_hp.num_samples,
    _first_contexts(hparams, decode_hp, split, max_records=-1),
  )


def _write_samples(output_dir, arrays):
  stream = io.BytesIO()
  np.savez_compressed(stream, **arrays)
  whole_file.write(os.path.join(output_dir, "samples.npz"), stream.getvalue())


def _warn_of_non_finite(predictions, samples):
  number = int(sum(p["scores"] for p in predictions))
  if number:
    tf.logging.warning(
      "%d sampled values are not finite and %s. Train longer, or, where the "
      "model has a temperature, sample with --hparams=temperature=0.7",
      number,
      samples.non_finite_words,
    )


def _write_record(
  estimator, hparams, decode_hp, samples, split, checkpoint, ids
):
  checkpoint = checkpoint or estimator.latest_checkpoint()
  inputs, outputs = samples.arrays["inputs"], samples.arrays["outputs"]
  fields = dict(
    run_folder.identity(estimator.model_dir),
    data_fingerprint=run_data.fingerprint(hparams),
    problem=hparams.problem.name,
    split=split,
    sequence_ids=ids,
    num_recordings=len({hparams.problem.recording(name) for name in ids}),
    checkpoint=os.path.basename(checkpoint),
    step=t2t_decoding.get_step_from_ckpt_path(checkpoint),
    temperature=getattr(hparams, "temperature", 1.0),
    num_contexts=len(inputs),
    num_samples=decode_hp.num_decodes,
    num_cond_steps=inputs.shape[1],
    num_predicted_steps=outputs.shape[2],
    **_unusual(hparams, estimator.model_dir),
    **samples.record_fields(),
  )
  record = records.samples(**fields)
  json_lines.append(run_folder.results(estimator.model_dir, "samples"), record)
  tf.logging.info("best of %d: %s", record["num_samples"], samples.describe())
  return record


def _unusual(hparams, model_dir) -> dict[str, Any]:
  """How samples were drawn, where it is not as usual (`records.samples`)."""
  values, usual = hparams.values(), dict(_USUAL)
  hparams_set = run_folder.read(model_dir).get("hparams_set")
  if hparams_set:
    usual = {**as_trained.hparams(model_dir, hparams_set).values(), **usual}
  return {
    name: values[name]
    for name in records.SAMPLED_OTHERWISE
    if name in values and name in usual and values[name] != usual[name]
  }


def _write_summaries(output_dir, decode_hp, samples, record):
  """Best-of-N scores and the first contexts' pictures, for TensorBoard."""
  board.write(
    os.path.join(output_dir, decode_hp.summaries_log_dir),
    record["step"],
    {
      name: record[name]
      for name in ("psnr_best_of_n", "ssim_best_of_n", "rmse_best_of_n")
      if record.get(name) is not None
    },
    samples.images(decode_hp),
  )
