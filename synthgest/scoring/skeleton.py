"""The scorer ``skeleton``: how alike the joints of a clip move to those of other clips of each class, where they are known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthgest.data.dataset import Dataset
from synthgest.errors import SpecError
from synthgest.motion.skeleton import JOINT_INDEX
from synthgest.scoring.references import TEMPERATURE, References, Seen
from synthgest.scoring.sample import Sample
from synthgest.scoring.scorer import ScorerMark
from synthgest.tables import to_value

Floats = NDArray[np.float32]

_ARMS = [
    JOINT_INDEX[name]
    for name in (
        "head",
        "left_eye_smplhf",
        "right_eye_smplhf",
        "left_elbow",
        "right_elbow",
        "left_wrist",
        "right_wrist",
    )
]
_FINGERS = {
    side: [
        JOINT_INDEX[f"{side}_{finger}{segment}"]
        for finger in ("thumb", "index", "middle", "ring", "pinky")
        for segment in (1, 3)
    ]
    for side in ("left", "right")
}
_DESCRIPTION = "1"  # changes whenever ``describe`` does, so that scores of the one are not taken for the other's
_HAND = 0.25  # of a torso: how much a palm's length counts
_MOVING = 2.0  # how much the spread over time counts beside the mean


@dataclass(frozen=True, slots=True, kw_only=True)
class SkeletonSettings:
    """Settings of the scorer ``skeleton``.

    references: a data set whose clips show each class; without it the data set's own clips, each compared with the others.
    nearest: references of each class that count. frames: looked at of each clip. temperature: of the softmax.
    """

    references: str = ""
    nearest: int = 2
    frames: int = 16
    temperature: float = TEMPERATURE

    def __post_init__(self) -> None:
        if not 2 <= self.frames <= 256:
            raise SpecError(f"frames is {self.frames}; expected 2 to 256 of a clip")
        if not self.temperature > 0:
            raise SpecError(f"temperature is {self.temperature}; expected more than 0")


class SkeletonScorer:
    """Nearest references by what the joints do; clips without ``joints_3d`` are refused."""

    def __init__(self, dataset: Dataset, settings: Mapping[str, Any]) -> None:
        chosen = to_value(settings, SkeletonSettings, where="the scorer 'skeleton'")
        self._references = References(
            dataset,
            chosen.references,
            frames=chosen.frames,
            nearest=chosen.nearest,
            prepare=_described,
            embed=np.stack,
        )
        self.mark = ScorerMark(
            scorer="skeleton",
            model="joints_3d",
            weights="",
            preprocessing=_DESCRIPTION,
            classes=dataset.classes,
            texts=(),
            temperature=chosen.temperature,
            frames=chosen.frames,
            ordered=True,
            references=self._references.digest,
        )

    def prepare(self, sample: Sample) -> Seen:
        """What its joints do; nothing for a reference that was read before."""
        return self._references.prepare(sample)

    def cosines(self, prepared: Sequence[Seen]) -> Floats:
        """(N, K) float32."""
        return self._references.cosines(prepared)


def describe(joints: NDArray[np.floating[Any]]) -> Floats:
    """What joints (T, 55, 3) do, metres, Y up, NaN where they are not known, wherever the person stands, faces and however tall.

    (D,): means, spreads and change from the first half to the second of arms, fingers and pelvis.
    """
    known = joints[np.isfinite(joints).all(axis=(1, 2))]
    if not len(known):
        raise SpecError("not one frame has joints; expected some that are known")
    poses = _poses(known)
    first, second = poses[: (len(poses) + 1) // 2], poses[len(poses) // 2 :]
    parts = [poses.mean(axis=0), _MOVING * poses.std(axis=0), second.mean(axis=0) - first.mean(axis=0)]
    return np.concatenate(parts).astype(np.float32)


def _described(sample: Sample) -> Floats:
    joints = sample.truth("joints_3d")
    if joints is None:
        raise SpecError(
            f"clip {sample.clips[0].id} has no joints_3d; the scorer 'skeleton' is for clips whose joints are known"
        )
    return describe(joints)


def _poses(joints: NDArray[np.floating[Any]]) -> NDArray[np.floating[Any]]:
    """(T, D): joints of arms seen from the neck, of fingers from their wrist, of the pelvis from its mean place."""
    index = JOINT_INDEX
    across = np.mean(
        joints[:, index["left_hip"]]
        - joints[:, index["right_hip"]]
        + joints[:, index["left_shoulder"]]
        - joints[:, index["right_shoulder"]],
        axis=0,
    )
    turn = np.arctan2(across[2], across[0])
    cos, sin = np.cos(turn), np.sin(turn)
    faced = joints @ np.array([[cos, 0, sin], [0, 1, 0], [-sin, 0, cos]]).T
    torso = np.median(np.linalg.norm(faced[:, index["neck"]] - faced[:, index["pelvis"]], axis=-1))
    parts = [(faced[:, _ARMS] - faced[:, [index["neck"]]]) / torso]
    for side, fingers in _FINGERS.items():
        wrist = faced[:, [index[f"{side}_wrist"]]]
        palm = np.median(np.linalg.norm(faced[:, index[f"{side}_middle1"]] - wrist[:, 0], axis=-1))
        parts.append((faced[:, fingers] - wrist) * _HAND / palm)
    parts.append((faced[:, [index["pelvis"]]] - np.mean(faced[:, [index["pelvis"]]], axis=0)) / torso)
    return np.concatenate(parts, axis=1).reshape(len(joints), -1)
