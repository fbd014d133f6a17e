"""Zero-shot: clips named by the words of classes alone, by their names and by what is seen of them, side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from synthgest.data.manifest import ClassEntry, Texts, class_texts
from synthgest.encoders.encoder import Encoder, TextEncoder
from synthgest.errors import SpecError
from synthgest.evaluation.accuracy import Accuracy, accuracy_of
from synthgest.statistics import Comparison, compare

KINDS: tuple[Texts, ...] = ("original", "transformed", "ensemble")


@dataclass(frozen=True, slots=True, kw_only=True)
class ZeroShot:
    """Accuracy by each kind of text (arXiv 2410.02152), and what seen descriptions gain over names."""

    kinds: dict[str, Accuracy]
    gain: Comparison


def zero_shot(
    encoder: Encoder, features: NDArray[np.float32], labels: Sequence[int], classes: Sequence[ClassEntry], *, seed: int
) -> ZeroShot:
    """Name clips, whose features are (N, D), by cosines with words. SpecError for an encoder that has none."""
    if not isinstance(encoder, TextEncoder):
        raise SpecError(
            f"the encoder {encoder.mark.encoder!r} has no words; zero-shot needs one, such as clip or xclip"
        )
    names = [entry.name for entry in classes]
    found = {kind: _probable(encoder, features, classes, kind) for kind in KINDS}
    truth = np.array(labels)
    hits = {kind: rows.argmax(axis=1) == truth for kind, rows in found.items()}
    return ZeroShot(
        kinds={kind: accuracy_of(rows, labels, names) for kind, rows in found.items()},
        gain=compare(hits["original"], hits["transformed"], seed=seed),
    )


def _probable(
    encoder: TextEncoder, features: NDArray[np.float32], classes: Sequence[ClassEntry], kind: Texts
) -> NDArray[np.float64]:
    """(N, K): softmax of the cosines at the encoder's temperature; a class's several texts are averaged."""
    unit = torch.nn.functional.normalize
    with torch.no_grad():
        words = torch.stack([unit(encoder.words(class_texts(entry, kind)).mean(dim=0), dim=0) for entry in classes])
        cosines = unit(torch.from_numpy(features).to(words.device), dim=1) @ words.T
        found: NDArray[np.float64] = (encoder.temperature * cosines).double().softmax(dim=1).cpu().numpy()
    return found
