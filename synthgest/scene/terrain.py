"""Ground outdoors: layers of material painted one over another through masks, as seen from above."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from synthgest.scene.light import FloatArray
from synthgest.scene.materials import Material
from synthgest.scene.noise import Noise, looked_up

Mask = NDArray[np.uint8]
Point = tuple[float, float]

_SIDE = 1024
_METRE = 16.0
"""Pixels of a mask a metre: 64 m across; beyond, its border goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """mask: uint8, 255 where the material covers. ragged: how far its edge strays, metres. worn: part that is rubbed off."""

    mask: Mask
    material: Material
    ragged: float = 0.0
    worn: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Terrain:
    """Level ground: a base and the layers over it, from the lowest up."""

    base: Material
    layers: tuple[Layer, ...]
    noise: Noise

    def __call__(self, u: FloatArray, v: FloatArray, footprint: FloatArray) -> FloatArray:
        """Linear albedo (N, 3) at points x, z (N,), metres; ``footprint``: width of a pixel there, metres."""
        colour = self.base(u, v, footprint)
        for layer in self.layers:
            weight = self._weight(layer, u, v, footprint)
            inside = np.flatnonzero(weight > 0.004)
            if not len(inside):
                continue
            part = weight[inside, None]
            over = layer.material(u[inside], v[inside], footprint[inside])
            colour[inside] = colour[inside] * (1 - part) + over * part
        return np.asarray(colour, np.float32)

    def _weight(self, layer: Layer, u: FloatArray, v: FloatArray, footprint: FloatArray) -> FloatArray:
        x, z = u, v
        if layer.ragged > 0:
            x = u + np.float32(2 * layer.ragged) * self.noise.rough(u, v, wave=1.6, octaves=4)
            z = v + np.float32(2 * layer.ragged) * self.noise.rough(u + 50, v, wave=1.6, octaves=4)
        weight = _looked(layer.mask, x, z, footprint)
        if layer.worn > 0:
            rub = 0.75 + 0.9 * self.noise.rough(u, v, wave=0.35, octaves=4)
            weight = weight * np.clip(1 - np.float32(layer.worn) * rub, 0, 1)
        return np.asarray(weight, np.float32)


def _looked(mask: Mask, x: FloatArray, z: FloatArray, footprint: FloatArray) -> FloatArray:
    """The mask at points, 0 to 1, from copies that are reduced as far as a pixel is wide."""
    result = np.zeros(len(x), np.float32)
    level = np.clip(np.round(np.log2(np.maximum(footprint * np.float32(_METRE), 1)) / 2), 0, 3).astype(np.intp)
    for number in range(4):
        here = np.flatnonzero(level == number)
        if not len(here):
            continue
        factor = 4**number
        reduced = mask if number == 0 else cv2.resize(mask, None, fx=1 / factor, fy=1 / factor, interpolation=3)
        columns = (x[here] * np.float32(_METRE) + np.float32(_SIDE / 2)) / np.float32(factor) - np.float32(0.5)
        rows = (z[here] * np.float32(_METRE) + np.float32(_SIDE / 2)) / np.float32(factor) - np.float32(0.5)
        result[here] = looked_up(np.asarray(reduced, np.uint8), columns, rows, cv2.INTER_LINEAR) * np.float32(1 / 255)
    return result


def _pixels(points: Sequence[Point]) -> NDArray[np.int32]:
    """Points (x, z) in sixteenths of a mask's pixel, as OpenCV takes them with shift=4."""
    return np.round((np.array(points) * _METRE + _SIDE / 2 - 0.5) * 16).astype(np.int32)


def area(*polygons: Sequence[Point]) -> Mask:
    """The mask of polygons, corners (x, z) in metres."""
    mask = np.zeros((_SIDE, _SIDE), np.uint8)
    for polygon in polygons:
        cv2.fillPoly(mask, [_pixels(polygon)], 255, cv2.LINE_AA, 4)
    return mask


def band(near: float, far: float) -> Mask:
    """The mask of all between z = ``near`` and z = ``far``, however far to the sides."""
    low, high = min(near, far), max(near, far)
    return area(((-99, low), (99, low), (99, high), (-99, high)))


def strokes(lines: Sequence[Sequence[Point]], width: float, *, dash: float = 0.0) -> Mask:
    """The mask of lines through points, ``width`` metres wide, solid or broken every ``dash`` metres."""
    mask = np.zeros((_SIDE, _SIDE), np.uint8)
    thick = max(1, round(width * _METRE))
    for line in lines:
        for part in _broken(line, dash) if dash > 0 else [line]:
            cv2.polylines(mask, [_pixels(part)], False, 255, thick, cv2.LINE_AA, 4)
    return mask


def _broken(line: Sequence[Point], dash: float) -> list[list[Point]]:
    """Every second piece of ``dash`` metres of a straight line from its first to its last point."""
    begin, end = np.array(line[0]), np.array(line[-1])
    length = float(np.linalg.norm(end - begin))
    parts = []
    for start in np.arange(0, length, 2 * dash):
        ends = [begin + (end - begin) * min(at / length, 1) for at in (start, start + dash)]
        parts.append([(float(at[0]), float(at[1])) for at in ends])
    return parts


def ring(x: float, z: float, radius: float) -> list[Point]:
    """The points of a circle, to be filled or drawn."""
    turns = np.linspace(0, 2 * np.pi, 49)
    return [(x + radius * float(np.cos(turn)), z + radius * float(np.sin(turn))) for turn in turns]


def winding(rng: np.random.Generator, start: Point, heading: float, length: float) -> list[Point]:
    """The points of a path that strays: from ``start`` for ``length`` metres, ``heading`` radians from +x towards +z."""
    points, at, way = [start], np.array(start), heading
    for _ in range(int(length / 2)):
        at = at + 2 * np.array([np.cos(way), np.sin(way)])
        way = heading + 0.7 * (way - heading) + rng.normal(0, 0.22)
        points.append((float(at[0]), float(at[1])))
    return points
