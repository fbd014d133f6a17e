"""Where content lies: generators/, prompts/ and assets/, which a non-programmer edits; and what the user's cache keeps."""

import os
from pathlib import Path

from synthgest.errors import SynthgestError

_PACKAGE = Path(__file__).resolve().parent


def content(folder: str) -> Path:
    """The path of a content folder.

    In an installed wheel the folders lie inside the package; in an editable install or a checkout they lie beside it.
    """
    for parent in (_PACKAGE, _PACKAGE.parent):
        if (found := parent / folder).is_dir():
            return found
    raise SynthgestError(f"the content folder {folder!r} is missing beside {_PACKAGE}; reinstall synthgest")


def cache_folder(name: str) -> Path:
    """A folder of the user's cache, where the XDG base directories have it; it may not be there yet."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if base else Path.home() / ".cache") / "synthgest" / name
