"""Which flow it was: a digest of all that its numbers follow from."""

import hashlib
import json

import numpy as np

from t2t_af.experiments.asking import asked_run
from t2t_af.experiments.asking import question
from t2t_af.models import data_flow


def of_flow(run: asked_run.AskedRun, asked: question.Question) -> str:
  """Of its weights and hparams, and what a series is standardised by.

  Args:
    run: the model.
    asked: a question of it whose variables are the flow's.

  Returns:
    A SHA-256, in hexadecimal.
  """
  digest = hashlib.sha256()
  values = run.hparams.values()
  read = {name for rule in data_flow.READS for name in rule.names}
  kept = {name: values[name] for name in sorted(read | {"dequantization"})}
  digest.update(json.dumps(kept, sort_keys=True).encode())
  for name, weight in asked.weights().items():
    digest.update(f"{name} {weight.shape}".encode())
    digest.update(np.ascontiguousarray(weight).tobytes())
  if run.statistics:
    for number in (run.statistics.mean, run.statistics.std):
      digest.update(np.asarray(number, np.float64).tobytes())
  return digest.hexdigest()
