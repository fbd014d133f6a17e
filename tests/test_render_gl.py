import importlib.util
import subprocess
import sys

import pytest

from synthgest.errors import MissingDependency
from synthgest.render import gl


def test_importing_the_drawing_package_alone_brings_up_no_opengl():
    script = "import sys, synthgest.render.gl, synthgest.render.rasteriser; sys.exit('pyrender' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_a_missing_driver_names_the_line_that_installs_it(monkeypatch):
    def no_device(index):
        raise RuntimeError("no EGL device")

    pyrender = gl.import_pyrender()
    monkeypatch.setattr(pyrender.platforms.egl, "get_device_by_index", no_device)
    with pytest.raises(MissingDependency, match="apt-get install libegl1 libgl1 libgl1-mesa-dri"):
        gl.open_context(8, 8)


def test_missing_system_libraries_name_the_line_that_installs_them(monkeypatch):
    real = __import__

    def failing(name, *rest, **named):
        if name.startswith("pyrender"):
            raise ImportError("Unable to load EGL library")
        return real(name, *rest, **named)

    monkeypatch.setattr("builtins.__import__", failing)
    with pytest.raises(MissingDependency, match="apt-get install"):
        gl.import_pyrender()


@pytest.mark.skipif(importlib.util.find_spec("triton") is None, reason="triton is not installed")
@pytest.mark.parametrize("first", ["drawing", "triton"])
def test_torchs_compiler_and_the_renderer_live_in_one_process(first):
    steps = {"drawing": "gl.renderer_name()", "triton": "import triton._C.libtriton"}
    order = [first, *(name for name in steps if name != first), "drawing"]
    script = "from synthgest.render import gl\n" + "\n".join(steps[name] for name in order)
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
