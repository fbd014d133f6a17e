"""What each pixel of a picture sees first: the ground, a wall, a face of a solid or a ball."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from synthgest.scene.camera import Camera
from synthgest.scene.noise import Noise
from synthgest.scene.shapes import Ball, Solid

FloatArray = NDArray[np.float32]
Corner = tuple[float, float, float]

SKY, FLOOR, CEILING, WALLS, FACES = 0, 1, 2, 3, 8
"""Codes of what a pixel sees; the walls at low x, high x, low z, high z are 3 to 6; faces are counted from 8, then balls."""

FARTHEST = 3000.0
"""Metres at which the ground outdoors ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What each pixel sees. code: (H, W) int32. distance: (H, W) float32, metres along the ray. rays: (H, W, 3), unit."""

    code: NDArray[np.int32]
    distance: FloatArray
    rays: FloatArray


def trace(
    camera: Camera,
    walls: tuple[Corner, Corner] | None,
    solids: Sequence[Solid],
    balls: Sequence[Ball],
    noise: Noise,
) -> Seen:
    """The first thing on each of the camera's rays; ``walls``: low and high corner of a room, None outdoors."""
    rays = camera.rays()
    origin = camera.position.astype(np.float32)
    code, distance = _open(origin, rays) if walls is None else _enclosed(origin, rays, *walls)
    windows = _windows(camera, [solid.corners for solid in solids])
    first = FACES
    for solid, at in zip(solids, windows, strict=True):
        if at is not None:
            _cut(solid, origin, rays[at], code[at], distance[at], first)
        first += len(solid.normals)
    boxes = [_around(ball) for ball in balls]
    for number, (ball, at) in enumerate(zip(balls, _windows(camera, boxes), strict=True)):
        if at is not None:
            _touch(ball, origin, rays[at], code[at], distance[at], first + number, noise)
    return Seen(code=code, distance=distance, rays=rays)


def _open(origin: FloatArray, rays: FloatArray) -> tuple[NDArray[np.int32], FloatArray]:
    down = -rays[..., 1]
    distance = origin[1] / np.maximum(down, np.float32(origin[1] / FARTHEST))
    return (down > origin[1] / FARTHEST).astype(np.int32) * FLOOR, distance.astype(np.float32)


def _enclosed(origin: FloatArray, rays: FloatArray, low: Corner, high: Corner) -> tuple[NDArray[np.int32], FloatArray]:
    """Codes and distances of the inner faces of a room's far sides."""
    distance = np.full(rays.shape[:2], np.inf, np.float32)
    code = np.zeros(rays.shape[:2], np.int32)
    pairs = ((WALLS, WALLS + 1), (FLOOR, CEILING), (WALLS + 2, WALLS + 3))
    for axis, (lower, upper) in enumerate(pairs):
        along = rays[..., axis]
        rising = along > 0
        side = np.where(rising, np.float32(high[axis]), np.float32(low[axis])) - origin[axis]
        reach = side / np.where(np.abs(along) < 1e-6, np.float32(1e-6), along)
        nearer = (reach > 1e-3) & (reach < distance)
        distance = np.where(nearer, reach, distance)
        code = np.where(nearer, np.where(rising, np.int32(upper), np.int32(lower)), code)
    return code, np.minimum(distance, np.float32(FARTHEST))


def _windows(camera: Camera, corners: Sequence[FloatArray]) -> list[tuple[slice, slice] | None]:
    """Rows and columns of the picture that hold each of the solids, None where it is out of the picture."""
    if not corners:
        return []
    every = np.concatenate(corners)
    depths, pixels = camera.depths(every), np.nan_to_num(camera.project(every), nan=0.0, posinf=1e6, neginf=-1e6)
    bounds = np.cumsum([0, *(len(each) for each in corners)]).tolist()
    found: list[tuple[slice, slice] | None] = []
    for begin, end in pairwise(bounds):
        deep, at = depths[begin:end], pixels[begin:end]
        if deep.max() < 0.05:
            found.append(None)
            continue
        low, high = np.array([0, 0]), np.array([camera.width, camera.height])
        if deep.min() > 0.05:
            low = np.clip(np.floor(at.min(axis=0)), low, high).astype(int)
            high = np.clip(np.ceil(at.max(axis=0)) + 1, 0, high).astype(int)
        empty = (high <= low).any()
        found.append(None if empty else (slice(low[1], high[1]), slice(low[0], high[0])))
    return found


def _cut(
    solid: Solid, origin: FloatArray, rays: FloatArray, code: NDArray[np.int32], distance: FloatArray, first: int
) -> None:
    """Write the solid's faces into a part of the picture, where they are nearer than what is there."""
    room = solid.offsets - solid.normals @ origin
    front = room < 0
    if not front.any():
        return
    slope = rays @ solid.normals.T
    near = np.full(distance.shape, -np.inf, np.float32)
    face = np.zeros(distance.shape, np.int32)
    far = distance.copy()
    for number in np.flatnonzero(front):
        along = slope[..., number]
        reach = np.where(along < -1e-7, room[number] / np.minimum(along, np.float32(-1e-7)), np.float32(np.inf))
        later = reach > near
        near = np.where(later, reach, near)
        face[later] = number
    for number in np.flatnonzero(~front):
        along = slope[..., number]
        reach = np.where(along > 1e-7, room[number] / np.maximum(along, np.float32(1e-7)), np.float32(np.inf))
        np.minimum(far, reach, out=far)
    hit = near < far
    code[hit] = face[hit] + first
    distance[hit] = near[hit]


def _around(ball: Ball) -> FloatArray:
    reach = 1.3
    half = np.array([ball.radius, ball.half, ball.radius]) * reach
    signs = np.array([(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)])
    return np.asarray(np.array(ball.centre) + signs * half, np.float32)


def _touch(
    ball: Ball,
    origin: FloatArray,
    rays: FloatArray,
    code: NDArray[np.int32],
    distance: FloatArray,
    number: int,
    noise: Noise,
) -> None:
    """Write a ball into a part of the picture; the outline of a ragged one strays with the noise, and has gaps."""
    scale = np.array([1 / ball.radius, 1 / ball.half, 1 / ball.radius], np.float32)
    toward = (np.array(ball.centre, np.float32) - origin) * scale
    ways = rays * scale
    square = np.sum(ways * ways, axis=-1)
    middle = (ways @ toward) / square
    apart = np.maximum(toward @ toward - middle * middle * square, 0)
    limit = np.ones_like(apart)
    if ball.ragged > 0:
        nearest = rays * middle[..., None]
        width = np.float32(ball.radius)
        around = noise.rough(
            nearest[..., 0] + nearest[..., 2] * np.float32(0.7) + np.float32(ball.seed),
            nearest[..., 1] * np.float32(1.1) - np.float32(ball.seed) + nearest[..., 2] * np.float32(0.31),
            wave=float(width) * 0.5, octaves=4, gain=0.85,
        )  # fmt: skip
        limit = np.float32(0.92) + np.float32(1.15 * ball.ragged) * around
    depth = middle - np.sqrt(np.maximum(np.minimum(limit, 1.2) - apart, 0) / square)
    hit = (apart < limit) & (depth > 0.05) & (depth < distance)
    code[hit] = number
    distance[hit] = depth[hit]
