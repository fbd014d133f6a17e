"""The one place where OpenGL is brought up: pyrender imported for headless EGL, and its errors made mendable.

PyOpenGL picks its platform from the environment variable PYOPENGL_PLATFORM at its first import and offers no other way,
so it is set here, before pyrender is imported, and nowhere else. pyrender 0.1.45 still writes ``np.infty``, which
numpy 2 removed, so the old name is put back. PyOpenGL 3.1.0 and pyrender warn of deprecations while being imported;
those are theirs to mend.

Mesa's software renderer brings LLVM into the process, and so does triton, a part of torch. Loaded after Mesa, triton takes
Mesa's functions for its own and crashes the process; loaded before, both live. So what is installed of it is loaded first.
"""

import contextlib
import ctypes
import importlib.util
import os
import warnings
from pathlib import Path
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
    _load_triton()
    try:
        device = pyrender.platforms.egl.get_device_by_index(0)
        platform = pyrender.platforms.egl.EGLPlatform(width, height, device=device)
        platform.init_context()
    except Exception as error:  # PyOpenGL raises its own, AssertionError and ValueError alike where EGL has no driver
        raise MissingDependency(f"EGL opens no OpenGL 4.1 context ({error!r}): {_APT}") from error
    return platform


def _load_triton() -> None:
    """Load triton's library alone, in a fiftieth of a second: torch may never be asked for."""
    spec = importlib.util.find_spec("triton")
    for folder in spec.submodule_search_locations or () if spec is not None else ():
        for library in Path(folder).glob("_C/libtriton*.so"):
            with contextlib.suppress(OSError):  # it will fail again, and say so, where it is needed
                ctypes.CDLL(str(library))


def renderer_name() -> str:
    """What draws on this machine, in OpenGL's own words; MissingDependency where nothing does."""
    platform = open_context(16, 16)
    try:
        from OpenGL import GL

        return str(GL.glGetString(GL.GL_RENDERER).decode())
    finally:
        platform.delete_context()
