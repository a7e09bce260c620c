"""The row of a table that a record is of.

A run of af1_tiny with `--hparams=flow_transform=spline` is no 1-AF: it has a
row of its own, and decides no claim of the paper's. Overrides of what steers
training or scoring alone make no other model; they are told beside its number.
"""

from collections.abc import Mapping
from typing import Callable, NamedTuple, Optional

from t2t_af.analysis.results import paper_values
from t2t_af.records import override_text

BOUND_OF = ", bound of "  # in a label
_OF_SLVM_MODEL = (
  *("encoder_width", "hidden_size", "latent_flow", "latent_size"),
  "num_recurrent_layers",
)
_OF_SLVM = (*_OF_SLVM_MODEL, "kl_warmup_steps")
# What the weights of our models belong to, of all models together.
OF_MODEL = frozenset(
  (
    # autoregressive_flow and slvm
    *("base_distribution", "data_flow", "first_steps", "flow_conditioner"),
    *("flow_log_scale_bound", "flow_mask", "flow_transform", "flow_width"),
    *("log_scale_clip", "normalization", "num_cond_steps", "num_transforms"),
    *_OF_SLVM_MODEL,
    # video_flow
    *("activation", "cond_first_frame", "coupling", "coupling_dropout"),
    *("coupling_width", "depth", "gen_mode", "latent_activation"),
    *("latent_af_log_scale_bound", "latent_af_num_transforms"),
    *("latent_af_residual", "latent_apply_dilations", "latent_architecture"),
    *("latent_dilation_rates", "latent_dist_encoder", "latent_dropout"),
    *("latent_dynamics", "latent_encoder_depth", "latent_encoder_width"),
    *("latent_noise", "latent_skip", "learn_top_scale", "model_input"),
    *("n_bits_x", "n_levels", "num_cond_latents", "pretrain_steps"),
    "top_prior",
  )
)
# What records say in fields of their own, and what changes no number.
_TOLD_ELSEWHERE = frozenset(
  (
    *("video_num_input_frames", "video_num_target_frames", "num_warmup_steps"),
    *("num_importance_samples", "eval_noise_draws", "train_fraction"),
    *("train_fraction_seed", "dequantization", "series_noise", "scale_floor"),
    *("precision", "jit_compile", "recompute", "temperature", "sample_mode"),
    "sample_conditioning",
  )
)


class Row(NamedTuple):
  """A model as tables name it.

  Attributes:
    name: row of the paper's tables (`paper_values.LABELS`), or an hparams set.
    num_samples: of an importance-weighted bound; 0 of the usual one sample.
    changes: overrides that make another model of the set, or "".
  """

  name: str
  num_samples: int = 0
  changes: str = ""

  @property
  def label(self) -> str:
    """For people, e.g. "SLVM, latent_flow=affine_af, bound of 10 samples"."""
    label = paper_values.LABELS.get(self.name, self.name)
    if self.changes:
      label += f", {self.changes}"
    if self.num_samples:
      label += f"{BOUND_OF}{self.num_samples} samples"
    return label


def of(record: Mapping) -> Row:
  """Of a record that names its hparams set."""
  name = record["hparams_set"]
  samples = record.get("num_samples") or 1
  return Row(
    paper_values.row_of(name) or name,
    samples if record.get("bound") and samples > 1 else 0,
    changes(record.get("hparams")),
  )


def changes(hparams: Optional[str]) -> str:
  """ "depth=4,batch_size=2" -> "depth=4"; "" where the model is the set's.

  Args:
    hparams: a run's overrides, "name=value,...".
  """
  return _joined(hparams, lambda name: name in OF_MODEL)


def training(hparams: Optional[str]) -> str:
  """What it changes of the training: "depth=4,batch_size=2" -> "batch_size=2".

  Args:
    hparams: as of `changes`.
  """
  return _joined(
    hparams, lambda name: name not in OF_MODEL and name not in _TOLD_ELSEWHERE
  )


def read_by(name: str, hparams: str) -> str:
  """Overrides without those that a row cannot read: flows alone, an SLVM's."""
  if not name.startswith("af"):
    return hparams
  return _joined(hparams, lambda name: name not in _OF_SLVM)


def _joined(hparams: Optional[str], wanted: Callable[[str], bool]) -> str:
  parts = override_text.parts(hparams or "")
  return ",".join(_plain(parts[name]) for name in sorted(parts) if wanted(name))


def _plain(part: str) -> str:
  """ "a = True", "a=1.0", "a=[1, 2]" -> "a=true", "a=1", "a=[1,2]"."""
  name, equals, value = "".join(part.split()).partition("=")
  if value.lower() in ("true", "false"):
    value = value.lower()
  try:
    value = f"{float(value):.12g}"
  except ValueError:
    pass
  return name + equals + value
