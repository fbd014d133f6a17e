"""What this machine can do: each part that synthgest leans on, whether it works, and the line that mends it."""

import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, metadata, requires, version
from pathlib import Path

from synthgest.errors import SynthgestError
from synthgest.generation import default_workers


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
    return tuple(_try(part, probe) for part, probe in needed) + tuple(_extra(*entry) for entry in _extras().items())


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


def _extras() -> dict[str, list[str]]:
    """The distributions that each extra asks for, as the installed package says."""
    names = [name for name in metadata("synthgest").get_all("Provides-Extra") or [] if name != "all"]
    wanted: dict[str, list[str]] = {name: [] for name in names}
    for line in requires("synthgest") or []:
        for name in re.findall(r"extra == ['\"]([\w-]+)['\"]", line):
            wanted.get(name, []).append(re.split(r"[^\w.-]", line, maxsplit=1)[0])
    return wanted


def _extra(name: str, wanted: list[str]) -> Finding:
    missing = [package for package in wanted if not _installed(package)]
    detail = f"pip install 'synthgest[{name}]' (missing: {', '.join(missing)})" if missing else "installed"
    return Finding(part=f"extra {name}", works=not missing, needed=False, detail=detail)


def _installed(package: str) -> bool:
    try:
        version(package)
    except PackageNotFoundError:
        return False
    return True
