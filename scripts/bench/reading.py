"""What the torch loader costs beside those that one would write: with PyAV, with OpenCV, and with decord where it is installed."""

import tempfile
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import torch
from rows import Row, side_by_side
from torch.utils.data import DataLoader, Dataset

import synthgest as sg
from synthgest.data.dataset import Clip
from synthgest.data.video import tsn_indices

ROUNDS, FRAMES, WORKERS = 3, 8, 2
Reader = Callable[[str, Sequence[int]], np.ndarray]
"""From a path and the numbers of frames to these, (N, H, W, 3) RGB."""


def by_pyav(path: str, numbers: Sequence[int]) -> np.ndarray:
    """Decode to the last of them, keep those."""
    found = []
    with av.open(path) as container:
        stream = container.streams.video[0]
        stream.thread_count = 1
        for number, frame in enumerate(container.decode(stream)):
            if number in numbers:
                found.append(frame.to_ndarray(format="rgb24"))
            if number == numbers[-1]:
                break
    return np.stack(found)


def by_opencv(path: str, numbers: Sequence[int]) -> np.ndarray:
    """As tutorials do it: read all, turn all to RGB, pick."""
    film, found = cv2.VideoCapture(path), []
    while True:
        there, frame = film.read()
        if not there:
            return np.stack(found)[list(numbers)]
        found.append(cv2.cvtColor(frame, cv2.COLOR_BGR2RGB))


def by_decord(path: str, numbers: Sequence[int]) -> np.ndarray:
    """Its batch of frames."""
    decord = import_module("decord")
    return decord.VideoReader(path, num_threads=1).get_batch(list(numbers)).asnumpy()  # type: ignore[no-any-return]


class Plain(Dataset[Any]):
    """The same frames by one of these readers, as floats."""

    def __init__(self, clips: tuple[Clip, ...], reader: Reader) -> None:
        self._clips, self._reader = clips, reader

    def __len__(self) -> int:
        """Number of clips."""
        return len(self._clips)

    def __getitem__(self, index: int) -> torch.Tensor:
        """One clip's frames as the loader gives them."""
        clip = self._clips[index]
        frames = self._reader(str(clip.path), list(tsn_indices(clip.record.frames, FRAMES)))
        return torch.from_numpy(frames).permute(0, 3, 1, 2).float().div_(255)


def main() -> None:
    """Measure on clips of the default recipe, and tell."""
    readers: dict[str, Reader] = {"a PyAV loop": by_pyav, "an OpenCV loop over all frames": by_opencv}
    if find_spec("decord"):
        readers["decord"] = by_decord
    with tempfile.TemporaryDirectory() as folder:
        dataset = sg.generate(["rocog", "everyday/wave"], out=Path(folder) / "data", seed=0, clips=4)
        views = {"ours": dataset.torch(frames=FRAMES)}
        views |= {name: Plain(dataset.clips, reader) for name, reader in readers.items()}
        loaders = {
            name: DataLoader(view, batch_size=4, num_workers=WORKERS, persistent_workers=True)
            for name, view in views.items()
        }
        taken = side_by_side(
            {name: lambda loader=loader: _run_through(loader) for name, loader in loaders.items()}, rounds=ROUNDS
        )
    clips = len(dataset)
    for name in readers:
        what = f"{FRAMES} frames of a clip, {WORKERS} workers"
        Row(what=what, against=name, ours=taken["ours"] / clips, theirs=taken[name] / clips, each="clip").tell()


def _run_through(loader: DataLoader[Any]) -> None:
    for _ in loader:
        pass


if __name__ == "__main__":
    main()
