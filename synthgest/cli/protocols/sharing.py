"""Sharing: processes with the same command line, which take trials that nobody else has taken."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Others:
    """Processes that work beside this one."""

    processes: Sequence[subprocess.Popen[bytes]]

    def wait(self) -> bool:
        """Until all have ended; whether there were any."""
        for process in self.processes:
            process.wait()
        return bool(self.processes)


@contextlib.contextmanager
def sharing(count: int) -> Iterator[Others]:
    """Begin ``count`` other processes, each to see one GPU in turn where there are some, and end them with what is done within.

    Each computes with as many threads as this process would, for their number changes the last bits of a sum.
    """
    devices = _devices() if count > 0 else []
    if devices:
        os.environ["CUDA_VISIBLE_DEVICES"] = devices[0]
    words = sys.argv[1:]
    end = words.index("--") if "--" in words else len(words)  # what comes after it are no options
    command = [sys.executable, "-P", "-m", "synthgest", *words[:end], "--workers", "1", *words[end:]]
    processes = []
    try:
        for number in range(1, count + 1):
            seen = {"CUDA_VISIBLE_DEVICES": devices[number % len(devices)]} if devices else {}
            processes.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, env=os.environ | seen))
        yield Others(processes)
    finally:
        for process in processes:
            process.terminate()
            process.wait()


def _devices() -> list[str]:
    """Values of CUDA_VISIBLE_DEVICES, one for each GPU that this process may use."""
    given = os.environ.get("CUDA_VISIBLE_DEVICES")
    if given is not None:
        return [each for each in given.split(",") if each.strip()]
    from synthgest.data.device import gpu_count

    return [str(number) for number in range(gpu_count())]
