"""The world of the toy: an arm that pushes objects about on a table.

Lengths are in units of the table's side, (0, 0) its upper left corner, times
in frames. Points and velocities are complex numbers: x + i y.
"""

from typing import NamedTuple

import numpy as np

GRIPPER_RADIUS = 0.09
_STEPS_PER_FRAME = 3  # so that nothing tunnels through anything
_TOP_SPEED = 0.07  # of the gripper, per frame: 2.2 pixels of 32
_FOLLOW = 0.35  # how fast the gripper takes up the wanted velocity
_JOLT = 0.007  # deviation of the random acceleration in every frame
_CHANGE_OF_MIND = 0.22  # chance per frame of another wanted velocity
_FRICTION = 0.80  # of the velocity of an object, kept per frame
_BOUNCE = 0.5
# The gripper stays this far from the borders; objects stay inside by radius.
_MARGIN = 0.10


class Body(NamedTuple):
  """An object on the table as it starts."""

  position: complex
  radius: float
  angle: float  # radians
  is_square: bool
  color: tuple[float, float, float]  # 0..255


class Scene(NamedTuple):
  """What a sequence starts from."""

  base: complex  # where the arm's rod comes in, outside the table
  gripper: complex
  velocity: complex
  bodies: list[Body]
  table_seed: int


class Decisions(NamedTuple):
  """All chance in the motion, frame by frame: [time] each."""

  changes: np.ndarray  # bool
  towards_object: np.ndarray  # int, -1 for a free direction
  wanted: np.ndarray  # complex: a free direction times a speed
  jolts: np.ndarray  # complex


class Motion(NamedTuple):
  """Where everything is: complex or float, [time] or [time, bodies]."""

  gripper: np.ndarray
  bodies: np.ndarray
  angles: np.ndarray


_COLORS = (
  (214, 58, 48),
  (238, 176, 34),
  (46, 116, 214),
  (60, 172, 78),
  (152, 76, 190),
  (236, 120, 40),
  (40, 184, 190),
)


def sample_scene(rng: np.random.Generator) -> Scene:
  """A table with two or three objects and an arm reaching in."""
  side = rng.integers(4)
  along = rng.uniform(0.2, 0.8)
  base = (
    complex(along, -0.15),
    complex(along, 1.15),
    complex(-0.15, along),
    complex(1.15, along),
  )[side]
  colors = rng.permutation(len(_COLORS))
  gripper = complex(*rng.uniform(0.25, 0.75, 2))
  bodies = []
  for i in range(rng.integers(2, 4)):
    radius = rng.uniform(0.075, 0.105)
    bodies.append(
      Body(
        _free_place(rng, radius, gripper, bodies),
        radius,
        rng.uniform(0, np.pi),
        bool(rng.integers(2)),
        _COLORS[colors[i]],
      )
    )
  velocity = _TOP_SPEED * rng.uniform(0.3, 1) * _direction(rng)
  return Scene(base, gripper, velocity, bodies, int(rng.integers(2**31)))


def _direction(rng: np.random.Generator) -> complex:
  return complex(np.exp(1j * rng.uniform(0, 2 * np.pi)))


def _free_place(
  rng: np.random.Generator, radius: float, gripper: complex, bodies: list[Body]
) -> complex:
  """A place on the table that touches neither the gripper nor a body."""
  for _ in range(200):
    place = complex(*rng.uniform(0.16, 0.84, 2))
    clear = abs(place - gripper) > radius + GRIPPER_RADIUS + 0.02
    if clear and all(
      abs(place - b.position) > radius + b.radius + 0.02 for b in bodies
    ):
      break
  return place  # after 200 trials: touching; the first step parts them


def sample_decisions(
  rng: np.random.Generator, num_frames: int, num_bodies: int
) -> Decisions:
  """Draws what the arm will do, whatever happens on the table."""
  speed = _TOP_SPEED * rng.uniform(0.35, 1, num_frames)
  heading = np.exp(1j * rng.uniform(0, 2 * np.pi, num_frames))
  noise = rng.normal(0, _JOLT, [2, num_frames])
  return Decisions(
    changes=rng.random(num_frames) < _CHANGE_OF_MIND,
    # Mostly it heads for an object: pushes are what we want to see.
    towards_object=np.where(
      rng.random(num_frames) < 0.6,
      rng.integers(num_bodies, size=num_frames),
      -1,
    ),
    wanted=speed * heading,
    jolts=noise[0] + 1j * noise[1],
  )


