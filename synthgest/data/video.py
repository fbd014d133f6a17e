"""H.264 video written and read through PyAV: bytes that depend on the frames alone, and counts that are checked."""

import contextlib
import math
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO

import av
import numpy as np
from numpy.typing import NDArray

from synthgest.errors import FrameError
from synthgest.frames import Frames, upright

# What makes the bytes depend on the frames alone. One thread: the number of x264's threads changes them. No macroblock tree
# and no B-frames: with both, x264 reads memory that it never wrote, and a process's first small clip differs from the
# same clip encoded again (measured with libx264 of PyAV 18). A key frame every 12 frames: clips are read at random places.
_OPTIONS = {"preset": "veryfast", "crf": "18", "threads": "1", "g": "12", "bf": "0", "x264-params": "mbtree=0"}

_LONG = 1000  # frames that are sooner decoded than left out


def write_video(path: Path, frames: Frames, fps: float, metadata: Mapping[str, str] | None = None) -> None:
    """Write frames (T, H, W, 3) uint8 RGB as H.264 4:2:0 in mp4, at ``fps`` frames per second; metadata: of the file."""
    with av.open(str(path), "w", format="mp4") as container:
        container.metadata.update(metadata or {})
        stream: Any = container.add_stream("libx264", rate=Fraction(fps).limit_denominator(1001), options=_OPTIONS)
        stream.height, stream.width = frames.shape[1:3]
        stream.pix_fmt = "yuv420p"
        stream.thread_count = 1
        for frame in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        container.mux(stream.encode())


def read_video(path: Path) -> tuple[Frames, float]:
    """All frames (T, H, W, 3) uint8 RGB that can be decoded, and the frames per second.

    A file that cannot be decoded raises FrameError. Compare the count with what is expected: a truncated file still opens.
    """
    with _decoding(path, "") as stream:
        frames = [upright(frame) for frame in stream.container.decode(stream)]
        fps = float(stream.average_rate or 0)
    if not frames:
        raise FrameError(f"cannot decode {path}: it holds no frames")
    return _stacked(frames, path), fps


def read_frames(source: Path | BinaryIO, indices: Sequence[int], *, name: str = "", lost: int = 0) -> Frames:
    """Some frames (N, H, W, 3) uint8 RGB by their numbers, which may come more than once; only those are converted.

    source: a file, or one that is open, called ``name`` in messages. lost: the last frame stands in for as many after it.
    FrameError if the file cannot be decoded, or ends before the last of them.
    """
    first, last = min(indices), max(indices)
    wanted = np.asarray(indices)
    found = np.empty((len(wanted), 0, 0, 3), np.uint8)
    numbers = set(indices)
    frame, number = None, -1

    def keep(frame: Any, at: NDArray[np.bool_]) -> None:
        nonlocal found
        pixels = upright(frame)
        if not found.size:
            found = np.empty((len(wanted), *pixels.shape), np.uint8)  # once: a large frame has 100 MB
        _require_one_size([found[0], pixels], name or source)
        found[at] = pixels

    with _decoding(source, name) as stream:
        for number, frame in _numbered(stream, sorted(numbers)):
            if number in numbers:
                keep(frame, wanted == number)
            if number == last:
                break
        if frame is not None and number + lost >= last > number:
            keep(frame, wanted >= max(number, first))
            number = last
    if number < last:
        raise FrameError(f"{name or source} ends before frame {last}")
    return found


def _numbered(stream: Any, wanted: Sequence[int]) -> Iterator[tuple[int, Any]]:
    """Frames with their numbers, those that are wanted among them; a long film is not decoded where none is near.

    wanted: in ascending order. The number of a frame is the rank of its time; where none has the time, the next is taken.
    """
    container = stream.container
    times = _times(stream) if wanted[-1] >= _LONG else []
    if not times:
        yield from enumerate(container.decode(stream))
        return
    numbers = {time: number for number, time in enumerate(times)}
    number, frame, frames = -1, None, container.decode(stream)
    for target in wanted:
        if number < target < len(times) and target - number > _LONG:
            container.seek(times[target], stream=stream)  # to the key frame before it
            frames = container.decode(stream)
        while number < target and (frame := next(frames, None)) is not None:
            number = numbers.get(frame.pts, number)
            if number < target:
                yield number, frame
        if frame is not None:
            yield target, frame


