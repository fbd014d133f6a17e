"""The horizon of a flat photograph, from where its level lines run together."""

import cv2
import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]

_SIDE = 480  # pixels of the longer side at which lines are looked for
_LINES = 60  # the longest lines whose crossings are tried
_ASTRAY = 0.03  # radians by which a line may miss the point that it runs towards
_FEWEST = 8  # lines that must run together
_SHARE = 0.4  # part of the slanted lines' length that must


def find_horizon(picture: FloatArray) -> float | None:
    """The horizon of a picture (h, w, 3), sRGB in [0, 1], as part of its height from the top; None where nothing tells it.

    Line segments (von Gioi and others, "LSD", 2012) that are neither upright nor level are crossed two by two. Edges of
    floors, walls, streets and furniture are level in the world, so that they run together on the horizon: the crossing on
    which most length agrees says how high it lies. The camera is taken for
    upright; a horizon outside the middle 80 per cent of the picture is not believed.
    """
    lines = _segments(picture)
    if len(lines) < _FEWEST:
        return None
    height = float(_scaled(picture)[0])
    points = _crossings(lines[:_LINES])
    if not len(points):
        return None
    agreeing = _agreement(lines, points, height)
    lengths = _lengths(lines)
    support = agreeing @ lengths
    best = int(np.argmax(support))
    row = points[best, 1]
    if agreeing[best].sum() < _FEWEST or support[best] < _SHARE * lengths.sum():
        return None
    part = float(row / height)
    return part if 0.1 < part < 0.9 else None


def _scaled(picture: FloatArray) -> tuple[int, int]:
    """Height and width at which lines are looked for."""
    factor = min(1.0, _SIDE / max(picture.shape[:2]))
    return max(1, round(picture.shape[0] * factor)), max(1, round(picture.shape[1] * factor))


def _segments(picture: FloatArray) -> FloatArray:
    """Slanted line segments (L, 4), x and y of both ends in pixels, the longest first."""
    height, width = _scaled(picture)
    grey = cv2.cvtColor(np.asarray(np.clip(picture * 255, 0, 255), np.uint8), cv2.COLOR_RGB2GRAY)
    grey = cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA)
    found = cv2.createLineSegmentDetector().detect(grey)[0]
    if found is None:
        return np.zeros((0, 4), np.float32)
    lines = np.asarray(found, np.float32).reshape(-1, 4)
    across, along = np.abs(lines[:, 2] - lines[:, 0]), np.abs(lines[:, 3] - lines[:, 1])
    slant = np.arctan2(along, across)
    kept = (_lengths(lines) > 0.04 * max(height, width)) & (slant > np.radians(2.5)) & (slant < np.radians(75))
    lines = lines[kept]
    return np.asarray(lines[np.argsort(-_lengths(lines), kind="stable")], np.float32)


def _lengths(lines: FloatArray) -> FloatArray:
    return np.asarray(np.hypot(lines[:, 2] - lines[:, 0], lines[:, 3] - lines[:, 1]), np.float32)


def _crossings(lines: FloatArray) -> FloatArray:
    """Where each two of the lines meet (P, 2), but for lines that are nearly parallel or meet inside one of them."""
    ends = np.concatenate([lines.reshape(-1, 2, 2), np.ones((len(lines), 2, 1), np.float32)], axis=2).astype(np.float64)
    planes = np.cross(ends[:, 0], ends[:, 1])
    first, second = np.triu_indices(len(lines), 1)
    meets = np.cross(planes[first], planes[second])
    ways = planes[:, :2] / np.linalg.norm(planes[:, :2], axis=1, keepdims=True)
    turned = np.abs(ways[first, 0] * ways[second, 1] - ways[first, 1] * ways[second, 0])
    good = (turned > 0.05) & (np.abs(meets[:, 2]) > 1e-9)
    points = meets[good, :2] / meets[good, 2:]
    outside = np.ones(len(points), bool)
    for which in (first[good], second[good]):
        middle = (lines[which, :2] + lines[which, 2:]) / 2
        outside &= np.linalg.norm(points - middle, axis=1) > 0.7 * _lengths(lines)[which]
    return np.asarray(points[outside], np.float32)


def _agreement(lines: FloatArray, points: FloatArray, height: float) -> NDArray[np.bool_]:
    """Which lines (L) run towards which points (P), (P, L)."""
    middle = (lines[:, :2] + lines[:, 2:]) / 2
    way = (lines[:, 2:] - lines[:, :2]) / _lengths(lines)[:, None]
    toward = points[:, None] - middle[None]
    away = np.maximum(np.linalg.norm(toward, axis=2), 1e-3)
    miss = np.abs(toward[..., 0] * way[:, 1] - toward[..., 1] * way[:, 0]) / away
    return np.asarray((miss < _ASTRAY) & (away > 0.03 * height))
