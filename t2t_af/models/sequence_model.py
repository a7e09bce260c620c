"""What all our models have in common: sequences in, likelihoods out."""

from collections.abc import Sequence
from typing import Any, Callable, NamedTuple, Optional

from tensor2tensor.utils import t2t_model
import tensorflow.compat.v1 as tf

from t2t_af import effect
from t2t_af import errors
from t2t_af import session as session_lib
from t2t_af import windows
from t2t_af.models import evaluation
from t2t_af.models import noise as noise_lib
from t2t_af.models import optimization
from t2t_af.models import optimization_reads
from t2t_af.models import requirements
from t2t_af.models import round_trip
from t2t_af.models import signals
from t2t_af.models import step_report
from t2t_af.models import training_record
from t2t_af.records import likelihood

Features = dict[str, tf.Tensor]  # "inputs" and "targets".


class Scores(NamedTuple):
  """What a model says of the scored steps of a batch; nats per dimension."""

  nll: tf.Tensor  # [batch, scored steps]; an upper bound of it for a bound
  parts: dict[str, tf.Tensor] = {}  # what it is the sum of, [batch, scored]
  objective: Optional[tf.Tensor] = None  # scalar; None: the mean of nll
  # What an evaluation measures the temporal correlation of: data and noise,
  # [batch, scored steps, ...] by name.
  signals: dict[str, tf.Tensor] = {}


