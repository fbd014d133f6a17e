"""What scoring a data set costs beside open_clip on frames that are decoded already."""

import os
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from rows import Row, side_by_side

import synthgest as sg
from synthgest.scoring.clip import ClipScorer
from synthgest.scoring.run import score_clips

sys.path.insert(0, str(Path(__file__).parent.parent.parent / "tests"))

ROUNDS, FRAMES, BATCH = 3, 8, 8


def compared(dataset: sg.Dataset, model: Path) -> dict[str, float]:
    """Seconds of scoring a data set, decoding included, and of the bare way."""
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

    return side_by_side({"ours": ours, "bare": bare}, rounds=ROUNDS)


def _prepared(scorer: ClipScorer, clip: np.ndarray) -> torch.Tensor:
    return torch.stack([scorer._clip._transform(Image.fromarray(frame)) for frame in clip])


def main() -> None:
    """Measure on clips of the default recipe, and tell."""
    import tiny_clip

    with tempfile.TemporaryDirectory() as folder:
        dataset = sg.generate(["rocog", "everyday/wave"], out=Path(folder) / "data", seed=0, clips=2)
        taken = compared(dataset, tiny_clip.build_clip(Path(folder) / "clip", **tiny_clip.BASE))
    Row(
        what="scoring by a CLIP of ViT-B/32's size",
        against="open_clip on frames decoded before",
        ours=taken["ours"] / len(dataset),
        theirs=taken["bare"] / len(dataset),
        each="clip",
    ).tell()


if __name__ == "__main__":
    main()
