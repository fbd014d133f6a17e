"""How alike two texts are, by the words that they share."""

import re
from collections.abc import Sequence
from itertools import combinations

ALIKE = 0.8
"""Jaccard index of two texts' words above which they count as saying the same."""


def words_of(text: str) -> frozenset[str]:
    """The different words of a text, letter case aside."""
    return frozenset(re.findall(r"\w+", text.casefold()))


def similarity(first: str, second: str) -> float:
    """Jaccard index of two texts' words: 1 for the same words, 0 for none in common."""
    left, right = words_of(first), words_of(second)
    return len(left & right) / len(left | right) if left | right else 1.0


def mean_similarity(texts: Sequence[str]) -> float:
    """Mean ``similarity`` over all pairs of texts; 1 for fewer than two."""
    found = [similarity(first, second) for first, second in combinations(texts, 2)]
    return sum(found) / len(found) if found else 1.0


def near_duplicate(text: str, others: Sequence[str]) -> str | None:
    """The first of ``others`` that says the same as ``text``."""
    return next((other for other in others if similarity(text, other) > ALIKE), None)
