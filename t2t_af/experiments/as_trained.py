"""The hparams that a run was trained with, where another command asks it.

tensor2tensor's t2t-eval knows the hparams set alone, and every command takes
whatever --hparams says: the weights fit many a model that is not theirs.
"""

from collections.abc import Mapping
from typing import Any

from tensor2tensor.utils import hparam
from tensor2tensor.utils import registry
from tensor2tensor.utils import trainer_lib

from t2t_af import effect
from t2t_af.errors import UserError
from t2t_af.experiments import overrides
from t2t_af.experiments import stored_hparams
from t2t_af.models.sequence_model import SequenceModel
from t2t_af.records import override_text
from t2t_af.records import run_folder


def hparams(output_dir: str, hparams_set: str) -> hparam.HParams:
  """Those of the run, or of the set where there is none.

  From its hparams.json and its overrides, so that either may be lost.

  Raises:
    UserError: one of them is damaged.
  """
  stored_hparams.check(output_dir, hparams_set)
  found = trainer_lib.create_hparams(
    hparams_set, hparams_path=stored_hparams.path(output_dir)
  )
  text = run_folder.read(output_dir).get("hparams")
  overrides.parse(found, text, f"hparam of {output_dir}")
  # In a further step: a text may not assign to an hparam twice.
  found.parse(overrides.kept_by_run(output_dir, found))
  return found


def added(output_dir: str, hparams_set: str, said: str) -> list[str]:
  """Overrides that make of the set, with those `said`, the run's hparams.

  Args:
    output_dir: of the run; where there is none, nothing is added.
    hparams_set: of the run.
    said: "name=value,..."; what it says counts.

  Returns:
    ["name=value"], those first that the run was begun with.
  """
  of_set = registry.hparams(hparams_set).values()
  text = run_folder.read(output_dir).get("hparams") or ""
  parts = override_text.parts(text)
  for name, value in hparams(output_dir, hparams_set).values().items():
    if name in of_set and value != of_set[name] and _is_writable(value):
      parts.setdefault(name, f"{name}={_written(value)}")
  spoken = override_text.parts(said)
  return [part for name, part in parts.items() if name not in spoken]


def is_run(folder: str) -> bool:
  """Whether a training has said there what it is of."""
  return bool(run_folder.read(folder).get("hparams_set"))


def check_set(output_dir: str, hparams_set: str) -> None:
  """Raises UserError where the run is one of another hparams set."""
  began = run_folder.read(output_dir).get("hparams_set")
  if began not in (None, "", hparams_set):
    raise UserError(
      f"{output_dir} is a run of --hparams_set={began}, not of {hparams_set}: "
      "give that, or another --output_dir."
    )


def override(
  output_dir: str, trained: hparam.HParams, text: str, model: str
) -> None:
  """Sets what is other than in training, if the weights can be read so.

  Args:
    output_dir: of the run.
    trained: `hparams` of it; is changed.
    text: "name=value,...".
    model: registered name; of tensor2tensor's own nothing is known.

  Raises:
    UserError: trained weights would be taken for another model's, or an unknown
      name or value.
  """
  before = dict(trained.values())
  overrides.parse(trained, text, "hparam of the run")
  _check_weights(output_dir, before, trained.values(), model)


def _check_weights(
  output_dir: str,
  before: Mapping[str, Any],
  values: Mapping[str, Any],
  model: str,
) -> None:
  model_cls = registry.model(model)
  if not issubclass(model_cls, SequenceModel):
    return
  for name in sorted(effect.names_of_weights(model_cls.reads)):
    if name in before and values.get(name) != before[name]:
      raise UserError(
        f"{name}={values.get(name)}: {output_dir} was trained with "
        f"{name}={before[name]}, and under another value its weights are no "
        "trained model. Leave it out; a training with it begins in another "
        "--output_dir."
      )


def _is_writable(value: Any) -> bool:
  """Whether an override can say it."""
  if isinstance(value, (list, tuple)):
    return all(isinstance(v, (int, float)) for v in value) and bool(value)
  if isinstance(value, str):
    return not set(value) & set(",=[]")
  return isinstance(value, (bool, int, float))


def _written(value: Any) -> str:
  if isinstance(value, (list, tuple)):
    return f"[{','.join(map(str, value))}]"
  return str(value)
