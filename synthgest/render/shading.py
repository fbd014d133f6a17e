"""Light on the person, worked out once a vertex: sun, sky, ground, a weak gloss, and the dark of folds and armpits."""

import cv2
import numpy as np
from numpy.typing import NDArray

from synthgest.scene.light import Light
from synthgest.scene.tone import srgb_to_linear, tone

FloatArray = NDArray[np.float32]

_CELL = 0.07
_REACH = 0.11


class Shading:
    """How one person looks under one light.

    colours: (V, 3) sRGB albedo. eye: (3,) position of the camera, metres. vertex_area: mean area of a vertex, square
    metres, which turns counts of vertices into how closed a place is.
    """

    def __init__(self, colours: FloatArray, light: Light, eye: NDArray[np.floating], vertex_area: float) -> None:
        self._albedo = srgb_to_linear(np.clip(colours, 0, 1))
        self._light = light
        self._eye = np.asarray(eye, np.float32)
        self._vertex_area = vertex_area

    def __call__(self, vertices: FloatArray, normals: FloatArray, lit: FloatArray) -> FloatArray:
        """Colours (V, 3) float32, sRGB in [0, 1], of vertices (V, 3) with unit normals (V, 3), ``lit`` (V,) by the sun."""
        light = self._light
        open_ = 1 - 0.6 * enclosure(vertices, normals, self._vertex_area)
        sun = np.clip((normals @ light.direction + 0.1) / 1.1, 0, 1) * lit
        upward = (0.5 + 0.5 * normals[:, 1]) * open_
        downward = (0.5 - 0.5 * normals[:, 1]) * open_ * np.clip(0.55 + 0.5 * vertices[:, 1], 0, 1)
        weights = np.stack([sun, upward, downward], axis=1)
        bright = weights @ np.stack([light.colour, light.sky, light.ground]).astype(np.float32)
        colours = self._albedo * bright
        colours += (self._gloss(vertices, normals) * sun)[:, None] * light.colour
        return tone(colours)

    def _gloss(self, vertices: FloatArray, normals: FloatArray) -> FloatArray:
        """Blinn's highlight with an exponent of 16, (V,) float32."""
        half = self._eye - vertices
        half /= np.sqrt(np.einsum("ij,ij->i", half, half))[:, None]
        half += self._light.direction
        half /= np.sqrt(np.einsum("ij,ij->i", half, half))[:, None] + 1e-6
        facing = np.clip(np.einsum("ij,ij->i", half, normals), 0, 1)
        for _ in range(4):
            facing *= facing
        return np.asarray(0.05 * facing, np.float32)


def enclosure(vertices: FloatArray, normals: FloatArray, vertex_area: float) -> FloatArray:
    """How much other parts of the body surround each vertex, (V,) float32 in [0, 1].

    The body's surface is counted into cells of 7 cm, smoothed, and looked up a hand's breadth off the skin: an estimate
    of ambient occlusion that costs a millisecond and moves with the arms.
    """
    low = vertices.min(axis=0) - 3 * _CELL
    shape = np.ceil((vertices.max(axis=0) - low) / _CELL).astype(int) + 4
    cell = ((vertices - low) * (1 / _CELL)).astype(np.intp)
    flat = (cell[:, 0] * shape[1] + cell[:, 1]) * shape[2] + cell[:, 2]
    grid = np.bincount(flat, minlength=int(np.prod(shape))).astype(np.float32).reshape(shape)
    grid *= np.float32(vertex_area / _CELL**2)
    for axis in range(3):
        grid = _smooth(grid, axis)
    at = (vertices + np.float32(_REACH) * normals - low) * np.float32(1 / _CELL)
    density = _looked_up(grid, at - np.float32(0.5))
    return np.asarray(np.clip((density - 0.12) / 0.5, 0, 1), np.float32)


def _looked_up(grid: FloatArray, at: FloatArray) -> FloatArray:
    """The grid (X, Y, Z) at continuous cells (V, 3), linear between them along every axis, (V,) float32."""
    shape = np.array(grid.shape)
    at = np.clip(at, 0, (shape - 1.001).astype(np.float32))
    cell = at.astype(np.int32)
    part = at - cell
    flat = (cell[:, 0] * shape[1] + cell[:, 1]) * shape[2] + cell[:, 2]
    values = np.zeros(len(at), np.float32)
    for dx in (0, 1):
        for dy in (0, 1):
            weight = (part[:, 0] if dx else 1 - part[:, 0]) * (part[:, 1] if dy else 1 - part[:, 1])
            corner = flat + (dx * shape[1] + dy) * shape[2]
            near = grid.ravel().take(corner)
            values += weight * (near + part[:, 2] * (grid.ravel().take(corner + 1) - near))
    return values


def _smooth(grid: FloatArray, axis: int) -> FloatArray:
    """The grid (X, Y, Z) averaged over five cells with weights 1 4 6 4 1 along an axis."""
    rows = np.ascontiguousarray(np.moveaxis(grid, axis, -1))
    kernel = np.array([[1, 4, 6, 4, 1]], np.float32) / 16
    flat = cv2.filter2D(rows.reshape(-1, rows.shape[-1]), -1, kernel, borderType=cv2.BORDER_CONSTANT)
    return np.ascontiguousarray(np.moveaxis(flat.reshape(rows.shape), -1, axis))
