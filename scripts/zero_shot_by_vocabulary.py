"""How often the scorer ``clip`` names clips right, vocabulary by vocabulary: of that vocabulary's classes alone, and of all.

python scripts/zero_shot_by_vocabulary.py DATASET [--model MODEL]

One line of JSON for each vocabulary and each kind of words: the classes' phrases, what is seen of them, or both.
"""

import argparse
import json
from dataclasses import asdict
from pathlib import Path

import numpy as np

import synthgest as sg
from synthgest.statistics import proportion

KINDS = ("original", "transformed", "ensemble")


def main() -> None:
    """Score, restrict, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--model", default="")
    asked = parser.parse_args()
    dataset = sg.Dataset(asked.dataset)
    kinds = np.array([name.partition("/")[0] for name in dataset.classes])
    for texts in KINDS:
        scores = sg.score(dataset, "clip", model=asked.model, texts=texts)
        truth, cosines = scores.targets, scores.cosines
        for vocabulary in ("all", *dict.fromkeys(kinds)):
            own = np.flatnonzero((kinds == vocabulary) | (vocabulary == "all"))
            shown = np.isin(truth, own)
            right = own[cosines[shown][:, own].argmax(axis=1)] == truth[shown]
            share = asdict(proportion(int(right.sum()), int(shown.sum())))
            told = {"words": texts, "vocabulary": vocabulary, "classes": len(own), "clips": int(shown.sum()), **share}
            print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
