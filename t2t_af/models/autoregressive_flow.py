"""`autoregressive_flow`: 1-AF, 2-AF, M-AF: flows alone, by exact likelihood."""

from collections.abc import Sequence
from typing import Optional

from tensor2tensor.utils import registry
import tensorflow.compat.v1 as tf

from t2t_af.models import base_distribution
from t2t_af.models import data_space
from t2t_af.models import noise as noise_lib
from t2t_af.models import requirements_data_space
from t2t_af.models import sequence_model
from t2t_af.networks import bounds


@registry.register_model
class AutoregressiveFlow(data_space.DataSpaceModel):
  """M autoregressive transforms over N(0, I) (Sect. 2.3, Eq. 5-7 and 9).

  Of video (8-bit, up to dequantisation) and of series; the NLL is exact. The
  conditioners are the networks of App. B.

  Hparams: see `data_flow` and `base_distribution`; temperature (of samples),
  num_transforms, scale_floor (`DataSpaceModel.scale_floor`).
  """

  def check_input(self, step_shape: Sequence[int]) -> None:
    """Raises UserError where hparams or the data do not fit the model."""
    requirements_data_space.check_autoregressive_flow(self.hparams)
    super().check_input(step_shape)

  def noise_log_scale(
    self, log_scale: Optional[tf.Tensor]
  ) -> Optional[tf.Tensor]:
    """y is noise: of scale 1, or what the floor makes of it."""
    log_floor = self.log_floor(log_scale)
    return None if log_floor is None else bounds.floored(0.0, log_floor)

  def score(
    self, steps: tf.Tensor, noise: noise_lib.Noise
  ) -> sequence_model.Scores:
    """Exact: log p(y) + log |det dy / dx| (Eq. 7)."""
    y, log_det, signals, log_scale = self.flow_inverse(steps, noise)
    y = self.standardised(y, log_scale)
    log_prob = self.base().log_prob(y, self.noise_log_scale(log_scale))
    log_prob += log_det
    return sequence_model.Scores(self.nll_per_dim(log_prob), signals=signals)

  def sample(self, inputs: tf.Tensor) -> tf.Tensor:
    """Futures: draws of the base through the flow."""
    num_steps = self.hparams.video_num_target_frames

    def future(y: tf.Tensor, num_samples: int) -> base_distribution.Future:
      shape = [num_samples * tf.shape(y)[0], num_steps] + y.shape.as_list()[2:]
      normal = self.hparams.temperature * tf.random_normal(shape)
      zeros = tf.zeros_like(normal)
      return base_distribution.Future(zeros, zeros, self.base().noise(normal))

    return self.forecast(inputs, future)

  def decompose(
    self, steps: tf.Tensor, noise: noise_lib.Noise
  ) -> dict[str, tf.Tensor]:
    """As the parent's; y_M is noise of the base, with what that depends on."""
    signals = super().decompose(steps, noise)
    base = self.base()
    if isinstance(base, base_distribution.StudentT):
      y = signals["y_%d" % self.hparams.num_transforms]
      signals["base_degrees_of_freedom"] = (
        tf.zeros_like(y) + base.degrees_of_freedom
      )
    return signals
