"""What a run would take: a few of its clips are made for measurement, in a folder of their own, and thrown away."""

import math
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

from synthgest.generation import Prepared, outcomes_of

TRIALS = 6
"""Clips that are made for measurement, at least; enough that every worker makes two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """bytes on disk and seconds of wall clock for the clips that are still missing, from so many trials."""

    bytes: int
    seconds: float
    trials: int


def estimate(prepared: Prepared) -> Estimate:
    """Bytes and seconds that the missing clips of a plan would take."""
    workers = max(1, prepared.request.workers)
    wanted = min(max(TRIALS, 2 * workers), prepared.missing)
    trials = prepared.shots[:: max(1, len(prepared.shots) // wanted)][:wanted] if wanted else ()
    if not trials:
        return Estimate(bytes=0, seconds=0.0, trials=0)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        (out / "clips").mkdir()
        began = time.monotonic()
        there = replace(prepared, request=replace(prepared.request, out=out))
        arrivals = [time.monotonic() - began for _ in outcomes_of(there, trials)]
        size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    seconds = _seconds(arrivals, workers, prepared.missing)
    return Estimate(bytes=math.ceil(size / len(trials) * prepared.missing), seconds=seconds, trials=len(trials))


def _seconds(arrivals: list[float], workers: int, missing: int) -> float:
    """The workers' start, which their first clips carry, and then the pace of the clips that came after."""
    first = min(workers, len(arrivals)) - 1
    later = len(arrivals) - 1 - first
    if not later:
        return arrivals[-1] * max(1.0, missing / len(arrivals))
    return arrivals[first] + (arrivals[-1] - arrivals[first]) / later * max(0, missing - first - 1)
