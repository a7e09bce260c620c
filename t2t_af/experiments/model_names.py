"""Which model and which problem an hparams set is of, from its name."""

from t2t_af import errors

_MODELS = {  # What a set's name begins with: the model it is of.
  "video_flow": "video_flow",
  "next_frame_glow": "next_frame_glow",
  "af1_": "autoregressive_flow",
  "af2_": "autoregressive_flow",
  "slvm_": "slvm",
}
_PROBLEMS = {  # A part of a set's name: the problem of that column.
  "series_tiny": "series_particle",
  "tiny": "video_toy_pushing",
  "bair": "video_bair",
  "mmnist": "video_mmnist",
  "kth": "video_kth",
  "activity_rec": "series_activity_rec",
  "smartphone_sensor": "series_smartphone_sensor",
  "facial_exp": "series_facial_exp",
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
    "begin with %s" % (hparams_set, ", ".join(_MODELS))
  )


def problem_of(hparams_set: str) -> str:
  """Name of the problem of the set's column, from the set's name.

  Raises:
    UserError: no column is in the name.
  """
  for part, problem in _PROBLEMS.items():
    if part in hparams_set:
      return problem
  raise errors.UserError(
    "the name of %s says no problem; give --problem=..." % hparams_set
  )
