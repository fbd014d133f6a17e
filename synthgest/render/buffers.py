"""A moving mesh in OpenGL's buffers: positions and normals are overwritten a frame at a time, the rest is uploaded once."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthgest.render.detail import shadow_faces, visible_detail
from synthgest.render.gl import import_pyrender
from synthgest.render.mesh import FloatArray, MovingMesh
from synthgest.scene.tone import srgb_to_linear

import_pyrender()

from OpenGL import GL  # noqa: E402  (PyOpenGL must be imported by import_pyrender first)

_FIXED = (3, 3, 2, 3, 3)
"""Widths of what does not move, in the order of person.vert: colour, accent, uv, place, finish."""


class MeshBuffers:
    """One clip's mesh; ``place`` moves it to a frame.

    footprint: side of what a pixel sees of the person, metres.
    """

    def __init__(self, mesh: MovingMesh, footprint: float) -> None:
        surface = mesh.surface
        count = mesh.vertices.shape[1]
        self._moving = [GL.glGenBuffers(1) for _ in range(3)]  # positions, normals, positions a frame ago
        detail = visible_detail(mesh, footprint)
        colours = srgb_to_linear(np.clip(detail.colours, 0, 1))
        fixed = np.concatenate([colours, surface.uv, surface.place, surface.finish], axis=1)
        self._fixed = _buffer(np.ascontiguousarray(fixed, np.float32))
        for buffer in self._moving:
            GL.glBindBuffer(GL.GL_ARRAY_BUFFER, buffer)
            GL.glBufferData(GL.GL_ARRAY_BUFFER, count * 12, None, GL.GL_STREAM_DRAW)
        coarse = shadow_faces(mesh)
        every = [*(lot.faces for lot in detail.lots), coarse]
        ends = np.cumsum([0, *(len(faces) for faces in every)]).tolist()
        self._indices = _buffer(np.ascontiguousarray(np.concatenate(every), np.uint32))
        self._ranges = {(lot.pattern, lot.inside): ends[number : number + 2] for number, lot in enumerate(detail.lots)}
        self._coarse = ends[-2:]
        self._array = self._laid_out()

    def place(self, vertices: FloatArray, normals: FloatArray, *, before: FloatArray) -> None:
        """Move to another frame: (V, 3) each; ``before``: where the vertices were a frame ago, for the speed of each point."""
        for buffer, values in zip(self._moving, (vertices, normals, before), strict=True):
            _overwrite(buffer, values)

    @property
    def kinds(self) -> tuple[tuple[int, bool], ...]:
        """The pattern's number of each lot of triangles, and whether both sides of them are seen."""
        return tuple(self._ranges)

    def draw(self, kind: tuple[int, bool]) -> None:
        """Draw one lot of triangles."""
        self._triangles(*self._ranges[kind])

    def draw_coarse(self) -> None:
        """Draw the fewer triangles that do for a shadow."""
        self._triangles(*self._coarse)

    def _triangles(self, first: int, last: int) -> None:
        GL.glBindVertexArray(self._array)
        start = GL.ctypes.c_void_p(12 * first)
        GL.glDrawElements(GL.GL_TRIANGLES, 3 * (last - first), GL.GL_UNSIGNED_INT, start)

    def close(self) -> None:
        """Free the buffers."""
        GL.glDeleteVertexArrays(1, [self._array])
        GL.glDeleteBuffers(5, [*self._moving, self._fixed, self._indices])

    def _laid_out(self) -> Any:
        array = GL.glGenVertexArrays(1)
        GL.glBindVertexArray(array)
        for location, buffer in enumerate(self._moving):
            _attribute(location, buffer, 3, 12, 0)
        offset = 0
        for location, width in enumerate(_FIXED, start=3):
            _attribute(location, self._fixed, width, 4 * sum(_FIXED), offset)
            offset += 4 * width
        GL.glBindBuffer(GL.GL_ELEMENT_ARRAY_BUFFER, self._indices)
        return array


def _buffer(values: NDArray[Any]) -> Any:
    """A buffer that holds the values and is not written again."""
    handle = GL.glGenBuffers(1)
    GL.glBindBuffer(GL.GL_ARRAY_BUFFER, handle)
    GL.glBufferData(GL.GL_ARRAY_BUFFER, values.nbytes, values, GL.GL_STATIC_DRAW)
    return handle


def _overwrite(buffer: Any, values: FloatArray) -> None:
    GL.glBindBuffer(GL.GL_ARRAY_BUFFER, buffer)
    GL.glBufferSubData(GL.GL_ARRAY_BUFFER, 0, values.nbytes, np.ascontiguousarray(values))


def _attribute(location: int, buffer: Any, width: int, stride: int, offset: int) -> None:
    GL.glBindBuffer(GL.GL_ARRAY_BUFFER, buffer)
    GL.glEnableVertexAttribArray(location)
    GL.glVertexAttribPointer(location, width, GL.GL_FLOAT, GL.GL_FALSE, stride, GL.ctypes.c_void_p(offset))
