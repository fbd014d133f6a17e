"""Decoding ahead: batches are made ready in threads while the model looks at the one before; memory holds two of them."""

import itertools
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from synthgest.errors import CorruptClip

Item = TypeVar("Item")
Ready = TypeVar("Ready")


def batches(
    items: Iterable[Item],
    prepare: Callable[[Item], Ready],
    *,
    size: int,
    threads: int | None = None,
    corrupt: Callable[[Item, CorruptClip], None] | None = None,
) -> Iterator[list[tuple[Item, Ready]]]:
    """Items with what ``prepare`` makes of each, in order, ``size`` at once.

    corrupt: told of those that cannot be read, which are left out; without it the error goes on.
    """
    with ThreadPoolExecutor(threads or os.cpu_count()) as pool:
        coming = iter(items)
        waiting: deque[tuple[Item, Future[Ready]]] = deque()
        batch: list[tuple[Item, Ready]] = []
        while True:
            for item in itertools.islice(coming, 2 * size - len(waiting)):
                waiting.append((item, pool.submit(prepare, item)))
            if not waiting:
                break
            item, ready = waiting.popleft()
            try:
                batch.append((item, ready.result()))
            except CorruptClip as error:
                if corrupt is None:
                    raise
                corrupt(item, error)
            if len(batch) == size:
                yield batch
                batch = []
        if batch:
            yield batch
