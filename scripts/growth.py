"""How a run grows: a toy generator makes very many clips, and every so often speed, memory and the resume scan are told.

    python scripts/growth.py OUT [--clips 200000] [--every 20000] [--workers 2]

Clips are 4 frames of 32 x 32, so that what is seen is the cost around a clip: encoding, checks, files, records. A run that was
stopped goes on. The last line compares the first steps with the last.
"""

import argparse
import os
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests" / "toy"))
os.environ["PYTHONPATH"] = os.pathsep.join(
    filter(None, [str(ROOT / "tests" / "toy"), os.environ.get("PYTHONPATH", "")])
)

from synthgest.data.records import record_ids  # noqa: E402
from synthgest.generation import Request, prepare, run  # noqa: E402
from synthgest.gestures import load_gestures  # noqa: E402
from synthgest.types import Recipe  # noqa: E402


def resident() -> float:
    """MB of this process and its children."""
    parents = {os.getpid()}
    total = 0.0
    for path in sorted(Path("/proc").glob("[0-9]*/stat"), key=lambda path: int(path.parent.name)):
        try:
            words = path.read_text().rpartition(")")[2].split()
            pages = int((path.parent / "statm").read_text().split()[1])
        except OSError:
            continue
        process, parent = int(path.parent.name), int(words[1])
        if process in parents or parent in parents:
            parents.add(process)
            total += pages * os.sysconf("SC_PAGE_SIZE") / 2**20
    return total


def main() -> None:
    """Grow, and print a row a step."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--clips", type=int, default=200_000)
    parser.add_argument("--every", type=int, default=20_000)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    toy = Recipe(name="toy", engine="toy", settings={"frames": 4, "size": 32})
    gestures = load_gestures(["everyday/wave", "rocog/Halt"])
    request = Request(
        gestures=gestures, recipe=toy, clips=asked.clips // 2, seed=0, out=asked.out, workers=asked.workers
    )
    began = time.monotonic()
    prepared = prepare(request)
    print(
        f"{prepared.published} clips are there, {prepared.missing} missing; planned in {time.monotonic() - began:.1f} s"
    )
    print(f"{'clips':>8s} {'clips/s':>8s} {'MB':>7s} {'scan, s':>8s}", flush=True)
    rows: list[tuple[float, float]] = []
    state = {"count": 0, "since": time.monotonic()}

    def told(_: object) -> None:
        state["count"] += 1
        if state["count"] % asked.every == 0:
            speed = asked.every / (time.monotonic() - state["since"])
            before = time.monotonic()
            there = len(record_ids(asked.out))
            rows.append((speed, resident()))
            print(f"{there:8d} {speed:8.1f} {rows[-1][1]:7.0f} {time.monotonic() - before:8.2f}", flush=True)
            state["since"] = time.monotonic()

    summary = run(prepared, progress=told)
    print(f"{summary.clips} clips, {summary.failed} failed, {summary.seconds:.0f} s with the derived files")
    if len(rows) > 2:
        first, last = rows[1], rows[-1]  # the first step also loads everything
        print(f"speed at the end to the beginning: {last[0] / first[0]:.2f}; memory: {last[1] - first[1]:+.0f} MB")


if __name__ == "__main__":
    main()
