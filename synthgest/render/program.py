"""A GLSL program compiled from the files in ``shaders/``, with its textures bound to fixed units."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from synthgest.render.gl import import_pyrender

import_pyrender()

from OpenGL import GL  # noqa: E402  (PyOpenGL must be imported by import_pyrender first)

_SHADERS = Path(__file__).parent / "shaders"
_VIEW_BINDING = 0
_NONE: Mapping[str, int] = {}


class Program:
    """A vertex and a fragment shader, linked; every uniform block is the one that ``view.glsl`` declares.

    units: which unit each texture is bound to. constants: integers that the shaders know by name when they are compiled.
    """

    def __init__(
        self, vertex: str, fragment: str, *, units: Mapping[str, int] = _NONE, constants: Mapping[str, int] = _NONE
    ) -> None:
        self._handle = GL.glCreateProgram()
        shaders = [
            _compiled(vertex, GL.GL_VERTEX_SHADER, constants),
            _compiled(fragment, GL.GL_FRAGMENT_SHADER, constants),
        ]
        for shader in shaders:
            GL.glAttachShader(self._handle, shader)
        GL.glLinkProgram(self._handle)
        if not GL.glGetProgramiv(self._handle, GL.GL_LINK_STATUS):
            raise RuntimeError(f"{vertex} and {fragment} do not link: {GL.glGetProgramInfoLog(self._handle)!r}")
        for shader in shaders:
            GL.glDeleteShader(shader)
        block = GL.glGetUniformBlockIndex(self._handle, "View")
        if block != GL.GL_INVALID_INDEX:
            GL.glUniformBlockBinding(self._handle, block, _VIEW_BINDING)
        GL.glUseProgram(self._handle)
        for name, unit in units.items():
            GL.glUniform1i(GL.glGetUniformLocation(self._handle, name), unit)

    def use(self) -> None:
        """Draw with this program from now on."""
        GL.glUseProgram(self._handle)


def bind_view(buffer: Any) -> None:
    """Make a uniform buffer the block ``View`` of every program."""
    GL.glBindBufferBase(GL.GL_UNIFORM_BUFFER, _VIEW_BINDING, buffer)


def _compiled(name: str, kind: Any, constants: Mapping[str, int]) -> Any:
    shader = GL.glCreateShader(kind)
    known = [f"const int {key} = {int(value)};" for key, value in constants.items()]
    parts = [(_SHADERS / part).read_text(encoding="utf-8") for part in ("view.glsl", name)]
    GL.glShaderSource(shader, "\n".join(["#version 410 core", *known, *parts]))
    GL.glCompileShader(shader)
    if not GL.glGetShaderiv(shader, GL.GL_COMPILE_STATUS):
        raise RuntimeError(f"{name} does not compile: {GL.glGetShaderInfoLog(shader)!r}")
    return shader
