"""A run that is trained: evaluated, or its flows applied to a few sequences."""

from collections.abc import Iterator, Sequence
import contextlib
import os
from typing import Any, Callable

import numpy as np
from tensor2tensor.utils import data_reader
from tensor2tensor.utils import decoding as t2t_decoding
from tensor2tensor.utils import hparams_lib
from tensor2tensor.utils import registry
from tensor2tensor.utils import trainer_lib
import tensorflow.compat.v1 as tf

from t2t_af import errors
from t2t_af import session as session_lib
from t2t_af import windows
from t2t_af.experiments import as_trained
from t2t_af.experiments import checkpoints
from t2t_af.experiments import recovery
from t2t_af.experiments import spread_windows
from t2t_af.models import autoregressive_flow
from t2t_af.models import run_data
from t2t_af.models import sequence_model
from t2t_af.records import run_folder

_NEEDED = ("model", "hparams_set", "problem")


class TrainedRun:
  """The newest checkpoint of a run folder, with what run.json says of it.

  Attributes:
    output_dir, data_dir: folders of the run and of its data.
    hparams: of the model, with data_dir and problem.
    problem: what it was trained on.
    checkpoint: path of the checkpoint.

  Raises:
    UserError: if the folder is no run of one of our models.
  """

  def __init__(self, output_dir: str, data_dir: str):
    self.output_dir, self.data_dir = output_dir, data_dir
    self._known = run_folder.read(output_dir)
    missing = [name for name in _NEEDED if not self._known.get(name)]
    if missing:
      raise errors.UserError(
        "%s does not say its %s. Is it the --output_dir of t2t-trainer, or "
        "<set>/seed_<n> of t2t-af compare?"
        % (run_folder.path(output_dir), " and ".join(missing))
      )
    self.checkpoint = self._find_checkpoint()
    self._model_cls = registry.model(self._known["model"])
    if not issubclass(self._model_cls, sequence_model.SequenceModel):
      raise errors.UserError(
        "%s is a run of %s, which is no model of ours"
        % (output_dir, self._known["model"])
      )
    self.problem = registry.problem(self._known["problem"])
    self.hparams = self._experiment()[1]

  def _find_checkpoint(self) -> str:
    """Path of the one that is read."""
    recovery.check_exists(self.output_dir)
    return checkpoints.newest(self.output_dir)

  @property
  def is_series(self) -> bool:
    """Whether it is of series, and not of video."""
    return hasattr(self.problem, "statistics")

  @property
  def has_standard_noise(self) -> bool:
    """Whether its noise is N(0, 1) where the model is right."""
    return issubclass(self._model_cls, autoregressive_flow.AutoregressiveFlow)

  @property
  def hparams_set(self) -> str:
    """As registered."""
    return self._known["hparams_set"]

  @property
  def step(self) -> int:
    """Training step of the checkpoint."""
    return t2t_decoding.get_step_from_ckpt_path(self.checkpoint)

  def identity(self, split: str) -> dict:
    """Fields that every record of a split has."""
    return dict(
      run_folder.identity(self.output_dir),
      data_fingerprint=run_data.fingerprint(self.hparams),
      problem=self.problem.name,
      split=split,
      step=self.step,
      checkpoint=os.path.basename(self.checkpoint),
    )

  def num_sequences(self, split: str) -> int:
    """Of a split; of the training split those that the run was trained on."""
    return self.problem.num_sequences_read(self.data_dir, split, self.hparams)

  def evaluate(self, split: str, overrides: str = "", **reading) -> dict:
    """Evaluates, which leaves records in the run's folder.

    Args:
      split: "train", "dev" or "test".
      overrides: of hparams, "name=value,...".
      **reading: arguments of the problem's `dataset`, such as max_records.

    Returns:
      The metrics.
    """
    estimator, hparams = self._experiment(overrides)
    input_fn = self.problem.make_estimator_input_fn(
      tf.estimator.ModeKeys.EVAL,
      hparams,
      dataset_kwargs=dict(reading, dataset_split=split),
    )
    return estimator.evaluate(
      input_fn, checkpoint_path=self.checkpoint, name=split
    )

  def futures(
    self, split: str, count: int, num_samples: int
  ) -> Iterator[dict[str, np.ndarray]]:
    """Of `count` contexts of a series, evenly apart: inputs, targets, outputs.

    outputs is [num_samples, video_num_target_frames, features].
    """
    estimator, hparams = self._experiment(num_decodes=num_samples)
    input_fn = self.problem.make_estimator_input_fn(
      tf.estimator.ModeKeys.PREDICT,
      hparams,
      dataset_kwargs={"dataset_split": split},
    )
    return estimator.predict(
      spread_windows.input_fn(hparams, split, count, input_fn),
      checkpoint_path=self.checkpoint,
    )

  def decompositions(
    self, split: str, count: int, only: Sequence[str] = ()
  ) -> list[dict[str, np.ndarray]]:
    """x and what the flows make of it, batch by batch.

    Args:
      split: "train", "dev" or "test".
      count: of windows: of video the first, of series evenly apart; below 0
        for all.
      only: which results to compute; none for all.

    Returns:
      One per batch: "x" [batch, inputs + targets, ...], as the data are, the
      sequence's id and those of `SequenceModel.decompose`, which are none
      without a flow.
    """

    def fetches(model: Any, features: dict[str, tf.Tensor]) -> dict[str, Any]:
      decomposed = model.decomposition(dict(features))
      return {
        **{n: v for n, v in decomposed.items() if not only or n in only},
        "x": tf.concat([features["inputs"], features["targets"]], axis=1),
        windows.SEQUENCE_ID: features[windows.SEQUENCE_ID],
      }

    return self.batches(split, count, fetches)

  def batches(
    self, split: str, count: int, fetches_fn: Callable[[Any, Any], Any]
  ) -> list[Any]:
    """What the trained model makes of windows, batch by batch.

    Args:
      split, count: as of `decompositions`.
      fetches_fn: of the model, under the scope of its variables, and the
        features of a batch: what is to be computed.
    """
    with (
      tf.Graph().as_default(),
      tf.Session(config=session_lib.config()) as session,
    ):
      features = tf.data.make_one_shot_iterator(
        self._windows(split, count)
      ).get_next()
      with self.built() as model:
        fetches = fetches_fn(model, features)
      variables = tf.global_variables()
      if variables:
        tf.train.Saver(variables).restore(session, self.checkpoint)
      batches = []
      while True:
        try:
          batches.append(session.run(fetches))
        except tf.errors.OutOfRangeError:
          return batches

  @contextlib.contextmanager
  def built(
    self,
    mode: str = tf.estimator.ModeKeys.EVAL,
    num_decodes: int = 1,
    **changes,
  ) -> Iterator[sequence_model.SequenceModel]:
    """The model, under the scope of its variables in the checkpoint.

    Args:
      mode: a tf.estimator.ModeKeys.
      num_decodes: futures of a context.
      **changes: hparams that are other than the run's.
    """
    hparams = hparams_lib.copy_hparams(self.hparams)
    hparams.override_from_dict(changes)
    session_lib.set_precision(hparams.precision)
    model = self._model_cls(
      hparams,
      mode,
      hparams.problem_hparams,
      decode_hparams=t2t_decoding.decode_hparams(
        "num_decodes=%d" % num_decodes
      ),
    )
    # As tensor2tensor names the variables of a model.
    scope = registry.default_name(self._model_cls) + "/body"
    with tf.variable_scope(scope, reuse=tf.AUTO_REUSE):
      yield model

  def _windows(self, split: str, count: int) -> tf.data.Dataset:
    dataset = self.problem.dataset(
      tf.estimator.ModeKeys.EVAL,
      data_dir=self.data_dir,
      hparams=self.hparams,
      dataset_split=split,
    )
    if self.is_series:
      dataset = dataset.shard(
        spread_windows.stride(self.hparams, split, count), 0
      )
    dataset = dataset.take(count).batch(self.hparams.batch_size)
    return dataset.map(data_reader.cast_ints_to_int32)

  def _experiment(
    self, overrides: str = "", num_decodes: int = 1
  ) -> tuple[tf.estimator.Estimator, Any]:
    """(Estimator, hparams), as `t2t-trainer` makes them."""
    known = self._known
    hparams = as_trained.hparams(self.output_dir, known["hparams_set"])
    as_trained.override(self.output_dir, hparams, overrides, known["model"])
    config = trainer_lib.create_run_config(
      known["model"],
      model_dir=self.output_dir,
      schedule="evaluate",
      num_gpus=max(1, len(tf.config.list_physical_devices("GPU"))),
      random_seed=known.get("seed"),
    )
    experiment = trainer_lib.create_experiment(
      config,
      hparams,
      known["model"],
      self.problem,
      self.data_dir,
      train_steps=1,
      eval_steps=None,
      schedule="evaluate",
      decode_hparams=t2t_decoding.decode_hparams(
        "num_decodes=%d" % num_decodes
      ),
    )
    return experiment.estimator, experiment._hparams
