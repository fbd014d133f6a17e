"""Video holds what was written, and the encoder's word is not taken for it (FAULTS.md F9-F11)."""

import itertools
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from conftest import Judge, counts

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
