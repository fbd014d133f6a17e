"""How long an encoder takes, batch by batch; decoding and preparing apart, and a check of the clock itself."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from synthgest.data.labelled import LabelledClip
from synthgest.data.video import tsn_indices
from synthgest.encoders.encoder import Encoder
from synthgest.errors import SpecError

WARM, TIMED = 10, 50
"""Calls before the clock counts, and calls that it counts (METHODS: at least)."""

BATCHES = (1, 2, 4, 8)
STEADY = 0.15
"""Two timings of the same thing may differ by this part of their median; if they differ by more, the machine is too busy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Milliseconds of a call. clips: in it. median, p95: of ``TIMED`` calls."""

    clips: int
    median: float
    p95: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """encoder: by batch size. decoding, preparing: of one clip. again: the smallest batch a second time.

    What data tuned the weights cannot change a latency, so the second timing, like that of any other weights, must be the
    first: ``steady`` says whether it is.
    """

    device: str
    encoder: tuple[Timing, ...]
    decoding: Timing
    preparing: Timing
    again: Timing

    @property
    def steady(self) -> bool:
        """Whether the figures can be believed."""
        first = self.encoder[0].median
        return abs(self.again.median - first) <= STEADY * first


def latency(
    encoder: Encoder,
    clip: LabelledClip,
    *,
    sizes: Sequence[int] = BATCHES,
    device: str = "cpu",
    warm: int = WARM,
    timed: int = TIMED,
    progress: Callable[[int], None] | None = None,
) -> Latency:
    """Time an encoder on one clip, repeated to batches. sizes: of the batches. progress: called with 1 after each timing."""
    if not sizes or min(sizes) < 1:
        raise SpecError(f"batch sizes are {list(sizes)}; expected numbers from 1")
    numbers = tsn_indices(clip.length, encoder.mark.frames)
    frames = clip.frames_at(numbers)
    ready = encoder.prepare(frames)
    module = encoder.module.eval().to(device)

    def time_of(call: Callable[[], object], clips: int) -> Timing:
        found = _timed(call, warm, timed, device)
        if progress is not None:
            progress(1)
        return Timing(clips=clips, median=float(np.median(found)), p95=float(np.quantile(found, 0.95)))

    def encode(size: int) -> Callable[[], object]:
        videos = ready[None].repeat(size, 1, 1, 1, 1).to(device)
        videos[:, 0, 0, 0, 0] ^= 1  # not one picture repeated, for which an encoder may do less
        return lambda: module(videos)

    with torch.inference_mode():
        return Latency(
            device=device,
            encoder=tuple(time_of(encode(size), size) for size in sizes),
            decoding=time_of(lambda: clip.frames_at(numbers), 1),
            preparing=time_of(lambda: encoder.prepare(frames), 1),
            again=time_of(encode(sizes[0]), sizes[0]),
        )


def _timed(call: Callable[[], object], warm: int, timed: int, device: str) -> list[float]:
    found = []
    for number in range(warm + timed):
        _finish(device)
        began = time.perf_counter()
        call()
        _finish(device)
        if number >= warm:
            found.append((time.perf_counter() - began) * 1000)
    return found


def _finish(device: str) -> None:
    """Wait for an accelerator, which answers before it is done."""
    if device != "cpu":
        torch.accelerator.synchronize()
