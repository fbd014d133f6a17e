"""Spoilt clips are refused with a reason, good ones are not, dark and slow ones included (FAULTS.md F8)."""

import dataclasses

import cv2
import numpy as np
import pytest
from conftest import Judge, counts

from synthgest.checks import check
from synthgest.errors import ShotFailed
from synthgest.gestures import Gesture, load_gestures
from synthgest.types import Rendered

FRAMES = 24


@pytest.fixture(scope="module")
def wave() -> Gesture:
    return load_gestures(["everyday/wave"])[0]


def _normal(seed: int) -> np.ndarray:
    """A textured place with a moving blob: sometimes dark, sometimes slow, always with sensor noise."""
    rng = np.random.default_rng(seed)
    level = rng.choice([0.18, 0.5, 1.0])
    place = cv2.resize(rng.uniform(20, 220, (8, 8, 3)).astype(np.float32), (96, 96), interpolation=cv2.INTER_CUBIC)
    path = rng.uniform(20, 70, 2) + np.outer(np.linspace(0, 1, FRAMES), rng.choice([4, 12, 30]) * np.array([0.8, 0.6]))
    skin = rng.uniform(120, 250, 3)
    frames = np.repeat(place[None], FRAMES, axis=0)
    for frame, (x, y) in zip(frames, path, strict=True):
        cv2.circle(frame, (int(x), int(y)), 7, [float(c) for c in skin], -1)
    noisy = frames * level + rng.normal(0, rng.uniform(0, 4), frames.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)


def _spoil(frames: np.ndarray, kind: str, rng: np.random.Generator) -> np.ndarray:
    noise = rng.normal(0, rng.uniform(0, 2), frames.shape)
    if kind == "black":
        return np.clip(noise, 0, 255).astype(np.uint8)
    if kind == "flat":
        return np.clip(rng.uniform(30, 220, 3) + noise, 0, 255).astype(np.uint8)
    if kind == "frozen":
        return np.clip(frames[:1] + noise * 0.7, 0, 255).astype(np.uint8)
    flashed = frames.copy()
    flashed[rng.integers(FRAMES)] = 255 if frames.mean() < 110 else 0
    return flashed


def _refusal(frames: np.ndarray, gesture: Gesture) -> str:
    """The reason; empty where the clip passes."""
    try:
        check(Rendered(frames=frames, fps=24), frames, gesture)
    except ShotFailed as error:
        return error.reason
    return ""


@counts(100, 500)
def test_at_least_99_percent_of_injected_faults_are_caught_with_their_own_reason(
    wave: Gesture, judged: Judge, trials: int
) -> None:
    missed = 0
    for trial in range(trials):
        kind = ("black", "flat", "frozen", "flash")[trial % 4]
        frames = _spoil(_normal(trial // 4), kind, np.random.default_rng([trial // 4, 1]))
        missed += _refusal(frames, wave) != kind
    what = "black, flat, frozen and flashed clips that are not found"
    judged("F8", what, trials=trials, worst=100 * missed / trials, bar=1, unit="%")


@counts(150, 500)
def test_at_most_1_percent_of_good_clips_are_refused(wave: Gesture, judged: Judge, trials: int) -> None:
    refused = sum(bool(_refusal(_normal(seed + 10_000), wave)) for seed in range(trials))
    what = "sound clips that are refused, dark and slow ones among them"
    judged("F8", what, trials=trials, worst=100 * refused / trials, bar=1, unit="%")


def test_a_clip_that_is_mostly_black_is_refused(wave: Gesture) -> None:
    frames = _normal(4)
    frames[: FRAMES * 3 // 4] = 0
    with pytest.raises(ShotFailed) as error:
        check(Rendered(frames=frames, fps=24), frames, wave)
    assert error.value.reason == "black"


def _with_wrists(left: tuple[float, float], right: tuple[float, float]) -> Rendered:
    joints = np.full((FRAMES, 55, 2), 48, np.float32)
    joints[:, 20], joints[:, 21] = left, right
    return Rendered(frames=_normal(3), fps=24, truth={"joints_2d": joints})


@pytest.mark.parametrize(
    ("hands", "left", "right", "reason"),
    [
        ("right", (500, 40), (40, 40), ""),
        ("right", (40, 40), (500, 40), "hand"),
        ("left", (500, 40), (40, 40), "hand"),
        ("both", (40, 40), (40, -9), "hand"),
        ("either", (40, 40), (40, 60), ""),
        ("either", (500, 40), (500, 40), "hand"),
    ],
)
def test_the_hand_that_matters_must_be_in_the_picture(
    wave: Gesture, hands: str, left: tuple[float, float], right: tuple[float, float], reason: str
) -> None:
    rendered = _with_wrists(left, right)
    gesture = dataclasses.replace(wave, hands=hands, mirror="forbidden")
    if not reason:
        check(rendered, rendered.frames, gesture)
        return
    with pytest.raises(ShotFailed) as error:
        check(rendered, rendered.frames, gesture)
    assert error.value.reason == reason


def test_of_either_hand_the_one_that_moves_must_be_in_the_picture(wave: Gesture) -> None:
    rendered = _with_wrists((40, 40), (40, 40))
    joints = rendered.truth["joints_2d"].copy()
    joints[:, 21] = np.stack([np.linspace(200, 300, FRAMES), np.linspace(10, 60, FRAMES)], axis=1)
    with pytest.raises(ShotFailed) as error:
        check(dataclasses.replace(rendered, truth={"joints_2d": joints}), rendered.frames, wave)
    assert error.value.reason == "hand"


def test_a_figure_out_of_the_picture_is_refused(wave: Gesture) -> None:
    rendered = _with_wrists((40, 40), (40, 40))
    away = np.full((FRAMES, 55, 2), -300, np.float32)
    with pytest.raises(ShotFailed) as error:
        check(dataclasses.replace(rendered, truth={"joints_2d": away}), rendered.frames, wave)
    assert error.value.reason == "figure"
