"""Rays against boxes: a room seen from inside, and the furniture that stands in it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthgest.scene.camera import Camera

FloatArray = NDArray[np.float32]


def turned(vectors: FloatArray, yaw: float) -> FloatArray:
    """Vectors (..., 3) turned by ``yaw`` radians about the vertical, from +Z towards +X, float32."""
    c, s = np.cos(yaw), np.sin(yaw)
    return vectors @ np.array([[c, 0, -s], [0, 1, 0], [s, 0, c]], np.float32)


def facing_yaw(yaw: float, camera: Camera) -> float:
    """``yaw`` turned by quarters, so that the side at low z of a place lies behind the person as the camera looks."""
    back = camera.rotation[:, 2]
    azimuth = float(np.arctan2(back[0], back[2]))
    quarter = np.pi / 2
    return yaw + quarter * round((azimuth - yaw) / quarter)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rays:
    """Rays of a picture. origin: (3,). directions: (H, W, 3), unit, float32. spread: angle between two pixels, radians."""

    origin: FloatArray
    directions: FloatArray
    spread: float

    def at(self, distance: FloatArray) -> FloatArray:
        """Points (H, W, 3) at distances (H, W), metres."""
        return np.asarray(self.origin + self.directions * distance[..., None], np.float32)

    def turned(self, yaw: float) -> "Rays":
        """The same rays in axes that are turned by ``yaw`` radians about the vertical through the origin."""
        return Rays(origin=turned(self.origin, yaw), directions=turned(self.directions, yaw), spread=self.spread)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """Where rays meet a box.

    distance: (H, W), infinite where they miss. axis: (H, W), of the face, 0 x, 1 y, 2 z.
    sign: (H, W), -1 on the face at the low side, +1 at the high side.
    """

    distance: FloatArray
    axis: NDArray[np.intp]
    sign: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """An axis-aligned box.

    low, high: (3,) corners, metres. colour: (3,) linear. pattern: how its front is drawn.
    seed: what differs between two boxes of a pattern.
    """

    low: tuple[float, float, float]
    high: tuple[float, float, float]
    colour: tuple[float, float, float]
    pattern: str = "plain"
    seed: float = 0.0


def enter(rays: Rays, low: tuple[float, float, float], high: tuple[float, float, float]) -> Hit:
    """Where rays from outside meet a box first (slab method)."""
    slabs = [_slab(rays, axis, low[axis], high[axis]) for axis in range(3)]
    entry, axis = _last([near for near, _ in slabs])
    leaving = np.minimum(np.minimum(slabs[0][1], slabs[1][1]), slabs[2][1])
    hit = (entry < leaving) & (entry > 0)
    return Hit(distance=np.where(hit, entry, np.float32(np.inf)), axis=axis, sign=-_heading(rays, axis))


def leave(rays: Rays, low: tuple[float, float, float], high: tuple[float, float, float]) -> Hit:
    """Where rays meet the inner side of a box's far faces; the faces nearer than the origin are not there."""
    exit_, axis = _last([-_slab(rays, axis, low[axis], high[axis])[1] for axis in range(3)])
    return Hit(distance=np.maximum(-exit_, np.float32(1e-3)), axis=axis, sign=_heading(rays, axis))


def window(mask: NDArray[np.bool_]) -> tuple[slice, slice]:
    """The smallest rows and columns that hold all of a mask (H, W) that is true somewhere."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def _slab(rays: Rays, axis: int, low: float, high: float) -> tuple[FloatArray, FloatArray]:
    """Distances (H, W) at which rays enter and leave the space between two parallel planes."""
    along = rays.directions[..., axis]
    inverse = 1 / np.where(np.abs(along) < 1e-6, np.float32(1e-6), along)
    first = (np.float32(low) - rays.origin[axis]) * inverse
    second = (np.float32(high) - rays.origin[axis]) * inverse
    return np.minimum(first, second), np.maximum(first, second)


def _last(distances: list[FloatArray]) -> tuple[FloatArray, NDArray[np.intp]]:
    """The greatest of three distances, and which one it is."""
    greatest = np.maximum(np.maximum(distances[0], distances[1]), distances[2])
    axis = np.where(distances[0] == greatest, 0, np.where(distances[1] == greatest, 1, 2))
    return greatest, axis.astype(np.intp)


def _heading(rays: Rays, axis: NDArray[np.intp]) -> FloatArray:
    """-1 or +1, (H, W): the sign of the rays' directions along the axis of each pixel."""
    return np.sign(along(rays, axis)).astype(np.float32)


def along(rays: Rays, axis: NDArray[np.intp]) -> FloatArray:
    """The rays' directions along the axis (H, W) of each pixel, (H, W)."""
    x, y, z = (rays.directions[..., number] for number in range(3))
    return np.where(axis == 0, x, np.where(axis == 1, y, z))
