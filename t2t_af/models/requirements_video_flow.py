"""What `video_flow` asks of hparams and frames, checked before any graph."""

from collections.abc import Sequence

from t2t_af import errors
from t2t_af.annotations import HParams
from t2t_af.models import latent_prior
from t2t_af.models import requirements

# Of tensor2tensor's options for next_frame_glow, those of the paper are built.
_FIXED = {
  "gen_mode": "conditional",
  "latent_dist_encoder": "conv3d_net",
  "cond_first_frame": False,
  "model_input": False,
  "pretrain_steps": -1,
  "latent_noise": 0.0,
  "latent_dropout": 0.0,
  "coupling_dropout": 0.0,
  "n_bits_x": 8,
  "top_prior": "single_conv",
  "learn_top_scale": False,
  "latent_architecture": "glow_resnet",
}
# Any other value of these is refused, with a line that says so.
FIXED = (*_FIXED, "latent_skip")
_CHOICES = {
  "latent_dynamics": latent_prior.LATENT_DYNAMICS,
  "sample_conditioning": ("frames", "latents"),
  "coupling": ("affine", "additive"),
  "activation": ("gatu", "relu"),
  "latent_activation": ("gatu", "relu"),
}


def check(
  hparams: HParams, frame_shape: Sequence[int], trains: bool = True
) -> None:
  """Raises UserError where the hparams or the frames do not fit the model.

  Args:
    hparams: of a `video_flow` set.
    frame_shape: (height, width, channels).
    trains: whether the model is trained; what training alone needs is no
      matter where fewer frames are scored or sampled.
  """
  _check_options(hparams)
  _check_frames(hparams, frame_shape)
  if trains and hparams.num_train_frames != -1:
    _check_training_frames(hparams)


def _check_options(hparams: HParams) -> None:
  for name, value in _FIXED.items():
    if getattr(hparams, name) != value:
      raise errors.UserError(
        "video_flow is built for %s=%s, got %s. The model next_frame_glow "
        "has the other options." % (name, value, getattr(hparams, name))
      )
  if not hparams.latent_skip:
    raise errors.UserError(
      "latent_skip=False is latent_dynamics=none in video_flow"
    )
  requirements.one_of(hparams, _CHOICES)
  if hparams.latent_af_num_transforms < 1:
    raise errors.UserError(
      "latent_af_num_transforms must be at least 1, got %d. For no "
      "transform say latent_dynamics=none." % hparams.latent_af_num_transforms
    )
  requirements.positive(hparams, "latent_af_log_scale_bound")


def _check_frames(hparams: HParams, frame_shape: Sequence[int]) -> None:
  height, width, _ = frame_shape
  factor = 2**hparams.n_levels
  if height % factor or width % factor:
    raise errors.UserError(
      "frames of %d x %d do not divide by 2^n_levels = %d. Resize them, or "
      "lower n_levels." % (height, width, factor)
    )
  num_cond, num_inputs = (
    hparams.num_cond_latents,
    hparams.video_num_input_frames,
  )
  if num_cond < 2:
    raise errors.UserError(
      "num_cond_latents=%d, but the priors' convolutions over time need at "
      "least 2 latents" % num_cond
    )
  if num_inputs < num_cond:
    raise errors.UserError(
      "video_num_input_frames=%d, but the priors condition on "
      "num_cond_latents=%d frames" % (num_inputs, num_cond)
    )


def _check_training_frames(hparams: HParams) -> None:
  num_cond = hparams.num_cond_latents
  needed = num_cond + 1
  if hparams.latent_dynamics == "affine_af":
    # A later transform also conditions on what earlier ones made of frames
    # after the first window; training must meet such windows.
    needed += num_cond * (hparams.latent_af_num_transforms - 1)
  if hparams.num_train_frames < needed:
    raise errors.UserError(
      "num_train_frames=%d, but %d are needed: %d conditioning frames, one "
      "scored, and %d more for each latent transform after the first"
      % (hparams.num_train_frames, needed, num_cond, num_cond)
    )
  available = hparams.video_num_input_frames + hparams.video_num_target_frames
  if hparams.num_train_frames > available:
    raise errors.UserError(
      "num_train_frames=%d, but a training example has %d frames: "
      "video_num_input_frames + video_num_target_frames"
      % (hparams.num_train_frames, available)
    )
