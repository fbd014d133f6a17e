"""The passes of a frame in OpenGL: the person as the light sees it, as the camera sees it, and the finished picture."""

from typing import Any

import numpy as np

from synthgest.body.surface import PATTERNS
from synthgest.render.buffers import MeshBuffers
from synthgest.render.gl import import_pyrender
from synthgest.render.mesh import FloatArray
from synthgest.render.program import Program, bind_view
from synthgest.render.speeds import Movement, Window
from synthgest.render.textures import fill, open_texture, renderbuffer, target, texture

import_pyrender()

from OpenGL import GL  # noqa: E402  (PyOpenGL must be imported by import_pyrender first)

_CLOSENESS, _HEIGHTS, _PERSON, _DEPTH, _RESOLVED, _ASIDE, _FASTEST, _SHADOW, _BACKDROP = range(9)
_LIT = {"closeness": _CLOSENESS, "heights": _HEIGHTS}
_COMPOSED = {
    "resolved": _RESOLVED,
    "aside": _ASIDE,
    "fastest": _FASTEST,
    "shadow": _SHADOW,
    "backdrop": _BACKDROP,
}
_NAMES = {name.upper(): number for number, name in enumerate(PATTERNS)}
"""Patterns as the shaders know them: each has a program of its own, since this OpenGL runs all branches of a shader."""


