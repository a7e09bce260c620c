"""Drawing the toy's world: shapes with soft edges, shadows and light.

Every shape is a signed distance d (negative inside, in units of the table's
side); the share of a pixel that it covers is about 1/2 - d / pixel, which
smooths edges as supersampling does, at the cost of one sample a pixel.
"""

from typing import Union

import numpy as np

from problems.toy import world

_LIGHT = np.array([-0.45, -0.60, 0.66], np.float32)  # from the upper left
_SHADOW_SHIFT = 0.030 + 0.036j
_ROD_HALF_WIDTH = 0.046
_ROD_COLOR = (188.0, 192.0, 200.0)
_GRIPPER_COLOR = (250.0, 246.0, 236.0)
_TABLES = (
  (150, 112, 74),
  (104, 122, 104),
  (112, 116, 132),
  (142, 128, 108),
  (96, 90, 84),
  (128, 104, 110),
)


class Canvas:
  """Float frames [time, size, size, 3] in 0..255 and the grid below them."""

  def __init__(self, background: np.ndarray, num_frames: int) -> None:
    size = background.shape[0]
    self.pixel = 1 / size
    centers = ((np.arange(size) + 0.5) / size).astype(np.float32)
    self.x = centers[None, None, :]
    self.y = centers[None, :, None]
    self.frames = np.repeat(background[None], num_frames, axis=0)

  def cover(self, distance: np.ndarray, soft: float = 0.0) -> np.ndarray:
    """The share [time, size, size] of each pixel within a shape."""
    return np.clip(0.5 - distance / (self.pixel + soft), 0, 1)

  def paint(
    self,
    cover: np.ndarray,
    color: tuple[float, float, float],
    light: Union[float, np.ndarray] = 1.0,
  ) -> None:
    """Lays `color` (3 numbers) times `light` (broadcast) over the frames."""
    for channel, value in enumerate(color):
      plane = self.frames[..., channel]
      plane += cover * (np.float32(value) * light - plane)

  def darken(self, cover: np.ndarray, strength: float) -> None:
    """Takes a share of the light, [time, size, size], from the frames."""
    self.frames *= (1 - strength * cover)[..., None]


def table(seed: int, size: int) -> np.ndarray:
  """A textured table [size, size, 3]: smooth coloured noise, veins, grain."""
  rng = np.random.default_rng(seed)
  color = np.array(_TABLES[rng.integers(len(_TABLES))], np.float32)
  smooth = _smooth_noise(rng, (5, 5), size)
  veins = _smooth_noise(rng, (3, 14) if rng.integers(2) else (14, 3), size)
  grain = rng.normal(0, 1, [size, size, 1])
  # The light falls in from the upper left.
  ramp = np.linspace(-1, 1, size)
  glow = -(ramp[:, None] + ramp[None, :])[..., None]
  out = color + 11 * smooth + 9 * veins.mean(-1, keepdims=True)
  return (out + 5 * grain + 13 * glow).astype(np.float32)


def _smooth_noise(
  rng: np.random.Generator, cells: tuple[int, int], size: int
) -> np.ndarray:
  """Normal noise [size, size, 3] on a coarse grid, joined by cosines."""
  noise = rng.normal(0, 1, [cells[0], cells[1], 3])
  for axis, n in enumerate(cells):
    noise = np.moveaxis(
      np.tensordot(_blend(n, size), noise, (1, axis)), 0, axis
    )
  return noise


def _blend(cells: int, size: int) -> np.ndarray:
  """[size, cells]: each row holds the weights of the two nearest cells."""
  position = (np.arange(size) + 0.5) / size * (cells - 1)
  distance = np.abs(position[:, None] - np.arange(cells))
  return np.where(distance < 1, 0.5 + 0.5 * np.cos(np.pi * distance), 0)


