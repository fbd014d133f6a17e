"""What a run would take: by others' measurement where a recipe quotes one, else by a few clips that are made and thrown away."""

import math
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from synthgest.executors.names import ExecutorName
from synthgest.generation import Prepared, outcomes_of

TRIALS = 6
"""Clips that are made for measurement, at least; enough that every worker makes two."""

_BYTES_A_PIXEL = 0.06
"""Of video as it is published, a frame: 0.02 to 0.10 were measured on drawn clips, which hold noise as a camera's do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What the clips that are still missing would take.

    bytes: on disk. seconds: of wall clock. gpu_hours: of all accelerators together; 0 where none is used. trials: clips that
    were made for it. source: in words, what it rests on.
    """

    bytes: int
    seconds: float
    gpu_hours: float
    trials: int
    source: str


def estimate(prepared: Prepared) -> Estimate:
    """Disk and time for the missing clips of a plan."""
    if not prepared.missing:
        return Estimate(bytes=0, seconds=0.0, gpu_hours=0.0, trials=0, source="all clips are there")
    return _quoted(prepared) if prepared.request.recipe.published.seconds else _measured(prepared)


def _quoted(prepared: Prepared) -> Estimate:
    recipe = prepared.request.recipe
    busy = recipe.published.seconds * prepared.missing
    sides = (recipe.settings.get(key, 0) for key in ("width", "height", "frames"))
    pixels = math.prod(float(np.mean(side)) for side in sides) * prepared.missing  # of a range, the middle
    return Estimate(
        bytes=math.ceil(pixels * _BYTES_A_PIXEL),
        seconds=busy / max(1, prepared.workers),
        gpu_hours=busy / 3600,
        trials=0,
        source=f"as published for {recipe.published.seconds_on}, not measured here",
    )


def _measured(prepared: Prepared) -> Estimate:
    workers = max(1, prepared.workers)
    wanted = min(max(TRIALS, 2 * workers), prepared.missing)
    trials = prepared.shots[:: max(1, len(prepared.shots) // wanted)][:wanted]
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        (out / "clips").mkdir()
        began = time.monotonic()
        there = replace(prepared, request=replace(prepared.request, out=out, executor=ExecutorName.LOCAL))
        arrivals = [time.monotonic() - began for _ in outcomes_of(there, trials, trial=True)]
        size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    seconds = _seconds(arrivals, workers, prepared.missing)
    return Estimate(
        bytes=math.ceil(size / len(trials) * prepared.missing),
        seconds=seconds,
        gpu_hours=seconds * min(workers, len(prepared.devices)) / 3600,
        trials=len(trials),
        source=f"measured on {len(trials)} trial clips",
    )


def _seconds(arrivals: list[float], workers: int, missing: int) -> float:
    """The workers' start, which their first clips carry, and then the pace of the clips that came after."""
    first = min(workers, len(arrivals)) - 1
    later = len(arrivals) - 1 - first
    if not later:
        return arrivals[-1] * max(1.0, missing / len(arrivals))
    return arrivals[first] + (arrivals[-1] - arrivals[first]) / later * max(0, missing - first - 1)
