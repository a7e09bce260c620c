"""`autoregressive_flow`: 1-AF, 2-AF, M-AF: flows alone, by exact likelihood."""

from collections.abc import Sequence

from tensor2tensor.utils import registry
import tensorflow.compat.v1 as tf

from t2t_af.models import data_space
from t2t_af.models import gaussian
from t2t_af.models import noise as noise_lib
from t2t_af.models import requirements_data_space
from t2t_af.models import sequence_model


@registry.register_model
class AutoregressiveFlow(data_space.DataSpaceModel):
  """M autoregressive transforms over N(0, I) (Sect. 2.3, Eq. 5-7 and 9).

  Of video (8-bit, up to dequantisation) and of series; the NLL is exact. The
  conditioners are the networks of App. B.

  Hparams: see `data_flow`; temperature (of samples), num_transforms.
  """

  def check_input(self, step_shape: Sequence[int]) -> None:
    """Raises UserError where hparams or the data do not fit the model."""
    requirements_data_space.check_autoregressive_flow(self.hparams)
    super().check_input(step_shape)

  def score(
    self, steps: tf.Tensor, noise: noise_lib.Noise
  ) -> sequence_model.Scores:
    """Exact: log N(y; 0, I) + log |det dy / dx| (Eq. 7)."""
    y, log_det, signals = self.flow_inverse(steps, noise)
    return sequence_model.Scores(
      self.nll_per_dim(gaussian.standard_normal_log_prob(y) + log_det),
      signals=signals,
    )

  def sample(self, inputs: tf.Tensor) -> tf.Tensor:
    """Futures: normal y through the flow."""
    num_steps = self.hparams.video_num_target_frames

    def sample_noise(y: tf.Tensor, num_samples: int) -> tf.Tensor:
      shape = [num_samples * tf.shape(y)[0], num_steps] + y.shape.as_list()[2:]
      return self.hparams.temperature * tf.random_normal(shape)

    return self.forecast(inputs, sample_noise)
