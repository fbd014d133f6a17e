"""Draping: a skirt at every frame, hung from the waist by its own weight, kept off the legs and as long as it was cut.

Position-based dynamics (Mueller et al. 2007) without time: each frame relaxes by itself from where skinning put the cloth, so
that the same pose always drapes alike and a clip does not depend on where it begins.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthgest.body.figure import Skirt
from synthgest.motion.skeleton import JOINT_INDEX

Floats = NDArray[np.float32]

_ROUNDS = 5
_SAG = 0.012
"""Metres that the cloth falls in a round before it is held back."""
_GIVE = 1.06
"""How far cloth stretches before it pulls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bone:
    """A thigh or a shin.

    start, axis: (T, 1, 1, 3) a bone at every frame, metres. radii: of the leg at its ends. room: (1, R, C) how far off the
    bone each vertex was cut, which is as near as it may come where the cone is wider. thigh: whether it is one.
    """

    start: Floats
    axis: Floats
    radii: tuple[float, float]
    room: Floats
    thigh: bool


def drape(cloth: Floats, places: Floats, rest: Floats, joints: Floats, skirt: Skirt) -> None:
    """Move the skirt's vertices (T, N, 3), in place, from where skinning put them to where they hang.

    places: (T, 55, 3) joints. rest, joints: (N, 3) and (55, 3), the cloth and the joints at rest. All in metres.
    """
    frames = len(cloth)
    shape = (skirt.rows, skirt.columns, 3)
    skinned = cloth.reshape(frames, *shape)[:, :, :-1]
    cut = rest.reshape(shape)[:, :-1]
    # Over two legs apart a narrow skirt has to give: as taut as skinning makes it, but no tauter, or it slips off the thigh.
    around = np.maximum(_GIVE * _lengths(cut[None]), 0.92 * _lengths(skinned))
    down = np.linalg.norm(np.diff(cut, axis=0), axis=-1, keepdims=True)
    held = _held(cut, skirt)
    bones = _bones(places, cut, joints, skirt)
    place = skinned.copy()
    for _ in range(_ROUNDS):
        place[..., 1] -= _SAG * (1 - held[..., 0])
        _pull_around(place, around)
        _pull_down(place, down)
        _smooth(place, skinned)
        place += held * (skinned - place)
        _push_out(place, bones)
    whole = np.concatenate([place, place[:, :, :1]], axis=2)
    cloth[:] = whole.reshape(frames, -1, 3)


def _lengths(place: Floats) -> Floats:
    """(T, R, C, 1) from each vertex to the next in its row."""
    apart = np.roll(place, -1, axis=2) - place
    return np.asarray(np.sqrt(np.einsum("...i,...i->...", apart, apart))[..., None], np.float32)


def _held(cut: Floats, skirt: Skirt) -> Floats:
    """(rows, 1, 1) how firmly each row sits on the body: wholly at the waist, not at all below the hips."""
    drop = cut[0, :, 1].mean() - cut[:, :, 1].mean(axis=1)
    share: Floats = np.clip(1.5 - drop / skirt.hip_drop * 1.2, 0, 1)[:, None, None].astype(np.float32)
    return share


def _pull_around(place: Floats, length: Floats) -> None:
    """Draw neighbours in a row together where they are further apart than the cloth is long."""
    apart = np.roll(place, -1, axis=2) - place
    far = _lengths(place)
    apart *= 0.45 * np.maximum(1 - length / np.maximum(far, 1e-6), 0)
    place += apart
    place -= np.roll(apart, 1, axis=2)


def _pull_down(place: Floats, length: Floats) -> None:
    """Hold each row to the one above."""
    for row in range(1, place.shape[1]):
        apart = place[:, row] - place[:, row - 1]
        far = np.sqrt(np.einsum("...i,...i->...", apart, apart))[..., None]
        place[:, row] = place[:, row - 1] + apart * np.minimum(1, length[row - 1] / np.maximum(far, 1e-6))


def _smooth(place: Floats, skinned: Floats) -> None:
    """Even out what was moved between neighbours, which leaves the folds that the skirt was cut with."""
    moved = place - skinned
    moved += 0.25 * (np.roll(moved, 1, axis=2) + np.roll(moved, -1, axis=2) - 2 * moved)
    moved[:, 1:-1] += 0.2 * (moved[:, :-2] + moved[:, 2:] - 2 * moved[:, 1:-1])
    place[:] = skinned + moved


def _push_out(place: Floats, bones: Sequence[_Bone]) -> None:
    """Move the cloth (T, R, C, 3), in place, out of the legs."""
    for bone in bones:
        along, off = _from_bone(place, bone.start, bone.axis)
        distance = np.sqrt(np.einsum("...i,...i->...", off, off))
        radius = np.minimum(bone.radii[0] + (bone.radii[1] - bone.radii[0]) * along, bone.room)
        # Around the hip joint itself the cloth is the waistband's affair.
        free = np.clip((along - 0.05) / 0.15, 0, 1) if bone.thigh else np.float32(1)
        share = free * np.maximum(radius - distance, 0) / np.maximum(distance, 1e-6)
        place += share[..., None] * off


def _bones(places: Floats, cut: Floats, joints: Floats, skirt: Skirt) -> list[_Bone]:
    """Thighs and shins at every frame; joints: (55, 3) at rest."""
    bones = []
    for side in ("left", "right"):
        chain = [JOINT_INDEX[f"{side}_{joint}"] for joint in ("hip", "knee", "ankle")]
        for segment in (0, 1):
            first, last = chain[segment], chain[segment + 1]
            start, axis = places[:, first, None, None], (places[:, last] - places[:, first])[:, None, None]
            _, off = _from_bone(cut[None], joints[first], joints[last] - joints[first])
            bones.append(
                _Bone(
                    start=start,
                    axis=axis,
                    radii=(skirt.radii[segment], skirt.radii[segment + 1]),
                    room=np.linalg.norm(off, axis=-1),
                    thigh=segment == 0,
                )
            )
    return bones


def _from_bone(place: Floats, start: Floats, axis: Floats) -> tuple[Floats, Floats]:
    """How far along a bone, 0 to 1, each place lies (...), and the way to it from there (..., 3)."""
    off = place - start
    along = np.einsum("...i,...i->...", off, axis) / np.einsum("...i,...i->...", axis, axis)
    along = np.clip(along, 0, 1)
    off -= along[..., None] * axis
    return along, off
