"""What this machine can do: each part that synthgest leans on, whether it works, and the line that mends it."""

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from synthgest.errors import SynthgestError
from synthgest.generation import default_workers

EXTRAS = {
    "text-to-video": ("torch", "diffusers", "transformers", "accelerate"),
    "score": ("torch", "open_clip_torch"),
    "train": ("torch", "torchvision", "transformers", "timm", "scikit-learn"),
    "report": ("jinja2", "scikit-learn"),
    "smplx": ("smplx", "torch"),
    "ray": ("ray",),
}
"""The distributions that tell whether an extra is installed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One part. works: whether it does. needed: whether `generate` on a bare machine needs it. detail: version, or the remedy."""

    part: str
    works: bool
    needed: bool
    detail: str


def examine() -> tuple[Finding, ...]:
    """Look at everything; nothing is changed or installed."""
    needed = (
        ("Python", _python),
        ("rendering (EGL)", _rendering),
        ("video (H.264)", _video),
        ("content", _content),
        ("disk", _disk),
    )
    return tuple(_try(part, probe) for part, probe in needed) + tuple(_extra(name) for name in EXTRAS)


def _try(part: str, probe: Callable[[], str]) -> Finding:
    try:
        return Finding(part=part, works=True, needed=True, detail=probe())
    except SynthgestError as error:
        return Finding(part=part, works=False, needed=True, detail=str(error))


def _python() -> str:
    return f"{sys.version.split()[0]}, {default_workers()} processors"


def _rendering() -> str:
    from synthgest.render.gl import renderer_name

    return renderer_name()


def _video() -> str:
    import av

    if "libx264" not in av.codecs_available:
        raise SynthgestError("PyAV has no libx264; reinstall it with: pip install --force-reinstall av")
    return f"PyAV {version('av')} with libx264"


def _content() -> str:
    from synthgest.gestures import shipped_gestures
    from synthgest.recipes import recipe_names

    return f"{len(shipped_gestures())} gestures, {len(recipe_names())} generators"


def _disk() -> str:
    return f"{shutil.disk_usage(Path.cwd()).free / 1e9:.0f} GB free here"


def _extra(name: str) -> Finding:
    missing = [package for package in EXTRAS[name] if not _installed(package)]
    detail = f"pip install 'synthgest[{name}]' (missing: {', '.join(missing)})" if missing else "installed"
    return Finding(part=f"extra {name}", works=not missing, needed=False, detail=detail)


def _installed(package: str) -> bool:
    try:
        version(package)
    except PackageNotFoundError:
        return False
    return True
