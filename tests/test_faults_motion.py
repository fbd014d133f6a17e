"""Motions of others: every convention of hands, worlds, units and rates is one motion (FAULTS.md F15-F17)."""

import itertools
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import Judge, counts
from scipy.spatial.transform import Rotation
from test_motion_formats import TO_Z_UP, amass, joints, saved

from synthgest.body import dress, load_body, pose, sample_person
from synthgest.errors import MotionError
from synthgest.gestures import load_gestures
from synthgest.motion import perform, read_motion
from synthgest.motion.kinematics import forward
from synthgest.motion.reading import Reading
from synthgest.motion.resample import resampled
from synthgest.motion.sequence import Motion
from synthgest.motion.skeleton import JOINT_INDEX


@pytest.fixture(scope="module")
def motion() -> Motion:
    """Someone bows."""
    return perform(load_gestures(["everyday/bow"])[0], np.random.default_rng(0), fps=30.0, frames=(20, 48)).motion


# -- files that are not whole (F15) ------------------------------------------------------------------------------------


def not_whole(path: Path, whole: Mapping[str, Any], rng: np.random.Generator, kind: str) -> Path:
    """A sequence of AMASS that is cut off, lacks a key, has another width, no frames, no rate, or NaN somewhere."""
    arrays = dict(whole)
    poses, frames = arrays["poses"], len(arrays["poses"])
    if kind == "no key":
        del arrays[("poses", "trans", "mocap_framerate")[rng.integers(3)]]
    elif kind == "width":
        arrays["poses"] = np.zeros((frames, rng.choice([72, 144, 155, 157, 164, 166, 322])))
    elif kind == "no frames":
        arrays |= {"poses": poses[:0], "trans": arrays["trans"][:0]}
    elif kind == "not a number":
        arrays["poses"] = poses.copy()
        arrays["poses"][rng.integers(frames), rng.integers(156)] = rng.choice([np.nan, np.inf])
    elif kind == "lengths":
        arrays["trans"] = arrays["trans"][: rng.integers(1, frames)]
    elif kind == "rate":
        arrays["mocap_framerate"] = rng.choice([0.0, -30.0, np.nan, np.inf, 1e9])
    content = saved(path, arrays).read_bytes()
    if kind == "cut":
        path.write_bytes(content[: rng.integers(len(content))])
    elif kind == "flipped":
        start = int(rng.integers(len(content) // 2))
        path.write_bytes(content[:start] + rng.bytes(200) + content[start + 200 :])
    return path


@counts(30, 400)
def test_files_that_are_not_whole_are_errors_of_their_own_type(
    tmp_path: Path, motion: Motion, judged: Judge, trials: int
) -> None:
    kinds = ("no key", "width", "no frames", "not a number", "lengths", "rate", "cut", "flipped")
    wrong, whole = 0, amass(motion)
    for trial in range(trials):
        path = not_whole(tmp_path / "a.npz", whole, np.random.default_rng(trial), kinds[trial % len(kinds)])
        try:
            read_motion(path, Reading(format="amass"))
            wrong += 1
        except MotionError as error:
            wrong += str(path) not in str(error)
    judged(
        "F15",
        "files of motion that are not whole: guessed, or unnamed",
        trials=trials,
        worst=wrong,
        bar=0,
        unit="files",
    )


# -- conventions of hands (F16) ----------------------------------------------------------------------------------------


WRONG = (("mean", "flat"), ("flat", "mean"), ("pca", "pca-flat"))


def hands(folder: Path, motion: Motion, rng: np.random.Generator) -> dict[str, Motion]:
    """One pose whose fingers lie in 12 components about the mean, read from each delivery, and read wrongly."""
    components = np.linalg.qr(rng.normal(size=(45, 45)))[0]
    means = {end: rng.normal(0, 0.3, 45) for end in "lr"}
    model = saved(
        folder / "model.npz",
        {f"hands_mean{end}": means[end] for end in "lr"} | {f"hands_components{end}": components for end in "lr"},
    )
    coefficients = rng.normal(0, 0.5, (len(motion), 12))
    about = coefficients @ components[:12]
    told = {
        "flat": [about + means["l"], about + means["r"]],
        "mean": [about, about],
        "pca": [coefficients, coefficients],
        "pca-flat": [coefficients, coefficients],
    }

    def read(values: str, convention: str) -> Motion:
        arrays = {
            "global_orient": motion.global_orient,
            "body_pose": motion.body_pose,
            "transl": motion.transl,
            "fps": motion.fps,
            **dict(zip(("left_hand_pose", "right_hand_pose"), told[values], strict=True)),
        }
        how = Reading(format="smplx", up="y", hands=convention, model=str(model))  # type: ignore[arg-type]
        single = {name: np.asarray(value, np.float32) for name, value in arrays.items()}
        return read_motion(saved(folder / f"{values}.npz", single), how)

    right = {name: read(name, name) for name in ("flat", "mean", "pca")}
    wrong = {f"{name} as {other}": read(name, other) for name, other in WRONG}
    return right | wrong


@counts(2, 20)
def test_one_hand_in_three_conventions_is_one_surface(
    tmp_path: Path, motion: Motion, judged: Judge, trials: int
) -> None:
    apart, unseen = 0.0, 0
    for trial in range(trials):
        rng = np.random.default_rng(trial)
        figure = dress(load_body(), sample_person(rng))
        found = hands(tmp_path, motion.at(np.array([trial % len(motion)])), rng)
        surfaces = {name: pose(figure, each).vertices for name, each in found.items()}
        differ = {
            name: float(np.linalg.norm(each - surfaces["flat"], axis=-1).max()) for name, each in surfaces.items()
        }
        apart = max(apart, differ["mean"], differ["pca"])
        unseen += sum(differ[name] < 1e-2 for name in found if " as " in name)
    judged("F16", "flat, mean and PCA-12 hands: vertices apart", trials=3 * trials, worst=apart, bar=1e-4, unit="m")
    judged(
        "F16", "hands read by the wrong convention, within 1 cm", trials=3 * trials, worst=unseen, bar=0, unit="unseen"
    )


# -- worlds, units and rates (F17) -------------------------------------------------------------------------------------

WALKED = 1.5  # metres, forwards
DELIVERIES = list(
    itertools.product((30.0, 60.0, 120.0), ("z", "y"), (1.0, 0.01), (10, 11, 16, 300), (b"male", "female", b"Neutral"))
)


def delivery(motion: Motion, fps: float, up: str, metres: float, betas: int, gender: bytes | str) -> dict[str, Any]:
    """The motion while its performer walks forwards, as another recorded it."""
    fast = resampled(motion, fps)
    way = fast.transl + np.linspace([0, 0, 0], [0, 0, WALKED], len(fast))
    turn = Rotation.from_euler("y", 70, degrees=True)
    arrays = amass(fast, betas=np.linspace(0, 1, betas), gender=np.array(gender))
    if up == "y":
        whole = fast.full_pose.astype(np.float64)
        whole[:, 0] = (turn * Rotation.from_rotvec(whole[:, 0])).as_rotvec()
        arrays["poses"] = np.concatenate([whole[:, :22], whole[:, 25:]], axis=1).reshape(len(fast), -1)
    world = TO_Z_UP * turn if up == "z" else turn
    numbers = {"poses": arrays["poses"], "trans": world.apply(way) / metres}
    return arrays | {name: value.astype(np.float32) for name, value in numbers.items()}


def difference(found: Motion, motion: Motion) -> float:
    """Metres between joints seen from the pelvis, both performers facing the front at the start."""
    front = Rotation.from_rotvec(motion.full_pose[0, 0]).as_matrix()[:, 0]
    straight = Rotation.from_euler("y", np.arctan2(front[2], front[0]))
    before = straight.apply(joints(motion).reshape(-1, 3)).reshape(len(motion), 55, 3)
    return float(np.abs(joints(found)[: len(motion)] - before[: len(found)]).max())


@counts(12, 144)
def test_one_motion_from_every_world_unit_and_rate_is_one(
    tmp_path: Path, motion: Motion, judged: Judge, trials: int
) -> None:
    assert len(DELIVERIES) == 144
    apart = late = 0.0
    misread = unlike = 0
    heights: list[float] = []
    for fps, up, metres, betas, gender in random.Random(0).sample(DELIVERIES, trials):
        path = saved(tmp_path / "a.npz", delivery(motion, fps, up, metres, betas, gender))
        found = read_motion(path, Reading(up=up, metres=0.0 if metres == 1 else metres))  # type: ignore[arg-type]
        word = gender.decode() if isinstance(gender, bytes) else gender
        misread += (found.gender, found.betas.shape) != (word.lower(), (betas,))
        slow = resampled(found, 30.0)
        late = max(late, abs(len(slow) - len(motion)))
        apart = max(apart, difference(slow, motion))
        unlike += abs(np.linalg.norm(slow.transl[-1, [0, 2]] - slow.transl[0, [0, 2]]) - WALKED) > 0.1
        places, _ = forward(slow.full_pose, slow.transl)
        heights.append(float(places[0, JOINT_INDEX["head"], 1] - places[0, :22, 1].min()))
    tall = sum(not 1.2 <= height <= 2.2 for height in heights)
    judged(
        "F17", "Z or Y up, cm or m, 30 to 120 a second: joints", trials=trials, worst=apart, bar=1e-4, unit="m apart"
    )
    judged("F17", "Z or Y up, cm or m, 30 to 120 a second: duration", trials=trials, worst=late, bar=1, unit="frames")
    judged("F17", "people outside of 1.2 to 2.2 m, head to foot", trials=trials, worst=tall, bar=0, unit="people")
    judged("F17", "paths of 1.5 m that are another length", trials=trials, worst=unlike, bar=0, unit="paths")
    judged("F17", "genders in bytes, 10 to 300 betas: misread", trials=trials, worst=misread, bar=0, unit="files")
