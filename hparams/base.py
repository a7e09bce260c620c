"""How our hparams sets are made: small differences, and no typos."""

from typing import Any, Callable, Dict, Optional

from t2t_af import errors


def derive(parent: Callable[[], Any], new: Optional[Dict[str, Any]] = None,
           **overrides) -> Any:
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
          'hparam "%s" exists already; override it instead' % name)
    hparams.add_hparam(name, value)
  return hparams


def shrink(hparams: Any) -> Any:
  """The same model, small enough to run in seconds on two cores.

  The one place that does so; every test of a model uses it.
  """
  hparams.override_from_dict(dict(
      depth=2, coupling_width=16, latent_encoder_width=8,
      latent_encoder_depth=2, batch_size=2, init_batch_size=4))
  return hparams
