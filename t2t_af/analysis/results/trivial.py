"""How sets compare with trivial models (metrics/references.py)."""

from t2t_af.analysis.results.comparison import Comparison

LABELS = {
  "uniform": "Uniform",
  "standard_normal": "N(0, 1) on [0, 1]",
  "global_gaussian": "One Gaussian for all",
  "per_pixel_gaussian": "One Gaussian per pixel",
  "copy_last_frame": "Copy of the previous frame",
  "copy_last_frame_per_pixel": "Copy, one variance per pixel",
}
SERIES_LABELS = {
  "standard_normal": "N(0, 1)",
  "global_gaussian": "One Gaussian for all",
  "per_feature_gaussian": "One Gaussian per feature",
  "copy_last_step": "Copy of the previous step",
  "copy_last_step_per_feature": "Copy, one variance per feature",
}
# Metric of samples -> whether lower is better.
_METRICS = {"psnr": False, "ssim": False, "rmse": True}


def label(comparison: Comparison, name: str) -> str:
  """The name of a trivial model, for people."""
  labels = SERIES_LABELS if comparison.unit.is_series else LABELS
  return labels.get(name, name)


def not_beaten(comparison: Comparison, hparams_set: str) -> list[str]:
  """Names of the references that a set's NLL, or bound, is not below."""
  estimate = comparison.estimate(hparams_set)
  if estimate is None:
    return []
  return [
    r["name"]
    for r in comparison.scored_references()
    if r.get("nll_nats_per_dim") is not None
    and estimate.mean >= r["nll_nats_per_dim"]
  ]


def worse_than_a_copy(comparison: Comparison, hparams_set: str) -> list[str]:
  """Metrics in which the best sample is no better than the last given step."""
  worse = []
  for r in comparison.scored_references():
    lengths = {
      s.get("num_predicted_steps")
      for s in comparison.final(hparams_set, "samples").values()
    }
    if lengths != {r.get("num_scored_steps")}:
      continue  # Later steps are harder: not comparable.
    for metric, lower in _METRICS.items():
      field = metric + "_best_of_n"
      ours = comparison.estimate(hparams_set, field, "samples")
      if ours is None or r.get(field) is None:
        continue
      gain = r[field] - ours.mean if lower else ours.mean - r[field]
      if gain <= 0:
        worse.append(metric.upper())
  return worse
