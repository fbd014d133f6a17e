"""Training samples of the encoder ``small``: a square around the person, with the joints, mask and size that are in it."""

from collections.abc import Mapping, Sequence
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torchvision.transforms import v2

from synthgest.data.video import random_indices
from synthgest.encoders.locating import CROP
from synthgest.encoders.pose_network import JOINTS, NECK, SMPLX, STRIDE, TWINS
from synthgest.frames import Frames

Floats = NDArray[np.floating[Any]]

_NEAR = 0.75  # part of the samples that are squares around the person, as when a clip is recognised; the others search
_NEAR_METRES = (1.5, 2.9)  # sides of the squares
_WIDE_METRES = (1.8, 5.2)
_OFF = 0.13  # metres by which such a square misses the person
_ROLL = 8.0  # degrees
_STRETCH = (0.92, 1.08)
_CELLS = CROP // STRIDE
_CAMERA = ("joints_3d", "camera_extrinsics", "camera_intrinsics")  # what says how large a metre is


def posed_sample(
    frames: Frames,
    numbers: Sequence[int],
    truth: Mapping[str, NDArray[Any]],
    rng: np.random.Generator,
    *,
    moments: int,
    place: Floats | None = None,
) -> dict[str, torch.Tensor]:
    """A square of the clip, the same in all frames, and what the network must see in it; zeros where there is no truth.

    place: (2, 3), from the frames' pixels to the square's; by default around the person, or somewhere near.

    video: (T, 3, CROP, CROP) uint8. joints: (T, J, 2) pixels. seen: (T, J) bool, whether they are in the square. size: (T,)
    logarithm of the pixels to a metre. mask: (T, h, w) part of each cell that the person covers. motion: (moments, J, 2) where the
    joints are in the same square at so many frames of the whole clip, in pixels, within the square; NaN where nothing is known.
    """
    shape = len(frames), len(JOINTS)
    if "joints_2d" not in truth:
        blank = {"joints": torch.zeros(*shape, 2), "seen": torch.zeros(shape, dtype=torch.bool)}
        blank |= {"size": torch.zeros(len(frames)), "mask": torch.zeros(len(frames), _CELLS, _CELLS)}
        blank |= {"motion": torch.full((moments, len(JOINTS), 2), torch.nan)}
        place = _whole(frames, rng) if place is None else place
        return {"video": _changed(_warped(frames, place), rng), **blank}
    every = truth["joints_2d"][:, SMPLX].astype(np.float64)
    joints, metre = every[numbers], _metre({name: truth[name][numbers] for name in _CAMERA})
    place = _square(joints, metre, rng) if place is None else place
    found = joints @ place[:, :2].T + place[:, 2]
    motion = every[random_indices(len(every), moments, rng)] @ place[:, :2].T + place[:, 2]
    masks = [_warped_one(mask.astype(np.uint8) * 255, place, _INSIDE) for mask in truth["mask"][numbers]]
    small = [cv2.resize(mask, (_CELLS, _CELLS), interpolation=cv2.INTER_AREA) for mask in masks]
    return {
        "video": _changed(_warped(frames, place), rng),
        "joints": torch.from_numpy(found.astype(np.float32)),
        "seen": torch.from_numpy(((found > 1) & (found < CROP - 1)).all(axis=2)),
        "size": torch.from_numpy(np.log(metre * np.sqrt(abs(np.linalg.det(place[:, :2])))).astype(np.float32)),
        "mask": torch.from_numpy(np.stack(small).astype(np.float32) / 255),
        "motion": torch.from_numpy(motion.clip(0, CROP).astype(np.float32)),
    }