def draw(scene: world.Scene, motion: world.Motion, size: int) -> np.ndarray:
  """The frames of a motion: float32 [time, size, size, 3] in 0..255."""
  canvas = Canvas(table(scene.table_seed, size), len(motion.gripper))
  for i, body in enumerate(scene.bodies):
    _draw_body(canvas, body, motion.bodies[:, i], motion.angles[:, i])
  _draw_arm(canvas, scene.base, motion.gripper)
  return np.clip(canvas.frames, 0, 255)


def _draw_body(
  canvas: Canvas, body: world.Body, places: np.ndarray, angles: np.ndarray
) -> None:
  """A dome or a block: its shadow, then itself."""
  for shadow in (True, False):
    x, y = _from(canvas, places + (_SHADOW_SHIFT * 0.6 if shadow else 0))
    if body.is_square:
      turn = np.exp(-1j * angles)[:, None, None]
      cos, sin = (turn.real.astype(np.float32), turn.imag.astype(np.float32))
      u, v = np.abs(x * cos - y * sin), np.abs(x * sin + y * cos)
      # A square of the area of the disc.
      distance = np.maximum(u, v) - np.float32(0.886 * body.radius)
    else:
      distance = np.sqrt(x * x + y * y) - np.float32(body.radius)
    if shadow:
      canvas.darken(canvas.cover(distance, soft=0.05), 0.5)
    elif body.is_square:
      rim = np.clip(-distance / np.float32(0.3 * body.radius), 0, 1)
      canvas.paint(canvas.cover(distance), body.color, 0.72 + 0.33 * rim)
    else:
      canvas.paint(canvas.cover(distance), body.color, _dome(x, y, body.radius))


def _draw_arm(canvas: Canvas, base: complex, gripper: np.ndarray) -> None:
  """The rod from its base to the gripper, over everything else."""
  for shadow in (True, False):
    shift = _SHADOW_SHIFT * 1.5 if shadow else 0
    x, y = _from(canvas, np.full_like(gripper, base + shift))
    rod = gripper - base
    length = np.abs(rod)[:, None, None].astype(np.float32)
    unit = (rod / np.abs(rod))[:, None, None]
    cos, sin = unit.real.astype(np.float32), unit.imag.astype(np.float32)
    along, across = x * cos + y * sin, y * cos - x * sin
    beyond = along - np.clip(along, 0, length)
    off_axis = np.sqrt(beyond * beyond + across * across)
    distance = off_axis - np.float32(_ROD_HALF_WIDTH)
    x, y = _from(canvas, gripper + shift)
    round_end = np.sqrt(x * x + y * y) - np.float32(world.GRIPPER_RADIUS)
    if shadow:
      cover = canvas.cover(np.minimum(distance, round_end), soft=0.07)
      canvas.darken(cover, 0.45)
      continue
    # The lit side of a cylinder, seen from above.
    tilt = np.clip(across / _ROD_HALF_WIDTH, -1, 1)
    facing = _LIGHT[1] * cos - _LIGHT[0] * sin
    light = 0.35 + 0.85 * np.clip(
      _LIGHT[2] * np.sqrt(1 - tilt * tilt) + facing * tilt, 0, 1
    )
    canvas.paint(canvas.cover(distance), _ROD_COLOR, light)
    canvas.paint(
      canvas.cover(round_end), _GRIPPER_COLOR, _dome(x, y, world.GRIPPER_RADIUS)
    )


def _from(canvas: Canvas, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
  """x and y of every pixel, seen from places [time]."""
  places = places[:, None, None]
  return (
    canvas.x - places.real.astype(np.float32),
    canvas.y - places.imag.astype(np.float32),
  )


def _dome(x: np.ndarray, y: np.ndarray, radius: float) -> np.ndarray:
  """How bright a dome of this radius is at (x, y) from its centre."""
  u, v = x / np.float32(radius), y / np.float32(radius)
  up = np.sqrt(np.clip(1 - u * u - v * v, 0.05, 1))
  lambert = np.clip(_LIGHT[0] * u + _LIGHT[1] * v + _LIGHT[2] * up, 0, 1)
  shine = (lambert * lambert * lambert) ** 2  # a power of 12 takes far longer
  return 0.38 + 0.68 * lambert + 0.4 * shine * shine
