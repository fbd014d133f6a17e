"""What exact nearest neighbours cost beside a bare torch product, faiss and scikit-learn, side by side in one run."""

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np
import torch
from rows import Row, side_by_side
from sklearn.neighbors import NearestNeighbors

from synthgest.evaluation.neighbours import nearest_neighbours

REFERENCES, QUERIES, WIDTH, K, ROUNDS = 44_000, 1_000, 768, 10, 7
Found = tuple[Any, Any]


def bare(reference: np.ndarray, query: np.ndarray) -> Found:
    """The least that ranks the same: one product, the references' squares, topk. Neither checked nor measured again."""
    there, asked = torch.from_numpy(reference), torch.from_numpy(query)
    return (there.square().sum(1) - 2 * asked @ there.T).topk(K, largest=False)


def ways(reference: np.ndarray, query: np.ndarray) -> dict[str, Callable[[], Found]]:
    """Each from arrays to neighbours, an index built anew; faiss twice, also with its index there already."""
    brute = NearestNeighbors(n_neighbors=K, algorithm="brute")
    found: dict[str, Callable[[], Found]] = {
        "ours": lambda: nearest_neighbours(reference, query, K),
        "bare torch": lambda: bare(reference, query),
        "scikit-learn, brute": lambda: brute.fit(reference).kneighbors(query),
    }
    if find_spec("faiss") is None:
        print("faiss is not installed and is left out; pip install faiss-cpu compares with it")
        return found
    faiss = import_module("faiss")
    built = faiss.IndexFlatL2(WIDTH)
    built.add(reference)

    def anew() -> Found:
        index = faiss.IndexFlatL2(WIDTH)
        index.add(reference)
        return index.search(query, K)  # type: ignore[no-any-return]

    return found | {"faiss": anew, "faiss, index built": lambda: built.search(query, K)}


def exact(reference: np.ndarray, query: np.ndarray) -> np.ndarray:
    """Indices (Q, K) by differences in float64."""
    rows = (np.argsort(((reference.astype(np.float64) - one) ** 2).sum(1), kind="stable")[:K] for one in query)
    return np.stack(list(rows))


def main() -> None:
    """Measure on random features whose mean is far from 0, as a network's are, and tell."""
    rng = np.random.default_rng(0)
    reference, query = (
        rng.standard_normal((count, WIDTH), np.float32) + np.float32(1) for count in (REFERENCES, QUERIES)
    )
    compared = ways(reference, query)
    taken = side_by_side(compared, rounds=ROUNDS)
    some = query[:50]
    truth = exact(reference, some)
    for name, way in compared.items():
        answer = np.asarray(way()[1])[: len(some)]
        print(f"  {name:20} {(answer == truth).mean():.1%} of neighbours in their exact place")
        if name != "ours":
            what = f"{K} neighbours among {REFERENCES}, {WIDTH} wide"
            each = taken["ours"] / QUERIES, taken[name] / QUERIES
            Row(what=what, against=name, ours=each[0], theirs=each[1], each="query").tell()


if __name__ == "__main__":
    main()
