"""The mark that says that a clip is AI-generated: in the video file itself, in IPTC's words, and read back from there."""

from pathlib import Path

import av

from synthgest.errors import FrameError
from synthgest.types import DigitalSourceType

_WORDS = "AI-generated: made by synthgest, nobody was filmed"
_TERMS = "http://cv.iptc.org/newscodes/digitalsourcetype/"


def mark(kind: DigitalSourceType) -> dict[str, str]:
    """Metadata of a video file. kind: IPTC's term for how it came about (https://iptc.org, NewsCodes, digital source type)."""
    return {"comment": f"{_WORDS}; digital source type {_TERMS}{kind}"}


def read_mark(path: Path) -> str:
    """IPTC's term in a video file, or empty where it bears none. FrameError if it cannot be opened."""
    try:
        with av.open(str(path), metadata_errors="replace") as container:
            comment = container.metadata.get("comment", "")
    except (av.error.FFmpegError, OSError) as error:
        raise FrameError(f"cannot open {path}: {error}") from error
    return comment.rpartition(_TERMS)[2] if _TERMS in comment else ""