class Passes:
    """Buffers and programs for pictures of ``size`` (width, height), drawn ``factor`` samples a side a pixel."""

    def __init__(self, size: tuple[int, int], factor: int, side: int) -> None:
        self._size, self._large, self._side = size, (size[0] * factor, size[1] * factor), side
        self._light = Program("light.vert", "light.frag")
        self._person: dict[int, Program] = {}
        self._resolve = Program("screen.vert", "resolve.frag", units={"person": _PERSON, "depth": _DEPTH})
        self._compose = {
            (smeared, still): Program(
                "screen.vert", "compose.frag", units=_COMPOSED, constants={"SMEARED": smeared, "STILL": still}
            )
            for smeared in (False, True)
            for still in (False, True)
        }
        self._view = GL.glGenBuffers(1)
        bind_view(self._view)
        self._screen = GL.glGenVertexArrays(1)
        heights = texture(_HEIGHTS, side, side, GL.GL_DEPTH_COMPONENT32F, smooth=True, border=1.0)
        GL.glTexParameteri(GL.GL_TEXTURE_2D, GL.GL_TEXTURE_COMPARE_MODE, GL.GL_COMPARE_REF_TO_TEXTURE)
        self._light_target = target([], depth=heights)
        large = [texture(_PERSON, *self._large, GL.GL_RGBA16F)]
        self._person_target = target(large, depth=texture(_DEPTH, *self._large, GL.GL_DEPTH_COMPONENT24))
        resolved = [texture(_RESOLVED, *size, GL.GL_RGBA16F), texture(_ASIDE, *size, GL.GL_RG32F)]
        self._resolved_target = target(resolved)
        self._finished_target = target([renderbuffer(*size, GL.GL_RGBA32F)], renderbuffers=True)
        for unit, smooth in ((_FASTEST, False), (_SHADOW, True), (_BACKDROP, True)):
            open_texture(unit, smooth=smooth)
        open_texture(_CLOSENESS, smooth=True, kind=GL.GL_TEXTURE_3D)
        GL.glFrontFace(GL.GL_CW)  # pictures are drawn top row first, which turns every triangle over
        GL.glPixelStorei(GL.GL_PACK_ALIGNMENT, 1)
        GL.glPixelStorei(GL.GL_UNPACK_ALIGNMENT, 1)

    def view(self, values: FloatArray) -> None:
        """Set the block ``View`` of all shaders from its float32 values."""
        GL.glBindBuffer(GL.GL_UNIFORM_BUFFER, self._view)
        GL.glBufferData(GL.GL_UNIFORM_BUFFER, values.nbytes, values, GL.GL_STREAM_DRAW)

    def closeness(self, grid: FloatArray) -> None:
        """Set the grid (Z, Y, X) of ambient occlusion."""
        GL.glActiveTexture(GL.GL_TEXTURE0 + _CLOSENESS)
        depth, height, width = grid.shape
        GL.glTexImage3D(
            GL.GL_TEXTURE_3D, 0, GL.GL_R32F, width, height, depth, 0, GL.GL_RED, GL.GL_FLOAT, np.ascontiguousarray(grid)
        )

    def backdrop(self, picture: FloatArray) -> None:
        """Set what is behind: (h, w, 4) float32, sRGB and floor."""
        fill(_BACKDROP, picture)

    def shadow(self, shadow: FloatArray) -> None:
        """Set the floor's shadow (side, side, 2) float32, of sun and of sky."""
        fill(_SHADOW, shadow)

    def fastest(self, movement: FloatArray) -> None:
        """Set the largest movement of each tile (rows, columns, 2) float32, pixels."""
        fill(_FASTEST, movement)

    def light(self, mesh: MeshBuffers) -> FloatArray:
        """Draw the light map; its depth (side, side) float32."""
        self._light.use()
        GL.glBindFramebuffer(GL.GL_FRAMEBUFFER, self._light_target)
        GL.glViewport(0, 0, self._side, self._side)
        GL.glEnable(GL.GL_DEPTH_TEST)
        GL.glEnable(GL.GL_CULL_FACE)
        GL.glClear(GL.GL_DEPTH_BUFFER_BIT)
        mesh.draw_coarse()
        depth = np.empty((self._side, self._side), np.float32)
        GL.glReadPixels(0, 0, self._side, self._side, GL.GL_DEPTH_COMPONENT, GL.GL_FLOAT, depth)
        return depth

    def no_light_map(self) -> None:
        """Leave the light map empty: nothing keeps the light from anything."""
        GL.glBindFramebuffer(GL.GL_FRAMEBUFFER, self._light_target)
        GL.glClear(GL.GL_DEPTH_BUFFER_BIT)

    def person(self, mesh: MeshBuffers) -> None:
        """Draw the person as the camera sees it."""
        GL.glBindFramebuffer(GL.GL_FRAMEBUFFER, self._person_target)
        GL.glViewport(0, 0, *self._large)
        GL.glEnable(GL.GL_DEPTH_TEST)
        GL.glClear(GL.GL_COLOR_BUFFER_BIT | GL.GL_DEPTH_BUFFER_BIT)
        for pattern, both_sides in mesh.kinds:
            self._person_program(pattern).use()
            (GL.glDisable if both_sides else GL.glEnable)(GL.GL_CULL_FACE)
            mesh.draw((pattern, both_sides))

    def _person_program(self, pattern: int) -> Program:
        """The program of a pattern; compiled when it is first worn."""
        if pattern not in self._person:
            constants = _NAMES | {"PATTERN": pattern}
            self._person[pattern] = Program("person.vert", "person.frag", units=_LIT, constants=constants)
        return self._person[pattern]

    def finish(self, whole: Window, movement: Movement, *, still: bool) -> tuple[FloatArray, FloatArray]:
        """A window of the finished picture, (h, w, 4) float32, sRGB and cover, and its depth (h, w) float32, metres.

        still: the backdrop was drawn by the same camera, pixel for pixel.
        """
        GL.glDisable(GL.GL_DEPTH_TEST)
        GL.glDisable(GL.GL_CULL_FACE)
        GL.glBindVertexArray(self._screen)
        GL.glViewport(0, 0, *self._size)
        GL.glBindFramebuffer(GL.GL_FRAMEBUFFER, self._resolved_target)
        GL.glClear(GL.GL_COLOR_BUFFER_BIT)
        GL.glEnable(GL.GL_SCISSOR_TEST)
        _cover(self._resolve, movement.person)
        GL.glBindFramebuffer(GL.GL_FRAMEBUFFER, self._finished_target)
        _cover(self._compose[False, still], whole)
        if movement.smeared is not None:
            _cover(self._compose[True, still], movement.smeared)
        GL.glDisable(GL.GL_SCISSOR_TEST)
        picture = _read(whole, GL.GL_RGBA, 4)
        GL.glBindFramebuffer(GL.GL_FRAMEBUFFER, self._resolved_target)
        GL.glReadBuffer(GL.GL_COLOR_ATTACHMENT1)
        return picture, _read(whole, GL.GL_GREEN, 1)[..., 0]


def _cover(program: Program, window: Window) -> None:
    """Run a program on each pixel of a window."""
    rows, columns = window
    program.use()
    GL.glScissor(columns.start, rows.start, columns.stop - columns.start, rows.stop - rows.start)
    GL.glDrawArrays(GL.GL_TRIANGLES, 0, 3)


def _read(window: Window, channels: Any, count: int) -> FloatArray:
    """A window of the buffer that is bound to be read, (h, w, count) float32."""
    rows, columns = window
    values = np.empty((rows.stop - rows.start, columns.stop - columns.start, count), np.float32)
    GL.glReadPixels(columns.start, rows.start, values.shape[1], values.shape[0], channels, GL.GL_FLOAT, values)
    return values
