"""The faces of all solids as rows of a table, and where on its face each pixel lies."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthgest.scene.noise import Noise
from synthgest.scene.shapes import Solid

FloatArray = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """Points of faces with one pattern, all arrays of N.

    u, v: metres from the face's corner, along and up (upright faces) or back (level ones). width, height: of the face. seed:
    of its solid. colour: (N, 3) linear. upright: whether the face stands. pixel: width of a pixel there, metres. noise: of
    the place. view: (3,) linear, what windows show or mirror. dark: whether it is night.
    """

    u: FloatArray
    v: FloatArray
    width: FloatArray
    height: FloatArray
    seed: FloatArray
    colour: FloatArray
    upright: NDArray[np.bool_]
    pixel: FloatArray
    noise: Noise
    view: FloatArray
    dark: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Faces:
    """One row a face. normals, along, up: (F, 3). start, extent: (F, 2), metres. solid: (F,), index of the face's solid."""

    normals: FloatArray
    along: FloatArray
    up: FloatArray
    start: FloatArray
    extent: FloatArray
    solid: NDArray[np.intp]
    centres: FloatArray
    smooth: NDArray[np.bool_]
    colours: FloatArray
    seeds: FloatArray
    patterns: tuple[str, ...]

    def place(
        self, face: NDArray[np.signedinteger], points: FloatArray
    ) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """u, v, width and height (N,) of points (N, 3) on the faces (N,)."""
        u = np.einsum("ij,ij->i", points, self.along[face]) - self.start[face, 0]
        v = np.einsum("ij,ij->i", points, self.up[face]) - self.start[face, 1]
        return u, v, self.extent[face, 0], self.extent[face, 1]

    def facing(self, face: NDArray[np.signedinteger], points: FloatArray) -> FloatArray:
        """Unit normals (N, 3) at points (N, 3); those of rounds turn with the point."""
        normals = np.array(self.normals[face], np.float32)
        rounds = np.flatnonzero(self.smooth[face] & (np.abs(normals[:, 1]) < 0.9))
        if len(rounds):
            away = points[rounds] - self.centres[face[rounds]]
            level = np.maximum(np.hypot(away[:, 0], away[:, 2]), np.float32(1e-6))
            flat = np.hypot(normals[rounds, 0], normals[rounds, 2])
            normals[rounds, 0], normals[rounds, 2] = away[:, 0] / level * flat, away[:, 2] / level * flat
        return normals


def faces_of(solids: Sequence[Solid]) -> Faces:
    """The table of all faces, in the order in which they are traced."""
    counts = [len(solid.normals) for solid in solids]
    owner = np.repeat(np.arange(len(solids)), counts)
    normals = np.concatenate([solid.normals for solid in solids])
    level = np.abs(normals[:, 1:2]) > 0.95
    sideways = np.stack([normals[:, 2], 0 * normals[:, 1], -normals[:, 0]], axis=1)
    sideways /= np.maximum(np.linalg.norm(sideways, axis=1, keepdims=True), np.float32(1e-6))
    across = np.stack([solid.across for solid in solids])[owner]
    along = np.where(level, across, sideways).astype(np.float32)
    up = np.cross(normals, along).astype(np.float32)
    start, extent = np.empty((len(normals), 2), np.float32), np.empty((len(normals), 2), np.float32)
    first = 0
    for solid, count in zip(solids, counts, strict=True):
        rows = slice(first, first + count)
        for column, axes in enumerate((along, up)):
            spread = solid.corners @ axes[rows].T
            start[rows, column], extent[rows, column] = spread.min(axis=0), np.ptp(spread, axis=0)
        first += count
    return Faces(
        normals=normals, along=along, up=up, start=start, extent=extent, solid=owner,
        centres=np.stack([solid.corners.mean(axis=0) for solid in solids])[owner],
        smooth=np.array([solid.smooth for solid in solids])[owner],
        colours=np.array([solid.colour for solid in solids], np.float32)[owner],
        seeds=np.array([solid.seed for solid in solids], np.float32)[owner],
        patterns=tuple(solid.pattern for solid in solids),
    )  # fmt: skip
