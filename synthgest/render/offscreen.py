"""pyrender's renderer with a plain framebuffer: no multisampling, and only what is asked for is read back.

pyrender draws into a four-fold multisampled buffer, copies it, and converts the whole depth buffer to metres each time;
without a GPU that is three quarters of the time of a frame. Antialiasing comes from drawing at twice the size instead.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthgest.render.gl import import_pyrender

pyrender = import_pyrender()
_Renderer: Any = pyrender.renderer.Renderer

from OpenGL import GL  # noqa: E402  (PyOpenGL must be imported by import_pyrender first)


class Offscreen(_Renderer):  # type: ignore[misc]  # pyrender has no types
    """A renderer into one framebuffer; ``render`` returns (rgba (H, W, 4) uint8, depth buffer (H, W) float32 in [0, 1]).

    Both arrays start at the bottom row, as OpenGL stores them; without RenderFlags.RGBA the first one is empty.
    """

    def __init__(self, width: int, height: int) -> None:
        super().__init__(width, height)
        self._whole = (width, height)
        self._main_fb: Any = None

    def _configure_main_framebuffer(self) -> None:
        if self._main_fb is not None:
            return  # a smaller viewport draws into a corner of the same buffer
        self._main_cb, self._main_db = GL.glGenRenderbuffers(2)
        self._main_fb = self._main_fb_ms = GL.glGenFramebuffers(1)
        GL.glBindFramebuffer(GL.GL_FRAMEBUFFER, self._main_fb)
        for buffer, kind, place in (
            (self._main_cb, GL.GL_RGBA8, GL.GL_COLOR_ATTACHMENT0),
            (self._main_db, GL.GL_DEPTH_COMPONENT24, GL.GL_DEPTH_ATTACHMENT),
        ):
            GL.glBindRenderbuffer(GL.GL_RENDERBUFFER, buffer)
            GL.glRenderbufferStorage(GL.GL_RENDERBUFFER, kind, *self._whole)
            GL.glFramebufferRenderbuffer(GL.GL_FRAMEBUFFER, place, GL.GL_RENDERBUFFER, buffer)
        self._main_fb_dims = self._whole

    def _delete_main_framebuffer(self) -> None:
        if self._main_fb is not None:
            GL.glDeleteFramebuffers(1, [self._main_fb])
            GL.glDeleteRenderbuffers(2, [self._main_cb, self._main_db])
        self._main_fb = self._main_fb_ms = self._main_cb = self._main_db = None
        self._main_fb_dims = (0, 0)

    def _read_main_framebuffer(self, scene: Any, flags: int) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        width, height = self.viewport_width, self.viewport_height
        GL.glBindFramebuffer(GL.GL_READ_FRAMEBUFFER, self._main_fb)
        depth = GL.glReadPixels(0, 0, width, height, GL.GL_DEPTH_COMPONENT, GL.GL_FLOAT)
        distances = np.frombuffer(depth, np.float32).reshape(height, width)
        if not flags & pyrender.RenderFlags.RGBA:
            return np.empty((0, 0, 4), np.uint8), distances
        colour = GL.glReadPixels(0, 0, width, height, GL.GL_RGBA, GL.GL_UNSIGNED_BYTE)
        return np.frombuffer(colour, np.uint8).reshape(height, width, 4), distances


def upload(primitive: Any, vertices: NDArray[np.float32]) -> None:
    """Overwrite the interleaved vertex buffer (V, 7: position, colour) of a primitive that has been drawn before."""
    GL.glBindBuffer(GL.GL_ARRAY_BUFFER, primitive._buffers[0])
    GL.glBufferSubData(GL.GL_ARRAY_BUFFER, 0, vertices.nbytes, vertices)
