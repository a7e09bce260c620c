"""A trained run, ready for sequences that are not its data."""

from collections.abc import Iterator
import os
from typing import Any, Callable, Optional

import numpy as np
import tensorflow.compat.v1 as tf

from problems import video_folder
from problems.core import series_statistics
from t2t_af import errors
from t2t_af import progress
from t2t_af import windows
from t2t_af.experiments import as_trained
from t2t_af.experiments import checkpoints
from t2t_af.experiments import recovery
from t2t_af.experiments import trained_run
from t2t_af.experiments.asking import question
from t2t_af.models import run_data
from t2t_af.records import json_file
from t2t_af.records import named_models
from t2t_af.records import run_folder

# Numbers of one call: so much fits everywhere.
_NUMBERS_AT_ONCE = 2**22
_MAX_AT_ONCE = 2048
# What a checkpoint is that has not a model's variables, or in other shapes.


class AskedRun(trained_run.TrainedRun):
  """The best checkpoint of a run on the dev split, else the newest.

  Nothing is written in the run's folder: a damaged newest checkpoint is passed
  over for the newest that is whole, with a line that says so.

  Attributes (beside those of `TrainedRun`):
    called: what the run was called when it was asked for.
    chosen: how the checkpoint was chosen, in a few words.
    statistics: what a series is standardised by, the run's own; None of video.
    step_shape: (features,) or (height, width, channels).

  Args:
    output_dir: of the run, or the name of a model (`named_models`).
    data_dir: of its data, which only some questions need; None: where
      it was when the run was trained.
    overrides: of hparams, "name=value,...".
    checkpoint: path of another one than the best.

  Raises:
    UserError: no run of one of our models, no whole checkpoint, a damaged
      file of a named model, or, of videos whose size only the data knows, no
      data.
  """

  def __init__(
    self,
    output_dir: str,
    data_dir: Optional[str] = None,
    overrides: str = "",
    checkpoint: Optional[str] = None,
  ) -> None:
    self.called, self.chosen, self._asked_for = output_dir, "", checkpoint
    output_dir = named_models.folder_of(output_dir)
    super().__init__(output_dir, data_dir or _data_dir(output_dir))
    as_trained.override(
      output_dir, self.hparams, overrides, self._known["model"]
    )
    self.statistics: Optional[series_statistics.SeriesStatistics] = None
    if self.is_series:
      self.statistics = self.problem.statistics_for(self.hparams)
      shape: tuple[int, ...] = (len(self.statistics.names),)
    else:
      shape = self._frame_shape()
    self.step_shape = shape
    self._questions: dict[Any, question.Question] = {}

  def _find_checkpoint(self) -> str:
    if self._asked_for:
      self.chosen = "the one asked for"
      recovery.check_trained(self._asked_for)
      return self._asked_for
    best = os.path.join(self.output_dir, "best")
    step = checkpoints.newest_whole(best)
    if step is not None:
      self.chosen = "the best on the dev split"
      return checkpoints.prefix(best, step)
    named = named_models.is_name(self.called)
    self.chosen = "as published" if named else "the newest"
    found = recovery.source(self.output_dir)
    recovery.check_trained(found)
    return found

  def _frame_shape(self) -> tuple[int, ...]:
    if isinstance(self.problem, video_folder.VideoFolder) and not self.has_data:
      raise errors.UserError(
        f"{self.called} is a run of {self.problem.name}, and only its data "
        f"knows the size of its frames: none is in {self.data_dir}. Say where "
        "it is with --data_dir."
      )
    return tuple(self.problem.step_shape)

  @property
  def model_name(self) -> str:
    """As registered."""
    return self._known["model"]

  @property
  def has_data(self) -> bool:
    """Whether the run's kind of data is in data_dir."""
    return bool(self.problem.store(self.data_dir).details())

  @property
  def num_inputs(self) -> int:
    """Steps of a window that are conditioned on."""
    return self.hparams.video_num_input_frames

  @property
  def num_targets(self) -> int:
    """Steps of a window that are scored."""
    return self.hparams.video_num_target_frames

  @property
  def dims(self) -> int:
    """Numbers of a step."""
    return int(np.prod(self.step_shape))

  @property
  def dtype(self) -> tf.DType:
    """Of steps as the model is given them."""
    return tf.float32 if self.is_series else tf.int32

  def at_once(self, num_steps: int) -> int:
    """How many sequences of so many steps one call takes."""
    fitting = _NUMBERS_AT_ONCE // (num_steps * self.dims)
    return max(1, min(_MAX_AT_ONCE, fitting))

  def placeholder(self, num_steps: Optional[int]) -> tf.Tensor:
    """[batch, num_steps, ...], both dynamic where they are None."""
    return tf.placeholder(self.dtype, [None, num_steps, *self.step_shape])

  def question(
    self,
    key: Any,
    build: Callable[[], tuple[question.Tensors, question.Tensors]],
    **options: Any,
  ) -> question.Question:
    """The question of this key, which is built when it is first asked for."""
    if key not in self._questions:
      self._questions[key] = question.Question(
        self.checkpoint, build, **options
      )
    return self._questions[key]

  def split_batches(self, split: str) -> Iterator[dict[str, np.ndarray]]:
    """The windows that an evaluation of the split scores, batch by batch.

    Yields:
      "steps" [batch, inputs + targets, ...] as the model takes them, and what
      `t2t_af.windows` says of each.
    """
    with tf.Graph().as_default(), tf.Session() as session:
      batch = tf.data.make_one_shot_iterator(
        self._windows(split, -1)
      ).get_next()
      while True:
        try:
          arrays = session.run(batch)
        except tf.errors.OutOfRangeError:
          return
        steps = [arrays["inputs"], arrays["targets"]]
        yield dict(windows.of(arrays), steps=np.concatenate(steps, axis=1))

  def describe(self) -> str:
    """Which checkpoint answers, in whose units: a line."""
    line = f"{self.called}: checkpoint of step {self.step} ({self.chosen})"
    if self.is_series:
      line += ", series standardised by the run's own statistics"
    return line

  def close(self) -> None:
    """Gives the sessions' memory back; the next question opens new ones."""
    for asked in self._questions.values():
      asked.close()
    self._questions.clear()


def _data_dir(output_dir: str) -> str:
  """Where the run's data was when it was trained, else "data".

  run.json says so; of runs that were trained before it did, hparams.json may.
  """
  for stored in (
    run_folder.read(output_dir),
    json_file.read(os.path.join(output_dir, "hparams.json")),
  ):
    found = stored.get(run_data.DATA_DIR)
    if isinstance(found, str) and os.path.isdir(found):
      return found
  return "data"


def say(line: str) -> None:
  """To people: what is printed is the answer alone."""
  progress.write(line)
