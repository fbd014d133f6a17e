"""Video holds what was written, and the encoder's word is not taken for it (FAULTS.md F9-F11)."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from conftest import Judge, counts

from synthgest.data import video
from synthgest.data.video import read_frames, read_small, read_video, require_video, tsn_indices, write_video
from synthgest.errors import FrameError


def _scene(count: int, height: int, width: int) -> np.ndarray:
    """Smooth colours, as in a photograph: 4:2:0 video keeps colour at half the resolution."""
    rng = np.random.default_rng(5)
    grid = rng.integers(60, 190, (max(2, height // 32), max(2, width // 32), 3)).astype(np.float32)
    place = np.clip(cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC), 0, 255)
    frames = np.repeat(place[None], count, axis=0).astype(np.uint8)
    for number, frame in enumerate(frames):
        frame[height // 4 : height // 2, : min(4 + number, width)] //= 2
    return frames


SIZES = [(16, 16), (64, 64), (112, 112), (126, 98), (224, 224), (240, 320), (34, 18), (90, 50), (256, 144), (130, 66)]


COMBINATIONS = list(itertools.product(SIZES, [2, 9, 48], [8.0, 29.97]))
THIRTY_DECIBELS = 255 / 10 ** (30 / 20)  # PSNR, as a root mean square of 255


@counts(20, 60)
def test_the_decoded_clip_has_the_size_count_and_rate_that_were_asked_for(
    tmp_path: Path, judged: Judge, trials: int
) -> None:
    assert len(COMBINATIONS) == 60
    other, error = 0, 0.0
    for (height, width), count, fps in COMBINATIONS[:: 60 // trials]:
        frames = _scene(count, height, width)
        write_video(tmp_path / "clip.mp4", frames, fps)
        decoded, rate = read_video(tmp_path / "clip.mp4")
        asked = decoded.shape == frames.shape and rate == pytest.approx(fps, rel=1e-3)
        other += not asked
        error = max(error, float(np.sqrt(np.mean((decoded.astype(float) - frames) ** 2)))) if asked else np.inf
    judged("F10", "videos of another size, length or rate than asked", trials=trials, worst=other, bar=0, unit="videos")
    judged("F9", "videos: error of the decoded", trials=trials, worst=error, bar=THIRTY_DECIBELS, unit="of 255 (30 dB)")


def test_the_same_frames_give_the_same_bytes(tmp_path: Path) -> None:
    frames = _scene(20, 64, 64)
    for name in ("a.mp4", "b.mp4"):
        write_video(tmp_path / name, frames, 30.0)
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()


def test_a_file_that_is_no_video_is_found_after_writing(tmp_path: Path) -> None:
    path = tmp_path / "stub.mp4"
    path.write_bytes(b"\0" * 258)
    with pytest.raises(FrameError, match="cannot decode"):
        require_video(path, frames=10, width=64, height=64, fps=30)


def test_a_video_with_fewer_frames_than_written_is_found(tmp_path: Path) -> None:
    path = tmp_path / "short.mp4"
    write_video(path, _scene(9, 64, 64), 30.0)
    with pytest.raises(FrameError, match="holds 9 frames"):
        require_video(path, frames=10, width=64, height=64, fps=30)


@pytest.mark.parametrize(
    ("total", "expected"),
    [
        (49, [3, 9, 15, 21, 27, 33, 39, 45]),
        (30, [1, 5, 9, 13, 16, 20, 24, 28]),
        (5, [0, 0, 1, 2, 2, 3, 4, 4]),
    ],
)
def test_tsn_sampling_agrees_with_the_vectors_of_the_method(total: int, expected: list[int]) -> None:
    assert list(tsn_indices(total, 8)) == expected


@pytest.mark.parametrize("turn", [90, 180, -90])
def test_a_film_is_turned_as_the_camera_was_held(tmp_path: Path, turn: int) -> None:
    path, picture = tmp_path / "held.mp4", np.zeros((64, 96, 3), np.uint8)
    picture[:20, :30] = 255
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        stream.set_display_rotation(turn)
        for _ in range(4):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
    expected = np.rot90(picture, turn // 90)
    for frames in (read_video(path)[0], read_frames(path, [1, 3])):
        assert frames.shape[1:] == expected.shape
        assert np.abs(frames[-1].astype(int) - expected).mean() < 3
    small, fps = read_small(path, longest=48, fps=5, seconds=9)
    assert (max(small.shape[1:3]), len(small), fps) == (48, 2, 5)
    with pytest.raises(FrameError, match="is longer than"):
        read_small(path, longest=48, fps=5, seconds=0.1)


# -- long films --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["mp4", "mkv"])
def long_film(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """4,000 frames, each numbered by three greys, in another order in the file (B-frames); mkv has no index of all."""
    path = tmp_path_factory.mktemp("film") / f"long.{request.param}"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30, options={"g": "250", "bf": "3", "preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = 48, 16, "yuv420p"
        for number in range(4000):
            squares = np.array([number // 256, number // 16 % 16, number % 16], np.uint8) * 15 + 8
            picture = np.repeat(np.tile(np.repeat(squares, 16), (16, 1))[..., None], 3, axis=2)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
    return path


def shown(frames: np.ndarray) -> list[int]:
    """The numbers that the squares of frames stand for."""
    digits = np.rint((frames[:, 4:12].mean(axis=(1, 3)).reshape(len(frames), 3, 16)[:, :, 4:12].mean(axis=2) - 8) / 15)
    return [int(row @ [256, 16, 1]) for row in digits]


@pytest.mark.parametrize(
    "numbers", [[3999], [0, 2100, 3998], [3500, 12, 3500, 2400], [1500, 1501, 1502, 3999], list(range(0, 4000, 333))]
)
def test_frames_of_a_long_film_are_those_that_decoding_all_of_it_would_give(
    long_film: Path, numbers: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    sought = read_frames(long_film, numbers)
    assert shown(sought) == numbers
    monkeypatch.setattr(video, "_LONG", 10_000)
    assert (read_frames(long_film, numbers) == sought).all()


def test_of_a_long_film_few_frames_are_decoded(long_film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    decoded = 0
    numbered = video._numbered

    def counted(*given: object) -> Iterator[tuple[int, object]]:
        nonlocal decoded
        for each in numbered(*given):
            decoded += 1
            yield each

    monkeypatch.setattr(video, "_numbered", counted)
    read_frames(long_film, [20, 2030, 3990])
    assert decoded < 21 + 2 * 250


def test_a_long_film_that_ends_early_says_so(long_film: Path, tmp_path: Path) -> None:
    with pytest.raises(FrameError, match="ends before frame 4100"):
        read_frames(long_film, [2500, 4100])
    assert shown(read_frames(long_film, [3999, 4001], lost=2)) == [3999, 3999]


def test_a_long_film_that_is_torn_is_an_error_where_it_is_torn_alone(long_film: Path, tmp_path: Path) -> None:
    """A stretch of zeros in the middle of the file."""
    data = bytearray(long_film.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 400] = bytes(400)
    torn = tmp_path / f"torn{long_film.suffix}"
    torn.write_bytes(data)
    if torn.suffix == ".mp4":  # without an index, nothing says how many frames the zeros were
        assert shown(read_frames(torn, [10, 3990])) == [10, 3990]
    with pytest.raises(FrameError, match=r"cannot decode|ends before"):
        read_frames(torn, range(0, 4000, 10))