def _times(stream: Any) -> Sequence[int]:
    """When each frame of a film is shown, in order; nothing if the file does not say.

    Where an index of all frames says that they come evenly, it saves reading the whole film.
    """
    entries = stream.index_entries
    if len(entries) == stream.frames and stream.start_time is not None:
        steps = set(np.diff([entry.timestamp for entry in entries]).tolist())
        if len(steps) == 1 and min(steps) > 0 and not any(entry.is_discard for entry in entries):
            step = steps.pop()
            return range(stream.start_time, stream.start_time + step * len(entries), step)
    times = [packet.pts for packet in stream.container.demux(stream) if packet.size]
    stream.container.seek(0)
    return [] if None in times or len(set(times)) < len(times) else sorted(times)


def read_small(
    path: Path, *, longest: int, fps: float, seconds: float, first: int = 0, rate: float = 0.0
) -> tuple[Frames, float]:
    """A film (T, H, W, 3) uint8 RGB whose longer side is ``longest`` pixels at most, and its frames a second, hardly above ``fps``.

    first: frames left out at the beginning. rate: frames a second, where the file says it wrongly or not at all. FrameError
    if it cannot be decoded, is longer than ``seconds``, or nothing says how many frames a second it has.
    """
    frames = []
    with _decoding(path, "") as stream:
        rate = rate or float(stream.average_rate or 0)
        if not 0.1 <= rate <= 1000:
            raise FrameError(f"{path} does not say how many frames a second it has")
        step = max(1, math.ceil(rate / fps - 0.1))
        for number, frame in enumerate(stream.container.decode(stream), start=-first):
            if number / rate > seconds:
                raise FrameError(f"{path} is longer than {seconds:g} seconds; cut out the part that matters")
            if number >= 0 and number % step == 0:
                scale = min(1.0, longest / max(frame.width, frame.height))
                size = {"width": max(1, round(frame.width * scale)), "height": max(1, round(frame.height * scale))}
                frames.append(upright(frame, **size))
    if not frames:
        raise FrameError(f"cannot decode {path}: it holds no frames{f' but the first {first}' if first else ''}")
    return _stacked(frames, path), rate / step


def count_frames(source: Path | BinaryIO, name: str = "") -> int:
    """Frames that a video has, by its packets and without decoding: what headers say is not to be trusted."""
    with _decoding(source, name) as stream:
        count = sum(1 for packet in stream.container.demux(stream) if packet.size)
    if not count:
        raise FrameError(f"cannot decode {name or source}: it holds no frames")
    return count


def _stacked(frames: Sequence[Frames], source: object) -> Frames:
    _require_one_size(frames, source)
    return np.stack(frames)


def _require_one_size(frames: Sequence[Frames], source: object) -> None:
    sizes = sorted({frame.shape[1::-1] for frame in frames})
    if len(sizes) > 1:
        found = ", ".join(f"{width}x{height}" for width, height in sizes[:3])
        raise FrameError(f"{source} holds frames of several sizes ({found}); make a video of one size of it")


@contextlib.contextmanager
def _decoding(source: Path | BinaryIO, name: str) -> Iterator[Any]:
    """The open video stream of a source; whatever goes wrong within is a FrameError."""
    try:
        # What a file says in words of itself need not be text, and says nothing of its frames.
        with av.open(str(source) if isinstance(source, Path) else source, metadata_errors="replace") as container:
            stream = container.streams.video[0]
            stream.thread_count = 1
            yield stream
    except (av.error.FFmpegError, IndexError, OSError) as error:
        raise FrameError(f"cannot decode {name or source}: {error}") from error


def require_video(path: Path, *, frames: int, width: int, height: int, fps: float) -> None:
    """Open a video again and refuse it unless it holds just what was written: an encoder can fail without a word."""
    decoded, rate = read_video(path)
    found = (len(decoded), decoded.shape[2], decoded.shape[1])
    if found != (frames, width, height) or abs(rate - fps) > 0.01 * fps:
        raise FrameError(
            f"{path.name} holds {found[0]} frames of {found[1]}x{found[2]} at {rate:g} fps after encoding; "
            f"expected {frames} of {width}x{height} at {fps:g}"
        )


def random_indices(total: int, segments: int, rng: np.random.Generator) -> Sequence[int]:
    """A random frame of each of ``segments`` equal parts of ``total`` frames (TSN training sampling; METHODS.md 4), 0-based."""
    edges = np.arange(segments + 1) * total / segments
    return [min(int(rng.uniform(edges[part], edges[part + 1])), total - 1) for part in range(segments)]


def tsn_indices(total: int, segments: int) -> Sequence[int]:
    """The centre frame of each of ``segments`` equal parts of ``total`` frames (TSN test sampling; METHODS.md 4), 0-based."""
    return [min(int((2 * part + 1) * total / (2 * segments)), total - 1) for part in range(segments)]