def mirrored_sample(sample: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The same sample in a mirror: what was a left joint is a right one."""
    turned = {"video": sample["video"].flip(-1), "mask": sample["mask"].flip(-1)}
    for name in ("joints", "motion"):
        turned[name] = sample[name][:, TWINS].clone()
        turned[name][..., 0] = CROP - turned[name][..., 0]
    return {**sample, **turned, "seen": sample["seen"][:, TWINS]}


def _metre(truth: Mapping[str, NDArray[Any]]) -> Floats:
    """(T,): pixels to a metre at the neck's distance from the camera."""
    neck = truth["joints_3d"][:, SMPLX[NECK]]
    rotation, shift = truth["camera_extrinsics"][:, :3, :3], truth["camera_extrinsics"][:, :3, 3]
    distance = np.einsum("tj,tj->t", rotation[:, 2], neck) + shift[:, 2]
    metre: Floats = truth["camera_intrinsics"][:, 0, 0] / np.maximum(distance, 0.1)
    return metre


def _square(joints: Floats, metre: Floats, rng: np.random.Generator) -> Floats:
    """(2, 3): from pixels of the frame to those of a square around, or somewhere near, the person."""
    usual = float(np.median(metre))
    near = rng.random() < _NEAR
    low, high = _NEAR_METRES if near else _WIDE_METRES
    side = float(np.exp(rng.uniform(np.log(low), np.log(high))))
    neck = np.median(joints[:, NECK], axis=0)
    if near:
        off = np.array([rng.normal(0, _OFF), 0.12 + rng.normal(0, _OFF)])  # metres from the neck to the middle
    else:
        room = max(0.0, side / 2 - 0.6)
        off = np.array([rng.uniform(-room, room), 0.3 + rng.uniform(-room, room)])
    scale = CROP / (side * usual) * np.array([rng.uniform(*_STRETCH), 1.0])
    roll = np.radians(np.clip(rng.normal(0, _ROLL), -3 * _ROLL, 3 * _ROLL))
    turn = np.array([[np.cos(roll), -np.sin(roll)], [np.sin(roll), np.cos(roll)]]) * scale
    return np.hstack([turn, (CROP / 2 - turn @ (neck + off * usual))[:, None]])


def _whole(frames: Frames, rng: np.random.Generator) -> Floats:
    """(2, 3): most of a frame, for a clip of which nothing is known."""
    height, width = frames.shape[1:3]
    scale = CROP / (max(height, width) * rng.uniform(0.5, 1.0))
    middle = np.array([width, height]) * rng.uniform(0.4, 0.6, 2)
    return np.hstack([np.eye(2) * scale, (CROP / 2 - scale * middle)[:, None]])


_INSIDE, _ON = cv2.BORDER_CONSTANT, cv2.BORDER_REPLICATE  # nobody stands beyond the frame; its border goes on


def _warped(frames: Frames, place: Floats) -> torch.Tensor:
    """(T, 3, CROP, CROP) uint8."""
    return torch.from_numpy(np.stack([_warped_one(frame, place, _ON) for frame in frames])).permute(0, 3, 1, 2)


def _warped_one(picture: NDArray[np.uint8], place: Floats, border: int) -> NDArray[np.uint8]:
    scale = np.sqrt(abs(np.linalg.det(place[:, :2])))
    if scale < 0.6:  # else pixels between the samples would be passed over
        picture = np.asarray(cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)
        place = np.hstack([place[:, :2] * 2, place[:, 2:]])
    return np.asarray(cv2.warpAffine(picture, place, (CROP, CROP), flags=cv2.INTER_LINEAR, borderMode=border), np.uint8)


_PHOTOMETRIC = v2.Compose(
    [
        v2.ColorJitter(brightness=0.4, contrast=0.4, saturation=0.5),
        v2.RandomGrayscale(0.1),
        v2.RandomApply([v2.GaussianBlur(5, (0.3, 1.6))], 0.35),
        v2.RandomAdjustSharpness(2.0, 0.15),
        v2.RandomErasing(0.2, scale=(0.02, 0.12), value="random"),
    ]
)


def _changed(video: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
    """Other light, colours and sharpness, as torchvision draws them; torch's chance was seeded for the item by the caller."""
    tinted = video.float() * torch.from_numpy(rng.uniform(0.85, 1.15, (1, 3, 1, 1)).astype(np.float32))
    shaken: torch.Tensor = _PHOTOMETRIC(tinted.clamp(0, 255).to(torch.uint8).contiguous())
    if rng.random() < 0.5:
        noise = rng.normal(0, rng.uniform(1, 12), video.shape).astype(np.float32)
        shaken = (shaken.float() + torch.from_numpy(noise)).clamp(0, 255).to(torch.uint8)
    return _compressed(shaken, int(rng.integers(25, 91))) if rng.random() < 0.3 else shaken


def _compressed(video: torch.Tensor, quality: int) -> torch.Tensor:
    """As cameras keep pictures."""
    kept = [
        np.asarray(
            cv2.imdecode(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_COLOR)
        )
        for picture in video.permute(0, 2, 3, 1).numpy()
    ]
    return torch.from_numpy(np.stack(kept)).permute(0, 3, 1, 2).to(torch.uint8)
