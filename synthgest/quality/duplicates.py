"""Near-duplicates: clips that show the same pictures, though encoded, scaled, cut or lit a little otherwise."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.fft import dctn

from synthgest.data.labelled import LabelledClip
from synthgest.data.splits import Leak
from synthgest.data.video import tsn_indices
from synthgest.frames import Frames
from synthgest.quality.measures import thumbnails

Bits = NDArray[np.uint8]

FRAMES = 5
"""Frames of a clip that are hashed: the centres of as many equal parts."""

_SIDE = 8  # of the low frequencies that are kept, of 32
_BITS = FRAMES * (_SIDE * _SIDE - 1)
NEAR = 0.18
"""Share of bits in which two near-duplicates differ, at most; unrelated clips differ in half of them."""

_ROWS, _COLUMNS = 2048, 16384  # clips that are compared at once: 130 MB, however many there are


def perceptual_hash(frames: Sequence[NDArray[np.uint8]] | Frames) -> Bits:
    """(``FRAMES`` * 63 bits, packed) uint8: the signs of each frame's low frequencies against their median (pHash).

    frames: ``FRAMES`` of (H, W, 3) uint8 RGB, such as ``Clip.sampled(FRAMES)``.
    """
    return _signs(thumbnails(frames))


def motion_hash(frames: Frames) -> Bits:
    """As ``perceptual_hash``, of what differs from the clip's median picture: a camera and a place that stay leave no trace.

    frames: all of a clip, (T, H, W, 3) uint8 RGB.
    """
    small = thumbnails(frames)
    moved = np.abs(small - np.median(small, axis=0))
    return _signs(moved[list(tsn_indices(len(moved), FRAMES))])


def _signs(thumbnails: NDArray[np.float32]) -> Bits:
    bits = []
    for small in thumbnails:
        low = dctn(small, norm="ortho")[:_SIDE, :_SIDE].ravel()[1:]  # without the mean, which is only brightness
        bits.append(low > np.median(low))
    return np.packbits(np.concatenate(bits))


def hashed(clip: LabelledClip) -> Bits:
    """The perceptual hash of a clip's frames."""
    return perceptual_hash(clip.frames_at(tsn_indices(clip.length, FRAMES)))


def duplicate_leaks(first: Sequence[LabelledClip], second: Sequence[LabelledClip], *, near: float = NEAR) -> list[Leak]:
    """Clips of two splits that show the same pictures, whatever their records say; one finding for each clip of the second."""
    hashes = [hashed(clip) for clip in (*first, *second)]
    found: dict[int, Leak] = {}
    for one, other, _ in near_duplicates(hashes, near=near):
        if one < len(first) <= other:
            twin = second[other - len(first)]
            found.setdefault(other, Leak(first=first[one].id, second=twin.id, reason="near-duplicate"))
    return [found[number] for number in sorted(found)]


def near_duplicates(hashes: Sequence[Bits], *, near: float = NEAR) -> Iterator[tuple[int, int, float]]:
    """Pairs (first, second, share of bits that differ) of clips that are near-duplicates, in order.

    hashes: of all clips, by ``perceptual_hash``. Every pair is compared: 10,000 clips take some seconds.
    """
    if not len(hashes):
        return
    unpacked = np.unpackbits(np.stack(hashes), axis=1)[:, :_BITS].astype(np.float32) * 2 - 1
    least = _BITS * (1 - 2 * near) - 1e-3
    for start in range(0, len(unpacked), _ROWS):
        found: list[tuple[int, int, float]] = []
        for other in range(start, len(unpacked), _COLUMNS):
            # bits that agree, less those that do not
            alike = unpacked[start : start + _ROWS] @ unpacked[other : other + _COLUMNS].T
            near_ones = alike >= least
            if other < start + _ROWS:
                near_ones = np.triu(near_ones, k=start - other + 1)  # each pair once
            first, second = np.nonzero(near_ones)
            apart = (1 - alike[first, second] / _BITS) / 2
            found += zip((first + start).tolist(), (second + other).tolist(), apart.tolist(), strict=True)
        yield from sorted(found)
