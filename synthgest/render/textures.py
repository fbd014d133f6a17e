"""Textures on fixed units, and framebuffers to draw into."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from synthgest.render.gl import import_pyrender
from synthgest.render.mesh import FloatArray

import_pyrender()

from OpenGL import GL  # noqa: E402  (PyOpenGL must be imported by import_pyrender first)

_FORMATS: dict[int, tuple[Any, Any]] = {
    2: (GL.GL_RG32F, GL.GL_RG),
    4: (GL.GL_RGBA32F, GL.GL_RGBA),
}
"""Of float32 textures, by number of channels: how OpenGL keeps them, and how they are handed over."""
_DEPTHS = (GL.GL_DEPTH_COMPONENT24, GL.GL_DEPTH_COMPONENT32F)


def open_texture(unit: int, *, smooth: bool, kind: Any = GL.GL_TEXTURE_2D, border: float = 0.0) -> Any:
    """A texture bound to a unit for good; ``border`` is what lies outside of it. smooth: linear between its cells."""
    handle = GL.glGenTextures(1)
    GL.glActiveTexture(GL.GL_TEXTURE0 + unit)
    GL.glBindTexture(kind, handle)
    way = GL.GL_LINEAR if smooth else GL.GL_NEAREST
    for setting in (GL.GL_TEXTURE_MIN_FILTER, GL.GL_TEXTURE_MAG_FILTER):
        GL.glTexParameteri(kind, setting, way)
    for setting in (GL.GL_TEXTURE_WRAP_S, GL.GL_TEXTURE_WRAP_T, GL.GL_TEXTURE_WRAP_R):
        GL.glTexParameteri(kind, setting, GL.GL_CLAMP_TO_BORDER)
    GL.glTexParameterfv(kind, GL.GL_TEXTURE_BORDER_COLOR, [border] * 4)
    return handle


def texture(unit: int, width: int, height: int, inner: Any, *, smooth: bool = False, border: float = 0.0) -> Any:
    """A texture of fixed size to draw into."""
    handle = open_texture(unit, smooth=smooth, border=border)
    outer, kind = (GL.GL_DEPTH_COMPONENT, GL.GL_FLOAT) if inner in _DEPTHS else (GL.GL_RGBA, GL.GL_UNSIGNED_BYTE)
    GL.glTexImage2D(GL.GL_TEXTURE_2D, 0, inner, width, height, 0, outer, kind, None)
    return handle


def renderbuffer(width: int, height: int, inner: Any) -> Any:
    """A buffer to draw into that is only read back."""
    handle = GL.glGenRenderbuffers(1)
    GL.glBindRenderbuffer(GL.GL_RENDERBUFFER, handle)
    GL.glRenderbufferStorage(GL.GL_RENDERBUFFER, inner, width, height)
    return handle


def fill(unit: int, values: FloatArray) -> None:
    """Give the texture on a unit the values (h, w, channels) float32, whatever size it had before."""
    height, width, channels = values.shape
    inner, outer = _FORMATS[channels]
    GL.glActiveTexture(GL.GL_TEXTURE0 + unit)
    GL.glTexImage2D(
        GL.GL_TEXTURE_2D, 0, inner, width, height, 0, outer, GL.GL_FLOAT, np.ascontiguousarray(values, np.float32)
    )


def target(colours: Sequence[Any], *, depth: Any = None, renderbuffers: bool = False) -> Any:
    """A framebuffer that draws into textures, or into renderbuffers."""
    handle = GL.glGenFramebuffers(1)
    GL.glBindFramebuffer(GL.GL_FRAMEBUFFER, handle)
    places = [GL.GL_COLOR_ATTACHMENT0 + number for number in range(len(colours))]
    for place, colour in zip(places, colours, strict=True):
        if renderbuffers:
            GL.glFramebufferRenderbuffer(GL.GL_FRAMEBUFFER, place, GL.GL_RENDERBUFFER, colour)
        else:
            GL.glFramebufferTexture2D(GL.GL_FRAMEBUFFER, place, GL.GL_TEXTURE_2D, colour, 0)
    if depth is not None:
        GL.glFramebufferTexture2D(GL.GL_FRAMEBUFFER, GL.GL_DEPTH_ATTACHMENT, GL.GL_TEXTURE_2D, depth, 0)
    if places:
        GL.glDrawBuffers(len(places), places)
    else:
        GL.glDrawBuffer(GL.GL_NONE)
        GL.glReadBuffer(GL.GL_NONE)
    if GL.glCheckFramebufferStatus(GL.GL_FRAMEBUFFER) != GL.GL_FRAMEBUFFER_COMPLETE:
        raise RuntimeError("this OpenGL does not draw into float32 textures")
    return handle