class SequenceModel(t2t_model.T2TModel):
  """A model of sequences of steps: video [batch, time, height, width, channels]
  or series [batch, time, features].

  Conditions on `video_num_input_frames` steps and scores what comes after; the
  loss is in bits per dimension, as tensor2tensor's. (The hparams' names are
  tensor2tensor's, and serve for series too.)

  A subclass says `check_input`, `score` and `sample`; these are called in this
  order, the last two under the model's variable scope, reused automatically.
  """

  # The hparams that have an effect; a subclass adds its own.
  reads: tuple[effect.Rule, ...] = (
    *optimization_reads.READS,
    effect.Rule(("eval_noise_draws", "jit_compile", "precision")),
  )

  def check_input(self, step_shape: Sequence[int]) -> None:
    """Raises UserError where hparams or the data do not fit the model."""
    raise NotImplementedError

  def score(self, steps: tf.Tensor, noise: noise_lib.Noise) -> Scores:
    """Likelihood of the scored steps of [batch, inputs + targets, ...].

    Args:
      steps: as `bottom` gives them.
      noise: where the noise is drawn from that is added to them.
    """
    raise NotImplementedError

  def sample(self, inputs: tf.Tensor) -> tf.Tensor:
    """Futures [batch, num_decodes, video_num_target_frames, ...], continuous.

    Args:
      inputs: [batch, video_num_input_frames, ...].
    """
    raise NotImplementedError

  def to_outputs(self, x: tf.Tensor) -> tf.Tensor:
    """What `sample` gives, as the data are: uint8 frames, or float32 series."""
    raise NotImplementedError

  def decompose(
    self, steps: tf.Tensor, noise: noise_lib.Noise
  ) -> dict[str, tf.Tensor]:
    """What the model's flows make of sequences, for pictures.

    Args:
      steps, noise: as of `score`.

    Returns:
      [batch, last steps, ...] by name: of the steps where it is defined, up to
      the last one. Empty without a flow.
    """
    raise NotImplementedError

  def round_trips(
    self, steps: tf.Tensor, noise: noise_lib.Noise
  ) -> dict[str, round_trip.RoundTrip]:
    """What the model's flows lose of sequences on the way there and back.

    Args:
      steps, noise: as of `score`.

    Returns:
      By what went. {} without a flow.
    """
    raise NotImplementedError

  def record_fields(self) -> dict[str, Any]:
    """Fields of a likelihood record beside those of every model."""
    return {}

  def body(self, features: Features) -> tuple[Any, dict[str, tf.Tensor]]:
    """Returns (a tensor per name of Scores' parts and its NLL, losses)."""
    self.check_input(features["inputs"].shape.as_list()[2:])
    session_lib.set_precision(self.hparams.precision)
    with tf.variable_scope(tf.get_variable_scope(), reuse=tf.AUTO_REUSE):
      if self.is_predicting:
        x = self.sample(features["inputs"])
        self._check_checkpoint()
        return x, {"training": 0.0}
      steps = tf.concat([features["inputs"], features["targets"]], axis=1)
      scores, of_draws = self._scores(steps, features)
    self._check_checkpoint()
    mean_nll = tf.reduce_mean(scores.nll)
    objective = mean_nll if scores.objective is None else scores.objective
    outputs = dict(scores.parts, **{evaluation.NLL: scores.nll}, **of_draws)
    if self.is_training:
      is_bound = self.record_fields().get("bound", False)
      training_record.note_training_nll(mean_nll, is_bound)
      if windows.SEQUENCE_ID in features:
        step_report.note_sequences(features[windows.SEQUENCE_ID])
      for name, part in scores.parts.items():
        tf.summary.scalar(name, tf.reduce_mean(part))
    else:
      outputs = signals.join(signals.Outputs(outputs, scores.signals))
    return outputs, {"training": likelihood.bits_from_nats(objective)}

  def decomposition(self, features: Features) -> dict[str, tf.Tensor]:
    """`decompose` of "inputs" and "targets" as the problem gives them.

    To be called under the variable scope that `body` is called under.
    """
    return self._of_windows(features, self.decompose)

  def inversion(self, features: Features) -> dict[str, round_trip.RoundTrip]:
    """`round_trips` as `decomposition` is `decompose`."""
    return self._of_windows(features, self.round_trips)

  def _of_windows(self, features: Features, function: Callable) -> dict:
    features = self._prepared(features)
    with tf.variable_scope(tf.get_variable_scope(), reuse=tf.AUTO_REUSE):
      return function(
        tf.concat([features["inputs"], features["targets"]], axis=1),
        noise_lib.WindowNoise(noise_lib.window_keys(features)),
      )

  def scored(
    self, features: Features, noise: Optional[noise_lib.Noise] = None
  ) -> Scores:
    """`score` of "inputs" and "targets" as the problem gives them.

    To be called under the variable scope that `body` is called under.

    Args:
      features: as of `body`.
      noise: None: that of an evaluation, with the means over its draws.
    """
    features = self._prepared(features)
    steps = tf.concat([features["inputs"], features["targets"]], axis=1)
    with tf.variable_scope(tf.get_variable_scope(), reuse=tf.AUTO_REUSE):
      if noise is None:
        return self._scores(steps, features)[0]
      return self.score(steps, noise)

  def futures(self, features: Features) -> tf.Tensor:
    """`sample` after "inputs" as the problem gives them, as the data are.

    To be called under the variable scope that `body` is called under.
    """
    features = self._prepared(dict(features, targets=features["inputs"]))
    with tf.variable_scope(tf.get_variable_scope(), reuse=tf.AUTO_REUSE):
      return self.to_outputs(self.sample(features["inputs"]))

  def _prepared(self, features: Features) -> Features:
    """As the model takes them, checked."""
    features = self.bottom(features)
    self.check_input(features["inputs"].shape.as_list()[2:])
    return features

  def _scores(
    self, steps: tf.Tensor, features: Features
  ) -> tuple[Scores, dict[str, tf.Tensor]]:
    """Scores, the means over eval_noise_draws in an evaluation.

    Returns:
      (Scores, {evaluation.NLL_OF_DRAWS: [batch, draws]} of several draws).
    """
    if self.is_training:
      return self.score(steps, noise_lib.of_step()), {}
    keys = noise_lib.window_keys(features)
    first = self.score(steps, noise_lib.WindowNoise(keys))
    num_draws = self.hparams.eval_noise_draws
    if num_draws == 1:
      return first, {}

    @tf.autograph.experimental.do_not_convert
    def draw(number: tf.Tensor) -> dict[str, tf.Tensor]:
      scores = self.score(steps, noise_lib.WindowNoise(keys, number))
      return dict(scores.parts, **{evaluation.NLL: scores.nll})

    names = dict(first.parts, **{evaluation.NLL: first.nll})
    others = tf.map_fn(
      draw,
      tf.range(1, num_draws),
      dtype={name: tf.float32 for name in names},
      parallel_iterations=1,
    )
    every = {
      name: tf.concat([values[tf.newaxis], others[name]], axis=0)
      for name, values in names.items()
    }
    nlls = every[evaluation.NLL]  # [draws, batch, scored steps]
    means = {name: tf.reduce_mean(v, axis=0) for name, v in every.items()}
    return (
      first._replace(
        nll=means[evaluation.NLL],
        parts={name: means[name] for name in first.parts},
      ),
      {evaluation.NLL_OF_DRAWS: tf.transpose(tf.reduce_mean(nlls, axis=2))},
    )

  def _check_checkpoint(self) -> None:
    if "model_dir" in self.hparams:
      requirements.check_checkpoint(self.hparams.model_dir)

  def infer(
    self, features: Features, *args: Any, **kwargs: Any
  ) -> dict[str, tf.Tensor]:
    """Samples `num_decodes` futures of every context, in one graph.

    Returns:
      outputs: [batch, num_decodes, video_num_target_frames, ...], uint8 of
        video and float32 of series; scores: [batch], how many values of them
        were not finite.
    """
    del args, kwargs
    features = dict(features)
    features["targets"] = features.get("infer_targets", features["inputs"])
    x, _ = self(features)
    non_finite = tf.reduce_sum(
      tf.cast(~tf.is_finite(x), tf.int32), axis=list(range(1, x.shape.rank))
    )
    return {"outputs": self.to_outputs(x), "scores": non_finite}

  def optimize(
    self,
    loss: tf.Tensor,
    num_async_replicas: int = 1,
    use_tpu: bool = False,
    variables: Optional[Sequence[tf.Variable]] = None,
  ) -> tf.Tensor:
    """Our training step (`optimization`); the loss after it."""
    del num_async_replicas, use_tpu
    return optimization.train_op(loss, self.hparams, variables)

  def estimator_spec_eval(
    self,
    features: Features,
    logits: dict[str, tf.Tensor],
    labels: Any,
    loss: tf.Tensor,
    losses_dict: Any,
  ) -> tf.estimator.EstimatorSpec:
    """Metrics and a record instead of tensor2tensor's accuracies."""
    del labels, losses_dict
    if windows.SEQUENCE_ID not in features:
      raise errors.UserError(
        "%s does not say which sequence its examples are cut from; `t2t-af "
        "data` lists the problems that do" % self.hparams.problem.name
      )
    return evaluation.estimator_spec(
      logits, windows.of(features), loss, self.hparams, self.record_fields()
    )

  @staticmethod
  def train_hooks(hook_context: Any) -> list[tf.train.SessionRunHook]:
    """The records of training, and its end where numbers are not finite."""
    hparams = hook_context.hparams
    return [
      training_record.TrainingRecordHook(hparams),
      step_report.FiniteHook(hparams),
    ]
