"""What a likelihood record says of the windows it is a mean over."""

import numpy as np

from t2t_af.records import likelihood
from t2t_af.records import recordings

DATA = "d0" * 8  # fingerprint


def fields(nll, per_recording: int = 1) -> dict:
  """As `likelihood_record.fields` makes them.

  Args:
    nll: nats/dim of each window, two of each sequence if `per_recording` is
      even, else one.
    per_recording: windows of a recording, one after the other.
  """
  nll = np.asarray(nll, float)
  of_sequence = 1 if per_recording % 2 else 2
  ids = [
    f"walk{i // per_recording}/{i % per_recording // of_sequence}"
    for i in range(len(nll))
  ]
  cut_from = [name.partition("/")[0] for name in ids]
  mean, stderr = recordings.mean_and_stderr(nll, cut_from)
  sequences = recordings.group(ids)
  tail = recordings.tail(nll)
  return dict(
    nll_nats_per_dim=mean,
    nll_nats_per_dim_stderr=stderr,
    nll_nats_per_dim_window_stderr=likelihood.mean_and_stderr(nll).stderr,
    nll_nats_per_dim_median=tail.median,
    nll_nats_per_dim_worst_percent=tail.worst_percent,
    sequence_ids=sequences.names,
    nll_nats_per_dim_per_sequence=sequences.means(nll).tolist(),
    num_windows_per_sequence=sequences.counts.tolist(),
    num_windows=len(nll),
    num_sequences=len(sequences.names),
    num_recordings=len(set(cut_from)),
    recordings=[name.partition("/")[0] for name in sequences.names],
    is_partial=False,
    data_fingerprint=DATA,
    trained_data_fingerprint=DATA,
  )
