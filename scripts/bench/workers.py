"""What more workers bring, and what actors of a ray cluster cost beside local workers: whole runs, made and published."""

import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from rows import Row

from synthgest.executors.names import ExecutorName
from synthgest.generation import Request, prepare, run
from synthgest.gestures import load_gestures
from synthgest.recipes import load_recipe

CLIPS, ROUNDS = 10, 3  # of each of seven gestures


def rate(workers: int, executor: ExecutorName = ExecutorName.LOCAL) -> float:
    """Seconds a clip once every worker has made one: starting is not what is compared."""
    with tempfile.TemporaryDirectory() as folder:
        request = Request(
            gestures=load_gestures(["rocog"]),
            recipe=load_recipe("pose-transfer", {"fps": 8, "frames": [12, 24]}),
            clips=CLIPS,
            seed=0,
            out=Path(folder) / "out",
            workers=workers,
            executor=executor,
        )
        moments: list[float] = []
        run(prepare(request), progress=lambda _: moments.append(time.perf_counter()))
    begun = 2 * workers
    return (moments[-1] - moments[begun - 1]) / (len(moments) - begun)


def main() -> None:
    """Measure in turn, and tell."""
    one, two, ray = [], [], []
    for _ in range(ROUNDS):
        one.append(rate(1))
        two.append(rate(2))
        if find_spec("ray"):
            ray.append(rate(2, ExecutorName.RAY))
    Row(what="two workers", against="one", ours=median(two), theirs=median(one), each="clip").tell()
    if ray:
        Row(
            what="two actors of ray", against="two local workers", ours=median(ray), theirs=median(two), each="clip"
        ).tell()


if __name__ == "__main__":
    main()
