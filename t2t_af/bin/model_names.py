"""Which model an hparams set is of."""

from t2t_af import errors

_MODELS = {  # What a set's name begins with: the model it is of.
    "video_flow": "video_flow", "next_frame_glow": "next_frame_glow",
}


def model_of(hparams_set: str) -> str:
  """Name of the registered model, from the set's name.

  Raises:
    UserError: the name begins like no model that we know.
  """
  for prefix, model in _MODELS.items():
    if hparams_set.startswith(prefix):
      return model
  raise errors.UserError(
      "no model is known for the hparams set %s; known are sets whose names "
      "begin with %s" % (hparams_set, ", ".join(_MODELS)))
