"""The registered sets of ours, and what their names say."""

from tensor2tensor.utils import registry

PREFIXES = ("video_flow", "af1_", "af2_", "slvm_")
NAMES = sorted(n for n in registry.list_hparams() if n.startswith(PREFIXES))
VIDEO_FLOW = [name for name in NAMES if name.startswith("video_flow")]
ROWS = ("af1", "af2", "slvm", "slvm_dx", "slvm_af1", "slvm_af2")
BAIR = (64, 64, 3)
STEP_SHAPES = {
  "series_tiny": (2,),
  "tiny": (32, 32, 3),
  "bair": BAIR,
  "mmnist": (64, 64, 1),
  "kth": (64, 64, 1),
  "activity_rec": (6,),
  "smartphone_sensor": (9,),
  "facial_exp": (300,),
}

SERIES = [column for column, shape in STEP_SHAPES.items() if len(shape) == 1]


def step_shape(name: str) -> tuple[int, ...]:
  """Shape of one step of the data of a set's column."""
  return next(shape for part, shape in STEP_SHAPES.items() if part in name)


def docstring(name: str) -> str:
  """The set's experiment record."""
  return registry.Registries.hparams._registry[name].__doc__
