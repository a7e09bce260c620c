"""NLL of small models under known weights, and the file that keeps them.

  python -m tests.models.golden --write

makes tests/expected/golden.json anew and says which numbers moved. A change
that is not meant to change any number moves none of them.
"""

import json
import pathlib
import sys
from typing import Any, NamedTuple

# Before tensor2tensor.
from t2t_af import mended  # noqa: F401

# isort: split
import tensorflow.compat.v1 as tf

import t2t_af
from tests import weights
from tests.models import small
from tests.models import tiny

PATH = pathlib.Path(__file__).parents[1] / "expected" / "golden.json"
NLL = "nll_nats_per_dim"
# float32 sums of thousands of terms, in an order that the number of threads
# and the library of convolutions choose: of 1.2e-7 per rounding there are some
# ten in a row. What changes a model changes far more.
RTOL = 1e-5


class Case(NamedTuple):
  """A registered model, its hparams and the shape of a step."""

  model: str
  hparams: Any
  step_shape: tuple[int, ...]


_LATENT_DYNAMICS = {
  "skip": dict(latent_dynamics="skip"),
  "none": dict(latent_dynamics="none"),
  "affine_af": dict(latent_dynamics="affine_af"),
  "residual": dict(latent_dynamics="affine_af", latent_af_residual=True),
}
# Of series a floor as high as the noise; of both a Student's t.
_NOISE_FLOOR_T = dict(series_noise=0.3, base_distribution="student_t")
# (name, model, row of the sets, overrides): of video and of series each.
_DATA_SPACE = (
  ("af1", "autoregressive_flow", "af1", {}),
  ("af2", "autoregressive_flow", "af2", {}),
  (
    "spline_initial",
    "autoregressive_flow",
    "af1",
    dict(flow_transform="spline", first_steps="initial"),
  ),
  (
    "dilated_mask",
    "autoregressive_flow",
    "af1",
    dict(flow_conditioner="dilated", flow_mask="learned"),
  ),
  ("slvm", "slvm", "slvm", {}),
  ("slvm_dx", "slvm", "slvm_dx", {}),
  ("slvm_af1", "slvm", "slvm_af1", {}),
  ("slvm_latent_flow", "slvm", "slvm", dict(latent_flow="affine_af")),
  ("slvm_af1_importance", "slvm", "slvm_af1", dict(num_importance_samples=3)),
  ("af2_floor_t", "autoregressive_flow", "af2", _NOISE_FLOOR_T),
  ("slvm_af1_floor_t", "slvm", "slvm_af1", _NOISE_FLOOR_T),
)


def cases() -> dict[str, Case]:
  """All of them, by name."""
  found = {
    f"video_flow_{name}": Case(
      "video_flow", tiny.hparams(**overrides), tiny.FRAME_SHAPE
    )
    for name, overrides in _LATENT_DYNAMICS.items()
  }
  for name, model, row, overrides in _DATA_SPACE:
    for data, column, step_shape in (
      ("video", "tiny", small.VIDEO),
      ("series", "series_tiny", small.SERIES),
    ):
      hparams = small.hparams(f"{row}_{column}", **overrides)
      found[f"{name}_{data}"] = Case(model, hparams, step_shape)
  return found


def compute(case: Case) -> dict[str, Any]:
  """NLL of a batch in an evaluation: its mean, and of every scored step."""
  hparams = case.hparams
  num_steps = hparams.video_num_input_frames + hparams.video_num_target_frames
  with tf.Graph().as_default(), tf.Session() as session:
    tf.set_random_seed(0)
    scores, _ = small.body(
      case.model, hparams, small.sequences(case.step_shape, num_steps)
    )
    weights.randomize(session)
    nll = session.run(scores[NLL]).astype(float)
  return {NLL: nll.mean(), f"{NLL}_per_step": nll.mean(axis=0).tolist()}


def read() -> dict[str, dict]:
  """The file's numbers, by case."""
  return json.loads(PATH.read_text(encoding="utf-8"))


def write() -> list[str]:
  """Makes the file; returns a line for each case that moved."""
  before = read() if PATH.exists() else {}
  now = {name: _rounded(compute(case)) for name, case in cases().items()}
  PATH.parent.mkdir(exist_ok=True)
  PATH.write_text(json.dumps(now, indent=1) + "\n", encoding="utf-8")
  told = []
  for name in sorted({*before, *now}):
    then, found = (values.get(name, {}).get(NLL) for values in (before, now))
    if before.get(name) != now.get(name):
      told.append(f"{name}: {then} -> {found} nats/dim")
  return told


def _rounded(found: dict[str, Any]) -> dict[str, Any]:
  """To nine digits, which tell any two float32 numbers apart."""
  return {
    name: [float(f"{v:.9g}") for v in value]
    if isinstance(value, list)
    else float(f"{value:.9g}")
    for name, value in found.items()
  }


def main(arguments: list[str]) -> None:
  """Of the command line."""
  if arguments != ["--write"]:
    raise SystemExit(__doc__)
  tf.config.set_visible_devices([], "GPU")
  t2t_af.register()
  told = write()
  sys.stdout.write("\n".join(told or ["nothing moved"]) + "\n")


if __name__ == "__main__":
  main(sys.argv[1:])
