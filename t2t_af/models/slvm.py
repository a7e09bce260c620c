"""`slvm`: the sequential latent variable model, with or without a data flow."""

from collections.abc import Sequence
from typing import Any, Optional, Union

from tensor2tensor.utils import registry
import tensorflow.compat.v1 as tf

from t2t_af import effect
from t2t_af import time_axis
from t2t_af.models import base_distribution
from t2t_af.models import data_space
from t2t_af.models import noise as noise_lib
from t2t_af.models import requirements_slvm
from t2t_af.models import round_trip
from t2t_af.models import sequence_model
from t2t_af.models import slvm_core

RECONSTRUCTION, KL = "reconstruction_nats_per_dim", "kl_nats_per_dim"


@registry.register_model
class Slvm(data_space.DataSpaceModel):
  """SLVM, SLVM + Delta x, SLVM + AF (Sect. 3.2.1, Fig. 9, Appendix A and B).

  The NLL is an upper bound: minus the filtering bound of Eq. 22, or in an
  evaluation with num_importance_samples > 1 the tighter importance-weighted
  one. With a flow, encoder and likelihood are of y instead of x.

  Hparams: data_flow (`none`, `difference`, `affine_af`) and the others of
  `data_flow`, num_warmup_steps (y before the first scored one that the LSTMs
  see; -1: all there are), kl_warmup_steps (steps of training in which the KL's
  weight grows to 1; 0: no warm-up), num_importance_samples, sample_mode
  (`samples`, `means`), temperature, scale_floor, base_distribution (of the
  likelihood), and those of `slvm_core`.
  """

  reads = (
    *data_space.DataSpaceModel.reads,
    effect.Rule(
      ("latent_flow", "latent_size", "hidden_size", "log_scale_clip"),
      of_weights=True,
    ),
    effect.Rule(
      (
        "num_warmup_steps",
        "kl_warmup_steps",
        "num_importance_samples",
        "sample_mode",
      )
    ),
    effect.Rule(
      ("encoder_width", "num_recurrent_layers", "normalization"),
      (effect.data_is(effect.VIDEO),),
      of_weights=True,
    ),
    effect.Rule(
      ("num_cond_steps", "flow_log_scale_bound"),
      (effect.equals("latent_flow", "affine_af"),),
      of_weights=True,
    ),
  )

  def check_input(self, step_shape: Sequence[int]) -> None:
    """Raises UserError where hparams or the data do not fit the model."""
    requirements_slvm.check(self.hparams, step_shape)
    super().check_input(step_shape)

  @property
  def num_warmup_steps(self) -> int:
    """Of the hparam."""
    return self.hparams.num_warmup_steps

  def record_fields(self) -> dict[str, Any]:
    """That the NLL is a bound, and of how many samples."""
    return dict(
      super().record_fields(),
      bound=True,
      num_samples=self.hparams.num_importance_samples,
      num_warmup_steps=self.window().num_warmup,
    )

  def score(
    self, steps: tf.Tensor, noise: noise_lib.Noise
  ) -> sequence_model.Scores:
    """The bound of Eq. 22, or the importance-weighted one in evaluation."""
    y, log_det, signals, log_scale = self.flow_inverse(steps, noise)
    log_floor = self.log_floor(log_scale)
    num_warmup = self.window().num_warmup
    noise_fn = self._noise_fn(noise)
    bound = self._core().elbo(
      y, self.is_training, noise_fn=noise_fn, log_floor=log_floor
    )
    reconstruction = self.nll_per_dim(
      bound.reconstruction[:, num_warmup:] + log_det
    )
    kl = bound.kl[:, num_warmup:] / self.dims
    parts = {RECONSTRUCTION: reconstruction, KL: kl}
    if self.is_training:
      objective = tf.reduce_mean(reconstruction + self._kl_weight() * kl)
      return sequence_model.Scores(reconstruction + kl, parts, objective)
    if self.hparams.num_importance_samples == 1:
      return sequence_model.Scores(reconstruction + kl, parts, signals=signals)
    bound = self._core().importance_weighted_bound(
      y,
      self.hparams.num_importance_samples,
      num_warmup,
      noise_fn=noise_fn,
      log_floor=log_floor,
    )
    return sequence_model.Scores(
      self.nll_per_dim(bound + log_det), parts, signals=signals
    )

  def decompose(
    self, steps: tf.Tensor, noise: noise_lib.Noise
  ) -> dict[str, tf.Tensor]:
    """As the parent's, with base_loc and base_scale of p(y_M | z), z of q."""
    signals = super().decompose(steps, noise)
    if not signals:
      return {}
    y, _, _, log_scale = self.flow_inverse(steps, noise)
    base = self._core().likelihood(
      y, self._noise_fn(noise), self.log_floor(log_scale)
    )
    signals["base_loc"] = base.loc
    signals["base_scale"] = tf.exp(base.log_scale)
    return signals

  def round_trips(
    self, steps: tf.Tensor, noise: noise_lib.Noise
  ) -> dict[str, round_trip.RoundTrip]:
    """Of the data flow; and all networks see the steps (`bounds.note`)."""
    self.score(steps, noise)
    return super().round_trips(steps, noise)

  def sample(self, inputs: tf.Tensor) -> tf.Tensor:
    """Futures: the prior's y through the flow."""
    hparams = self.hparams

    def noise_fn(what: str, shape: Any, number: Any) -> tf.Tensor:
      del number
      scale = 1.0 if what == "posterior" else hparams.temperature
      return scale * tf.random_normal(shape)

    def future(y: tf.Tensor, num_samples: int) -> base_distribution.Future:
      return self._core().sample(
        y,
        num_samples,
        hparams.video_num_target_frames,
        hparams.sample_mode,
        noise_fn,
      )

    return self.forecast(inputs, future)

  def _noise_fn(self, noise: noise_lib.Noise) -> Optional[slvm_core.NoiseFn]:
    """The posterior's epsilon: of an evaluation each window's own.

    As that of the data it is drawn for the whole window and then cut.
    """
    if isinstance(noise, noise_lib.GraphNoise):
      return None
    if isinstance(noise, noise_lib.StepNoise):
      of_step = noise.stream(noise_lib.POSTERIOR)
      return lambda what, shape, number: of_step.normal(shape, batch_axis=1)
    hparams = self.hparams
    whole = hparams.video_num_input_frames + hparams.video_num_target_frames

    def posterior_noise(what: str, shape: Any, number: Any) -> tf.Tensor:
      del what
      num_steps, batch, size = shape
      own = noise.stream(noise_lib.POSTERIOR + number)
      num_samples = batch // noise.num_windows
      eps = own.normal([noise.num_windows, num_samples, whole, size])
      eps = tf.reshape(eps, [batch, whole, size])[:, whole - num_steps :]
      return time_axis.swap(eps)

    return posterior_noise

  def _core(self) -> slvm_core.SlvmCore:
    return slvm_core.SlvmCore(self.step_shape, self.hparams, base=self.base())

  def _kl_weight(self) -> Union[float, tf.Tensor]:
    if not self.hparams.kl_warmup_steps:
      return 1.0
    step = tf.train.get_or_create_global_step()
    return tf.minimum(
      1.0, tf.cast(step + 1, tf.float32) / self.hparams.kl_warmup_steps
    )
