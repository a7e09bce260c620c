"""What a likelihood record says of its windows, one of each sequence."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from t2t_af.records import likelihood
from t2t_af.records import recordings

FINGERPRINT = "5eed" * 16  # a sha256, as that of data


def fields(
  sequence_ids: Sequence[str], nll: np.ndarray, prefix: str = "nll_nats_per_dim"
) -> dict[str, Any]:
  """As `likelihood_record` makes them, every sequence its own recording."""
  mean, stderr = recordings.mean_and_stderr(nll, sequence_ids)
  tail = recordings.tail(nll)
  return {
    prefix: mean,
    f"{prefix}_stderr": stderr,
    f"{prefix}_window_stderr": likelihood.mean_and_stderr(nll).stderr,
    f"{prefix}_median": tail.median,
    f"{prefix}_worst_percent": tail.worst_percent,
    f"{prefix}_per_sequence": nll,
    "sequence_ids": list(sequence_ids),
    "recordings": list(sequence_ids),
    "num_windows_per_sequence": [1] * len(sequence_ids),
    "num_windows": len(sequence_ids),
    "num_sequences": len(sequence_ids),
    "num_recordings": len(sequence_ids),
    "num_noise_draws": 1,
    "is_partial": False,
    "data_fingerprint": FINGERPRINT,
    "trained_data_fingerprint": FINGERPRINT,
  }


def about(mean: float, stderr: float, count: int, rng: Any) -> np.ndarray:
  """NLL of `count` sequences with this mean and standard error."""
  z = rng.standard_normal(count)
  return mean + stderr * count**0.5 * (z - z.mean()) / z.std(ddof=1)
