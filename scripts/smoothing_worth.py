"""Whether smoothing labels by uncertainty helps, with bad clips mixed in: ``ul`` beside ``ls``, ``uw``, ``uf`` and ``none``.

    python scripts/smoothing_worth.py DATASET OTHERS UNSEEN CACHE [--photographs DATA]

DATASET holds clips of some gestures, OTHERS clips of people who do something else, UNSEEN clips of the same gestures on which
is judged. Of each class a part is made bad: half of these get the label of another class, the others give way to clips of OTHERS.
All are scored as ``prototype`` does; a linear head learns from the encoder's frozen features and the labels that are made of the
scores. A seed chooses which clips are bad. CACHE keeps the features.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import get_args

import numpy as np
import torch
from numpy.typing import NDArray
from real_people import half

import synthgest as sg
from synthgest.data.dataset import Dataset
from synthgest.data.labelled import LabelledClip
from synthgest.data.real.clip import RealClip
from synthgest.encoders import load_encoder
from synthgest.evaluation.extraction import features
from synthgest.labels import LabelMode, Uncertainty, class_probabilities, sample_weights, soft_labels
from synthgest.scoring.prototype import PrototypeSettings
from synthgest.scoring.references import TEMPERATURE, References
from synthgest.scoring.sample import sample
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
    for name in ("dataset", "others", "unseen", "cache"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--photographs", type=Path)
    asked = parser.parse_args()
    good, others = Dataset(asked.dataset), Dataset(asked.others)
    judged: dict[str, Sequence[LabelledClip]] = {"unseen": Dataset(asked.unseen).clips}
    if asked.photographs:
        opened = sg.open_dataset(asked.photographs / "drone_arm_signals", like=good)
        judged["photographs"] = half([clip for clip in opened.clips if isinstance(clip, RealClip)], "even")
    encoder = load_encoder("small", {})
    clips = [*good.clips, *others.clips]
    known = dict(zip((clip.id for clip in clips), features(encoder, clips, cache=asked.cache)[0], strict=True))
    query = {name: features(encoder, clips, cache=asked.cache)[0] for name, clips in judged.items()}
    for share in BAD:
        hits: dict[tuple[str, str], dict[str, list[NDArray[np.bool_]]]] = {}
        for seed in SEEDS:
            mixed = spoilt(good, others, share, seed)
            learned = np.stack([known[clip.id] for clip in mixed.clips])
            labels = np.array([clip.label for clip in mixed.clips])
            probabilities = scored(mixed, known)
            for mode, uncertainty in WAYS:
                rows = soft_labels(probabilities, labels, mode=mode, uncertainty=uncertainty)
                weights = sample_weights(probabilities, labels, mode=mode, uncertainty=uncertainty)
                head = fitted(learned, rows, weights)
                for name, asked_for in judged.items():
                    right = head(query[name]).argmax(axis=1) == np.array([clip.label for clip in asked_for])
                    hits.setdefault((mode, uncertainty), {}).setdefault(name, []).append(right)
        plain = hits["none", "entropy"]
        for (mode, uncertainty), found in hits.items():
            row = {"bad": share, "labels": mode, "uncertainty": uncertainty, **told(found, plain)}
            print(json.dumps(row), flush=True)


def told(found: dict[str, list[NDArray[np.bool_]]], plain: dict[str, list[NDArray[np.bool_]]]) -> dict[str, object]:
    """Accuracy over the seeds, and the difference from one-hot labels on the same clips."""
    return {
        name: {
            "accuracy": asdict(over_seeds([each.mean() for each in rights])),
            "over none": asdict(paired_difference(np.concatenate(plain[name]), np.concatenate(rights), seed=0)),
        }
        for name, rights in found.items()
    }


def spoilt(good: Dataset, others: Dataset, share: float, seed: int) -> Dataset:
    """The same data set with a share of each class made bad."""
    rng = np.random.default_rng(seed)
    strangers = [others.clips[number] for number in rng.permutation(len(others.clips))]
    count = len(good.classes)
    clips = []
    for label in range(count):
        own = [clip for clip in good.clips if clip.label == label]
        own = [own[number] for number in rng.permutation(len(own))]
        bad = round(share * len(own))
        for number, clip in enumerate(own):
            if number >= bad:
                clips.append(clip)
            elif number % 2:
                clips.append(replace(strangers.pop(), label=label))
            else:
                clips.append(replace(clip, label=int((label + rng.integers(1, count)) % count)))
    mixed = Dataset(good.folder)
    mixed.clips = tuple(clips)
    return mixed


def scored(dataset: Dataset, known: Mapping[str, Floats]) -> Floats:
    """Probabilities (N, K) as the scorer ``prototype`` gives them, of features that are known by the clips' ids."""
    references = References(
        dataset,
        "",
        frames=1,
        nearest=PrototypeSettings().nearest,
        prepare=lambda sample: known[sample.clips[0].id],
        embed=lambda rows: unit(np.stack(rows)),
    )
    cosines = references.cosines([references.prepare(sample(clip, 1)) for clip in dataset.clips])
    return class_probabilities(cosines, TEMPERATURE)


def unit(rows: Floats) -> Floats:
    """Rows (N, D) of length 1."""
    return rows / np.linalg.norm(rows, axis=1, keepdims=True).clip(1e-12)


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
