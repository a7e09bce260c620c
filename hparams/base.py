"""How our hparams sets are made: small differences, and no typos."""

from typing import Any, Callable, Optional

from t2t_af import errors


def derive(
  parent: Callable[[], Any], new: Optional[dict[str, Any]] = None, **overrides
) -> Any:
  """The parent's hparams with some changed and some added.

  Args:
    parent: function that makes an HParams.
    new: hparams that the parent does not have.
    **overrides: hparams that the parent has, with their new values.

  Raises:
    UserError: an override that the parent does not know, with the nearest
      names; or a new hparam that it knows already.
  """
  hparams = parent()
  known = hparams.values()
  for name in overrides:
    if name not in known:
      raise errors.UserError(errors.suggest(name, known, "hparam"))
  hparams.override_from_dict(overrides)
  for name, value in (new or {}).items():
    if name in known:
      raise errors.UserError(
        'hparam "%s" exists already; override it instead' % name
      )
    hparams.add_hparam(name, value)
  return hparams


def of_every_model() -> dict[str, Any]:
  """Hparams of every model: its training sequences and steps, bounds, noise."""
  return dict(
    train_fraction=1.0,  # share of the sequences, by whole sequences
    train_fraction_seed=0,  # the same seed: a smaller part within a larger
    log_scale_clip="smooth",  # smooth | tanh (version 0.2): bounds.bounded
    precision="float32",  # | tf32: session.set_precision | mixed: products
    jit_compile=False,  # whether XLA compiles the networks
    nonfinite_updates="stop",  # stop | skip: what training then does
    eval_noise_draws=1,  # of an evaluation; the mean over them is recorded
  )


_SMALL = dict(
  # video_flow
  depth=2,
  coupling_width=16,
  latent_encoder_width=8,
  latent_encoder_depth=2,
  init_batch_size=4,
  # autoregressive_flow and slvm
  flow_width=4,
  encoder_width=4,
  hidden_size=8,
  latent_size=3,
  batch_size=2,
)


def shrink(hparams: Any) -> Any:
  """The same model, small enough to run in seconds on two cores.

  The one place that does so, of whichever of our models; every test of a
  model uses it.
  """
  known = hparams.values()
  hparams.override_from_dict(
    {name: value for name, value in _SMALL.items() if name in known}
  )
  if "linear_decay" in hparams.learning_rate_schedule:
    # It needs an experiment, which knows how many steps there will be.
    hparams.learning_rate_schedule = "constant"
  return hparams
