"""What reading and scoring cost beside their bare loops, side by side in one run: the torch loader, and the scorer clip."""

import os
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import av
import numpy as np
import torch
from PIL import Image
from side_by_side import side_by_side
from torch.utils.data import DataLoader, Dataset

import synthgest as sg
from synthgest.data.dataset import Clip
from synthgest.data.video import tsn_indices
from synthgest.scoring.clip import ClipScorer
from synthgest.scoring.run import score_clips

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

ROUNDS, FRAMES, WORKERS, BATCH = 3, 8, 2, 8


class Bare(Dataset[Any]):
    """The least that reads the same frames: open, decode to the last of them, stack."""

    def __init__(self, clips: tuple[Clip, ...]) -> None:
        self.clips = clips

    def __len__(self) -> int:
        """Number of clips."""
        return len(self.clips)

    def __getitem__(self, index: int) -> torch.Tensor:
        """One clip's frames as the loader gives them."""
        clip = self.clips[index]
        return torch.from_numpy(decoded(clip)).permute(0, 3, 1, 2).float().div_(255)


def decoded(clip: Clip) -> np.ndarray:
    """The frames that TSN samples, by PyAV alone."""
    wanted = list(tsn_indices(clip.record.frames, FRAMES))
    found = []
    with av.open(str(clip.path)) as container:
        stream = container.streams.video[0]
        stream.thread_count = 1
        for number, frame in enumerate(container.decode(stream)):
            if number in wanted:
                found.append(frame.to_ndarray(format="rgb24"))
            if number == wanted[-1]:
                break
    return np.stack(found)


def loader_ratio(dataset: sg.Dataset) -> tuple[float, float]:
    """Clips a second of ours and of the bare loop, with the same workers, after one round to warm up."""
    ways: dict[str, Dataset[Any]] = {"ours": dataset.torch(frames=FRAMES), "bare": Bare(dataset.clips)}
    loaders = {
        name: DataLoader(view, batch_size=4, num_workers=WORKERS, persistent_workers=True)
        for name, view in ways.items()
    }
    return _rates({name: lambda loader=loader: _run_through(loader) for name, loader in loaders.items()}, len(dataset))


def scorer_ratio(dataset: sg.Dataset, model: Path) -> tuple[float, float]:
    """Clips a second of scoring a data set, decoding included, and of open_clip on frames that are decoded already."""
    scorer = ClipScorer(dataset, {"model": str(model), "frames": FRAMES})
    frames = [clip.sampled(FRAMES) for clip in dataset]

    def bare() -> None:
        """Prepare with open_clip's own transform in as many threads, and embed in the same batches."""
        with ThreadPoolExecutor(os.cpu_count()) as pool, torch.inference_mode():
            for start in range(0, len(frames), BATCH):
                ready = pool.map(_prepared, [scorer] * BATCH, frames[start : start + BATCH])
                scorer._clip._model.encode_image(torch.cat(list(ready)), normalize=True)

    def ours() -> None:
        for part in (dataset.folder / "scores").rglob("part-*"):
            part.unlink()
        score_clips(dataset, scorer, batch=BATCH)

    return _rates({"ours": ours, "bare": bare}, len(dataset))


def _prepared(scorer: ClipScorer, clip: np.ndarray) -> torch.Tensor:
    return torch.stack([scorer._clip._transform(Image.fromarray(frame)) for frame in clip])


def _run_through(loader: DataLoader[Any]) -> None:
    for _ in loader:
        pass


def _rates(ways: dict[str, Callable[[], None]], clips: int) -> tuple[float, float]:
    taken = side_by_side(ways, rounds=ROUNDS)
    return clips / taken["ours"], clips / taken["bare"]


def main() -> None:
    """Measure on clips of the default recipe, and print."""
    import tiny_clip

    with tempfile.TemporaryDirectory() as folder:
        dataset = sg.generate(["rocog", "everyday/wave"], out=Path(folder) / "data", seed=0, clips=8)
        ours, bare = loader_ratio(dataset)
        print(f"{len(dataset)} clips of 224x224, {FRAMES} frames of each, {WORKERS} workers, median of {ROUNDS} rounds")
        print(f"  the loader {ours:6.1f} clips a second, a bare PyAV loop {bare:6.1f}: {ours / bare:.2f} of it")
        some = dataset.only(clip.record.id for clip in dataset.clips[::4])
        ours, bare = scorer_ratio(some, tiny_clip.build_clip(Path(folder) / "clip", **tiny_clip.BASE))
        print(f"  scoring by a CLIP of ViT-B/32's size, decoding included: {ours:.2f} clips a second;")
        print(
            f"    open_clip on frames that are decoded already, in the same batches: {bare:.2f}; {ours / bare:.2f} of it"
        )


if __name__ == "__main__":
    main()
