"""What `slvm` asks of hparams beside every data-space model's requirements."""

from collections.abc import Sequence

from t2t_af.annotations import HParams
from t2t_af.models import observation
from t2t_af.models import requirements
from t2t_af.models import slvm_core


def check(hparams: HParams, step_shape: Sequence[int]) -> None:
  """Raises UserError where the hparams or the data do not fit `slvm`.

  Args:
    hparams: of an `slvm` set.
    step_shape: (height, width, channels) or (features,).
  """
  requirements.one_of(
    hparams,
    dict(
      latent_flow=slvm_core.LATENT_FLOWS, sample_mode=slvm_core.SAMPLE_MODES
    ),
  )
  requirements.at_least(
    hparams,
    dict(
      num_importance_samples=1, kl_warmup_steps=0, latent_size=1, hidden_size=1
    ),
  )
  if observation.is_video(step_shape):
    requirements.at_least(
      hparams, dict(num_recurrent_layers=1, encoder_width=1)
    )
