"""A moving mesh: what the renderer is given of a person."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from synthgest.body import Surface
from synthgest.errors import FrameError

FloatArray = NDArray[np.float32]

_APART = 8.0  # metres at rest between one mesh and the next


@dataclass(frozen=True, slots=True, kw_only=True)
class MovingMesh:
    """Triangles that move through T frames.

    vertices: (T, V, 3) float32, metres, Y up, the floor at 0. normals: (T, V, 3) float32, unit. faces: (F, 3) int32,
    counter-clockwise seen from outside. surface: the look of the V vertices. parts: how many vertices each of several
    meshes has that were joined, in order; nothing for one.
    """

    vertices: FloatArray
    normals: FloatArray
    faces: NDArray[np.int32]
    surface: Surface
    parts: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        frames, count = self.vertices.shape[:2] if self.vertices.ndim == 3 else (0, 0)
        for name, expected in (
            ("vertices", (max(frames, 1), max(count, 3), 3)),
            ("normals", (frames, count, 3)),
            ("surface", (count, 3)),
        ):
            value = self.surface.colour if name == "surface" else getattr(self, name)
            if value.shape != expected or value.dtype != np.float32:
                raise FrameError(
                    f"{name} of the mesh are {value.dtype} {value.shape}; expected float32 {expected}: "
                    "(T, V, 3), (T, V, 3) and (V, 3) for vertices, normals and the colours of the surface"
                )
        if self.faces.ndim != 2 or self.faces.shape[1] != 3 or self.faces.min() < 0 or self.faces.max() >= count:
            raise FrameError(f"faces are {self.faces.shape}; expected (F, 3) indices below the {count} vertices")
        if not np.isfinite(self.vertices).all():
            raise FrameError("the mesh holds NaN or infinite vertices; look at the motion that posed it")

    @classmethod
    def joined(cls, meshes: Sequence["MovingMesh"]) -> "MovingMesh":
        """Several as one. Where they lie at rest they are moved apart: what lies together there counts as one surface."""
        firsts = np.cumsum([0, *(mesh.vertices.shape[1] for mesh in meshes)])
        surface = Surface.joined([mesh.surface for mesh in meshes])
        part = np.repeat(np.arange(len(meshes), dtype=np.float32), np.diff(firsts))
        apart = surface.place + part[:, None] * np.array([0, 0, _APART], np.float32)
        faces = [mesh.faces + first for mesh, first in zip(meshes, firsts, strict=False)]
        return cls(
            vertices=np.concatenate([mesh.vertices for mesh in meshes], axis=1),
            normals=np.concatenate([mesh.normals for mesh in meshes], axis=1),
            faces=np.concatenate(faces).astype(np.int32),
            surface=replace(surface, place=apart),
            parts=tuple(mesh.vertices.shape[1] for mesh in meshes),
        )

    def __len__(self) -> int:
        """Number of frames."""
        return len(self.vertices)

    @property
    def vertex_area(self) -> float:
        """Mean area that a vertex stands for at rest, square metres."""
        a, b, c = (self.surface.place[self.faces[:, corner]] for corner in range(3))
        return float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2 / self.vertices.shape[1])
