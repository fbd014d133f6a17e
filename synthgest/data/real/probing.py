"""What a clip's file says of itself, beside what is really in it: frames promised and found, frames a second."""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import av

from synthgest.data.real.media import Encoded, Media, Pictures, VideoFile
from synthgest.errors import FrameError


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a file says. frames: that are in it. promised: frames by its header, 0 where that is silent. broken: packets cut off.

    fps: frames a second, 0 where the file does not say.
    """

    frames: int
    promised: int
    broken: int
    fps: float

    @property
    def truncated(self) -> bool:
        """Whether its end is missing: a packet is cut off, or more than 2 % and two of the promised frames are not there."""
        return self.broken > 0 or self.promised - self.frames > max(2, 0.02 * self.promised)


def facts(media: Media) -> Facts | None:
    """The facts of a video, by its packets and without decoding; None for pictures. FrameError if it cannot be opened."""
    if isinstance(media, VideoFile):
        return _facts(str(media.path), str(media.path))
    if isinstance(media, Encoded) and not media.picture:
        return _facts(io.BytesIO(media.data), media.name)
    if not isinstance(media, Pictures | Encoded):
        path = getattr(media, "path", None)  # a clip of our own
        return _facts(str(path), str(path)) if isinstance(path, Path) else None
    return None


def _facts(source: str | BinaryIO, name: str) -> Facts:
    try:
        with av.open(source, "r", metadata_errors="replace") as container:
            stream: Any = container.streams.video[0]
            rate = float(stream.average_rate or 0)
            promised = int(stream.frames or 0)
            if not promised and stream.duration and stream.time_base:
                promised = round(float(stream.duration * stream.time_base) * rate)
            frames = broken = 0
            for packet in container.demux(stream):
                if packet.size:
                    frames += not packet.is_corrupt
                    broken += packet.is_corrupt
            return Facts(
                frames=frames,
                promised=promised,
                broken=broken,
                fps=rate,
            )
    except (av.error.FFmpegError, IndexError, OSError) as error:
        raise FrameError(f"cannot open {name}: {error}") from error
