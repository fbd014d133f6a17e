"""Where the content folders lie: generators/, prompts/ and assets/, which a non-programmer edits."""

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
