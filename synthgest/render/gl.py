"""The one place where OpenGL is brought up: pyrender imported for headless EGL, and its errors made mendable.

PyOpenGL picks its platform from the environment variable PYOPENGL_PLATFORM at its first import and offers no other way,
so it is set here, before pyrender is imported, and nowhere else. pyrender 0.1.45 still writes ``np.infty``, which
numpy 2 removed, so the old name is put back. PyOpenGL 3.1.0 and pyrender warn of deprecations while being imported;
those are theirs to mend.
"""

import os
import warnings
from types import ModuleType
from typing import Any

import numpy as np

from synthgest.errors import MissingDependency

_APT = "apt-get install libegl1 libgl1 libgl1-mesa-dri"


def import_pyrender() -> ModuleType:
    """Import pyrender for drawing without a window; MissingDependency where its system libraries are not installed."""
    os.environ.setdefault("PYOPENGL_PLATFORM", "egl")
    if not hasattr(np, "infty"):
        setattr(np, "infty", np.inf)  # noqa: B010  (mypy knows that numpy 2 has no such name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pyrender
            import pyrender.platforms.egl
            import pyrender.renderer
    except ModuleNotFoundError as error:
        raise MissingDependency(
            f"drawing people needs {error.name}, which is not installed: pip install synthgest"
        ) from error
    except (ImportError, OSError, AttributeError, RuntimeError) as error:
        raise MissingDependency(f"drawing people needs EGL and OpenGL, which do not load ({error}): {_APT}") from error
    module: ModuleType = pyrender
    return module


def open_context(width: int, height: int) -> Any:
    """A current OpenGL context without a window (pyrender's EGLPlatform), on the first EGL device."""
    pyrender = import_pyrender()
    try:
        device = pyrender.platforms.egl.get_device_by_index(0)
        platform = pyrender.platforms.egl.EGLPlatform(width, height, device=device)
        platform.init_context()
    except Exception as error:  # PyOpenGL raises its own, AssertionError and ValueError alike where EGL has no driver
        raise MissingDependency(f"EGL opens no OpenGL 4.1 context ({error!r}): {_APT}") from error
    return platform


def renderer_name() -> str:
    """What draws on this machine, in OpenGL's own words; MissingDependency where nothing does."""
    platform = open_context(16, 16)
    try:
        from OpenGL import GL

        return str(GL.glGetString(GL.GL_RENDERER).decode())
    finally:
        platform.delete_context()