def simulate(scene: Scene, decisions: Decisions) -> Motion:
  """The motion of everything; frame 0 is the scene as it starts."""
  places = [b.position for b in scene.bodies]
  speeds = [0j for _ in scene.bodies]
  angles = [b.angle for b in scene.bodies]
  radii = [b.radius for b in scene.bodies]
  gripper, velocity, wanted = scene.gripper, scene.velocity, scene.velocity
  frames = [(gripper, list(places), list(angles))]
  for t in range(1, len(decisions.changes)):
    if decisions.changes[t]:
      wanted = complex(decisions.wanted[t])
      target = int(decisions.towards_object[t])
      if target >= 0:
        wanted = _towards(gripper, places[target], abs(wanted))
    velocity += _FOLLOW * (wanted - velocity) + complex(decisions.jolts[t])
    for _ in range(_STEPS_PER_FRAME):
      gripper, velocity, wanted = _move_gripper(gripper, velocity, wanted)
      _slide(places, speeds)
      _push(gripper, velocity, places, speeds, angles, radii)
      _part(places, speeds, radii)
      _keep_inside(places, speeds, radii)
      gripper = _give_way(gripper, places, radii)
    frames.append((gripper, list(places), list(angles)))
  return Motion(*(np.asarray(values) for values in zip(*frames)))


def _towards(start: complex, end: complex, speed: float) -> complex:
  way = end - start
  return speed * way / max(abs(way), 1e-6)


def _move_gripper(
  place: complex, velocity: complex, wanted: complex
) -> tuple[complex, complex, complex]:
  """One step; at the margin it turns back, and wants to."""
  place += velocity / _STEPS_PER_FRAME
  for turn in (1, 1j):  # x, then y: the real part of z / turn
    coordinate = (place / turn).real
    inside = min(max(coordinate, _MARGIN), 1 - _MARGIN)
    if inside != coordinate:
      place += (inside - coordinate) * turn
      velocity = _reflect(velocity, turn)
      wanted = _reflect(wanted, turn, bounce=1.0)
  return place, velocity, wanted


def _reflect(
  velocity: complex, turn: complex, bounce: float = _BOUNCE
) -> complex:
  return velocity - (1 + bounce) * (velocity / turn).real * turn


def _slide(places: list[complex], speeds: list[complex]) -> None:
  """Sliding with friction."""
  for i in range(len(places)):
    speeds[i] *= _FRICTION ** (1 / _STEPS_PER_FRAME)
    places[i] += speeds[i] / _STEPS_PER_FRAME


def _keep_inside(
  places: list[complex], speeds: list[complex], radii: list[float]
) -> None:
  """The table's rim stops the bodies, whoever pushes."""
  for i, radius in enumerate(radii):
    for turn in (1, 1j):
      coordinate = (places[i] / turn).real
      inside = min(max(coordinate, radius), 1 - radius)
      if inside != coordinate:
        places[i] += (inside - coordinate) * turn
        speeds[i] = _reflect(speeds[i], turn)


def _give_way(
  gripper: complex, places: list[complex], radii: list[float]
) -> complex:
  """Where a body cannot be pushed any further, the gripper stops instead."""
  for place, radius in zip(places, radii):
    way = gripper - place
    overlap = GRIPPER_RADIUS + radius - abs(way)
    if overlap > 0:
      gripper += overlap * way / max(abs(way), 1e-6)
  return gripper


def _push(
  gripper: complex,
  velocity: complex,
  places: list[complex],
  speeds: list[complex],
  angles: list[float],
  radii: list[float],
) -> None:
  """The gripper shoves what it touches; off-centre shoves turn it."""
  for i, radius in enumerate(radii):
    way = places[i] - gripper
    overlap = GRIPPER_RADIUS + radius - abs(way)
    if overlap <= 0:
      continue
    normal = way / max(abs(way), 1e-6)
    places[i] += overlap * normal
    along = velocity * normal.conjugate()  # in the frame of the contact
    approach = along.real - (speeds[i] * normal.conjugate()).real
    if approach > 0:
      speeds[i] += 1.3 * approach * normal
    angles[i] += 0.3 * along.imag / radius


def _part(
  places: list[complex], speeds: list[complex], radii: list[float]
) -> None:
  """Bodies of equal mass that touch move apart and swap their approach."""
  for i in range(len(radii)):
    for j in range(i):
      way = places[i] - places[j]
      overlap = radii[i] + radii[j] - abs(way)
      if overlap <= 0:
        continue
      normal = way / max(abs(way), 1e-6)
      places[i] += overlap / 2 * normal
      places[j] -= overlap / 2 * normal
      closing = ((speeds[j] - speeds[i]) * normal.conjugate()).real
      if closing > 0:
        speeds[i] += (1 + _BOUNCE) / 2 * closing * normal
        speeds[j] -= (1 + _BOUNCE) / 2 * closing * normal
