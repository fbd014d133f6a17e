"""How much light falls on the points of a place: from its main light, its lamps and from all around."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from synthgest.scene.light import FloatArray, Light

_CHEST = 1.2
_SOFT = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Lamp:
    """A lamp or window beside the main light. at: (x, y, z), metres. colour: (3,), on a matt white surface at one metre."""

    at: tuple[float, float, float]
    colour: tuple[float, float, float]


def direct(
    points: FloatArray, normals: FloatArray, light: Light, direction: FloatArray, at: FloatArray | None
) -> FloatArray:
    """What the main light gives to points (N, 3) with normals (N, 3) in the open, (N, 3) linear.

    It comes along ``direction`` (3,) from a sun, or from a lamp at ``at`` (3,), which gives at the person's chest what
    ``light`` says and less farther away.
    """
    if at is None:
        return np.asarray(np.maximum(normals @ direction, 0)[:, None] * light.colour, np.float32)
    toward = at - points
    far = np.einsum("ij,ij->i", toward, toward)
    facing = np.maximum(np.einsum("ij,ij->i", toward, normals), 0) / np.sqrt(far)
    chest = float(np.sum((at - np.array([0, _CHEST, 0], np.float32)) ** 2))
    nearness = np.minimum((chest + _SOFT**2) / (far + _SOFT**2), np.float32(1.7))
    return np.asarray((facing * nearness)[:, None] * light.colour, np.float32)


def around(normals: FloatArray, light: Light) -> FloatArray:
    """What comes from above and below, (N, 3) linear, by how far each normal points up."""
    up = (0.5 + 0.5 * normals[:, 1])[:, None]
    return np.asarray(light.sky * up + light.ground * (1 - up), np.float32)


def glow(points: FloatArray, normals: FloatArray, lamps: Sequence[Lamp]) -> FloatArray:
    """What all further lamps give, (N, 3) linear, shadows left out."""
    total = np.zeros_like(points)
    for lamp in lamps:
        toward = np.array(lamp.at, np.float32) - points
        far = np.einsum("ij,ij->i", toward, toward)
        facing = np.maximum(np.einsum("ij,ij->i", toward, normals) / np.sqrt(far + np.float32(0.01)), 0) * 0.9 + 0.1
        total += (facing / (far + np.float32(0.35)))[:, None] * np.array(lamp.colour, np.float32)
    return total
