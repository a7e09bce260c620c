"""Overrides of hparams in a text, "name=value,name=[1,2],...".

What is wrong with them is said before anything is built.
"""

from collections.abc import Mapping, Sequence
import os
import re
from typing import Any, Optional

from tensor2tensor.utils import hparam
from tensor2tensor.utils import registry

from problems.core.sequence_problem import SequenceProblem
from t2t_af import effect
from t2t_af.errors import suggest
from t2t_af.errors import UserError
from t2t_af.experiments import model_names
from t2t_af.experiments import ranges
from t2t_af.models.sequence_model import SequenceModel
from t2t_af.records import json_file
from t2t_af.records import override_text
from t2t_af.records import run_folder

# What tensor2tensor reads of our models' hparams, outside of any graph.
_READS = (
  effect.Rule(
    ("daisy_chain_variables", "no_data_parallelism", "warm_start_from_second")
  ),
)
# Names that other models read, and which of ours do what they say. The first
# that is read is named.
_INSTEAD = {
  "learning_rate": ("learning_rate_constant",),
  "learning_rate_decay_scheme": ("learning_rate_schedule",),
  "hidden_size": ("flow_width", "coupling_width"),
  "filter_size": ("hidden_size", "flow_width", "coupling_width"),
  "num_hidden_layers": ("num_recurrent_layers", "depth", "num_transforms"),
  "norm_type": ("normalization",),
  "latent_skip": ("latent_dynamics",),
  "sampling_temp": ("temperature",),
  "sampling_method": ("sample_mode", "temperature"),
  "max_length": ("video_num_target_frames",),
  "grad_noise_scale": ("clip_grad_norm",),
}


def parse(hparams: hparam.HParams, text: Optional[str], what: str) -> None:
  """Sets the hparams that `text` names; nothing of an empty text.

  Args:
    hparams: is changed.
    text: "name=value,...".
    what: what sort of name it is, for the error.

  Raises:
    UserError: an unknown name, or a value that cannot be read or used.
  """
  if not text:
    return
  before = dict(hparams.values())
  try:
    hparams.parse(text)
  except (KeyError, ValueError) as error:
    unknown = re.match(r"Unknown hyperparameter type for (.+)", str(error))
    if unknown:
      raise UserError(
        suggest(unknown.group(1), hparams.values(), what)
      ) from error
    raise UserError(f'cannot read "{text}": {error}') from error
  ranges.check(hparams, before)


def kept_by_run(output_dir: str, hparams: hparam.HParams) -> str:
  """Overrides that make of `hparams` those that a run was trained with.

  Of the hparams that a run keeps in run.json, whatever their defaults are
  today. A run of version 0.2 or before kept none: they were what they were
  then, unless its hparams.json or its command says otherwise.
  """
  known = run_folder.read(output_dir)
  if "num_parameters" not in known:
    return ""  # nothing was trained yet
  stored = json_file.read(os.path.join(output_dir, "hparams.json"))
  values, text = hparams.values(), known.get("hparams") or ""
  parts = []
  for name, before in run_folder.KEPT_HPARAMS.items():
    said = name not in known and (name in stored or f"{name}=" in text)
    value = known.get(name, before)
    if name in values and not said and values[name] != value:
      parts.append(f"{name}={value}")
  return ",".join(parts)


def without_effect(
  before: Mapping[str, Any], hparams: hparam.HParams, model: str, problem: str
) -> dict[str, str]:
  """{hparam that was changed and that nothing reads: a sentence on it}.

  Empty where the model or the problem is tensor2tensor's own.

  Args:
    before: values of the hparams, before they were changed.
    hparams: after.
    model, problem: registered names.
  """
  model_cls = registry.model(model)
  reader = registry.problem(problem)
  if not (
    issubclass(model_cls, SequenceModel) and isinstance(reader, SequenceProblem)
  ):
    return {}
  kind = effect.SERIES if hasattr(reader, "statistics") else effect.VIDEO
  rules = (*model_cls.reads, *reader.reads, *_READS)
  read = effect.names_read(rules, hparams, kind)
  sentences = {}
  for name, value in hparams.values().items():
    if name in read or value == before.get(name):
      continue
    instead = [other for other in _INSTEAD.get(name, ()) if other in read]
    needed = effect.missing_conditions(rules, name, hparams, kind)
    if instead:
      why = f"{instead[0]} is what it reads"
    elif needed:
      why = f"it has with {', or with '.join(needed)}"
    else:
      why = "nothing reads it"
    sentences[name] = f"{name}={value} has no effect on {model} here; {why}."
  return sentences


def check_effect(
  before: Mapping[str, Any], hparams: hparam.HParams, model: str, problem: str
) -> None:
  """Raises UserError where `without_effect` has something to say."""
  sentences = without_effect(before, hparams, model, problem)
  if sentences:
    raise UserError(" ".join(sentences.values()))


def check_set(hparams: hparam.HParams, hparams_set: str, model: str) -> None:
  """Raises UserError where a set lacks hparams that the model reads.

  Nothing where the model is tensor2tensor's own.
  """
  model_cls = registry.model(model)
  if not issubclass(model_cls, SequenceModel):
    return
  read = {name for rule in model_cls.reads for name in rule.names}
  missing = sorted(read - set(hparams.values()))
  if missing:
    raise UserError(
      f"hparams set {hparams_set} is not one of {model}: it has no "
      f"{', '.join(missing[:3])}. {_sets_of(model)}"
    )


def _sets_of(model: str) -> str:
  """Names some of its sets."""
  registered = registry.list_hparams()
  names = [name for name in registered if _is_of(name, model)]
  return f"Sets of {model}: {', '.join(sorted(names)[:4])}, ..."


def _is_of(hparams_set: str, model: str) -> bool:
  try:
    return model_names.model_of(hparams_set) == model
  except UserError:
    return False


def by_set(
  hparams_sets: Sequence[str], text: str, problem: str
) -> dict[str, str]:
  """{set: those of the overrides that have an effect on it}.

  Args:
    hparams_sets: names.
    text: "name=value,...".
    problem: registered name.

  Raises:
    UserError: one has no effect on any set; a value that cannot be read.
  """
  found = override_text.parts(text)
  known = {name: registry.hparams(name).values() for name in hparams_sets}
  for name in found:
    if not any(name in values for values in known.values()):
      every = set().union(*known.values())
      raise UserError(suggest(name, every, "hparam of " + hparams_sets[0]))
  fitting = {
    hparams_set: {n: part for n, part in found.items() if n in values}
    for hparams_set, values in known.items()
  }
  idle = {
    hparams_set: _idle(hparams_set, ",".join(of_set.values()), problem)
    for hparams_set, of_set in fitting.items()
  }
  for name in found:
    said = [idle[s].get(name) for s in hparams_sets if name in fitting[s]]
    if all(said):
      raise UserError(said[0])
  return {
    hparams_set: ",".join(
      part for name, part in of_set.items() if name not in idle[hparams_set]
    )
    for hparams_set, of_set in fitting.items()
  }


def _idle(hparams_set: str, text: str, problem: str) -> dict[str, str]:
  """`without_effect` of overrides of a set."""
  hparams = registry.hparams(hparams_set)
  before = dict(hparams.values())
  parse(hparams, text, "hparam of " + hparams_set)
  return without_effect(
    before, hparams, model_names.model_of(hparams_set), problem
  )
