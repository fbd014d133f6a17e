"""Whether smoothing labels by uncertainty helps, with bad clips mixed in: ``ul`` beside ``ls``, ``uw``, ``uf`` and ``none``.

    python scripts/smoothing_worth.py DATASET OTHERS UNSEEN OUT [--photographs DATA]

DATASET holds clips of some gestures, OTHERS clips of people who do something else, UNSEEN clips of the same gestures on which
is judged. Of each class a part is made bad: half of these show another class, half show none (clips of OTHERS), all with the
class's label. Each set is scored by ``prototype``; a linear head learns from the encoder's frozen features and the labels that
``Dataset.targets`` makes of the scores. A seed chooses which clips are bad. OUT keeps the sets and the features.
"""

import argparse
import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import get_args

import numpy as np
import torch
from numpy.typing import NDArray
from real_people import half

import synthgest as sg
from synthgest.data.dataset import Clip, Dataset
from synthgest.data.labelled import LabelledClip
from synthgest.data.real.clip import RealClip
from synthgest.encoders import load_encoder
from synthgest.evaluation.extraction import features
from synthgest.labels import LabelMode, Uncertainty
from synthgest.statistics import over_seeds, paired_difference

BAD = (0.0, 0.1, 0.3)
SEEDS = (0, 1, 2)
WAYS: tuple[tuple[LabelMode, Uncertainty], ...] = (
    *((mode, "entropy") for mode in get_args(LabelMode)),
    *((mode, "label-aware") for mode in ("ls", "uw", "uf", "ul")),
)
STRENGTH = 1e-3  # of the head's weight decay, the same for all ways

Floats = NDArray[np.floating]


def main() -> None:
    """Mix, score, learn, judge; one line of JSON for each share of bad clips and each way."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    for name in ("dataset", "others", "unseen", "out"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--photographs", type=Path)
    asked = parser.parse_args()
    good, others = Dataset(asked.dataset), Dataset(asked.others)
    judged: dict[str, Sequence[LabelledClip]] = {"unseen": Dataset(asked.unseen).clips}
    if asked.photographs:
        opened = sg.open_dataset(asked.photographs / "drone_arm_signals", like=good)
        judged["photographs"] = half([clip for clip in opened.clips if isinstance(clip, RealClip)], "even")
    encoder, cache = load_encoder("small", {}), asked.out / "features"
    query = {name: features(encoder, clips, cache=cache)[0] for name, clips in judged.items()}
    for share in BAD:
        hits: dict[tuple[str, str], dict[str, list[NDArray[np.bool_]]]] = {}
        for seed in SEEDS:
            mixed = spoilt(good, others, asked.out / f"bad-{share:.0%}-{seed}", share, seed)
            sg.score(mixed, "prototype")
            learned = features(encoder, mixed.clips, cache=cache)[0]
            for way in WAYS:
                rows, weights = mixed.targets(way[0], uncertainty=way[1], scores="prototype")
                head = fitted(learned, rows, weights)
                for name, clips in judged.items():
                    found = head(query[name]).argmax(axis=1)
                    right = found == np.array([clip.label for clip in clips])
                    hits.setdefault(way, {}).setdefault(name, []).append(right)
        for way, found in hits.items():
            print(
                json.dumps(
                    {"bad": share, "labels": way[0], "uncertainty": way[1], **told(found, hits["none", "entropy"])}
                )
            )


def told(found: dict[str, list[NDArray[np.bool_]]], plain: dict[str, list[NDArray[np.bool_]]]) -> dict[str, object]:
    """Accuracy over the seeds, and the difference from one-hot labels on the same clips."""
    return {
        name: {
            "accuracy": asdict(over_seeds([each.mean() for each in rights])),
            "over none": asdict(paired_difference(np.concatenate(plain[name]), np.concatenate(rights), seed=0)),
        }
        for name, rights in found.items()
    }


def spoilt(good: Dataset, others: Dataset, out: Path, share: float, seed: int) -> Dataset:
    """A copy of a data set in which a share of each class is bad; videos are links."""
    rng = np.random.default_rng(seed)
    if out.exists():
        shutil.rmtree(out)
    out.mkdir(parents=True)
    shutil.copy(good.folder / "dataset.toml", out)
    strangers = list(rng.permutation(np.array(others.clips, dtype=object)))
    for label, name in enumerate(good.classes):
        own = [clip for clip in good.clips if clip.label == label]
        count = round(share * len(own))
        kept = rng.permutation(len(own))[count:]
        elsewhere = [clip for clip in good.clips if clip.label != label]
        swapped = rng.choice(len(elsewhere), count // 2, replace=False)
        idle = [strangers.pop() for _ in range(count - count // 2)]
        for clip in [*(own[number] for number in kept), *(elsewhere[number] for number in swapped), *idle]:
            _link(clip, out, name)
    return Dataset(out)


def _link(clip: Clip, out: Path, name: str) -> None:
    """The same clip with another class; one that another class has already is there twice, with another id."""
    record = json.loads(clip.path.with_suffix(".json").read_text())
    wrong = record["gesture"] != name
    record["gesture"] = name
    record["id"] = f"{int(record['id'], 16) ^ wrong:020x}"
    folder = out / "clips" / record["id"][:2]
    folder.mkdir(parents=True, exist_ok=True)
    for suffix in (".mp4", ".npz"):
        os.link(clip.path.with_suffix(suffix), folder / f"{record['id']}{suffix}")
    (folder / f"{record['id']}.json").write_text(json.dumps(record))


class Head:
    """A linear head on standardised features."""

    def __init__(self, mean: Floats, spread: Floats, layer: torch.nn.Linear) -> None:
        self._mean, self._spread, self._layer = mean, spread, layer

    def __call__(self, rows: Floats) -> Floats:
        """Logits (N, K) of features (N, D)."""
        with torch.inference_mode():
            return self._layer(torch.from_numpy((rows - self._mean) / self._spread).float()).numpy()


def fitted(rows: Floats, labels: Floats, weights: Floats) -> Head:
    """The head that fits label rows (N, K) with weights (N,) best, by L-BFGS from zero."""
    mean, spread = rows.mean(axis=0), rows.std(axis=0).clip(1e-6)
    inputs, wanted = torch.from_numpy((rows - mean) / spread).float(), torch.from_numpy(labels).float()
    share = torch.from_numpy(weights / weights.sum()).float()
    layer = torch.nn.Linear(rows.shape[1], labels.shape[1])
    torch.nn.init.zeros_(layer.weight)
    torch.nn.init.zeros_(layer.bias)
    optimizer = torch.optim.LBFGS(layer.parameters(), max_iter=300, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        each = torch.nn.functional.cross_entropy(layer(inputs), wanted, reduction="none")
        total = (each * share).sum() + STRENGTH * layer.weight.square().sum()
        total.backward()
        return total

    optimizer.step(loss)
    return Head(mean, spread, layer)


if __name__ == "__main__":
    main()
