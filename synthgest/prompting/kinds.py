"""Kinds of action: who does such things and where, told by a gesture's vocabulary or by the words of a plain phrase."""

import re
from dataclasses import dataclass
from functools import cache

from synthgest.gestures import Gesture
from synthgest.prompting.banks import load_table
from synthgest.tables import to_value


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One table of ``prompts/kinds.toml``. The fields are explained there."""

    vocabularies: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    environments: tuple[str, ...]
    outfits: tuple[str, ...]
    ages: tuple[str, ...]


@cache
def kinds() -> dict[str, Kind]:
    """All kinds by name, in the order of the file; the last takes what fits nowhere else."""
    return {
        name: to_value(table, Kind, where=f"prompts/kinds.toml, {name}") for name, table in load_table("kinds").items()
    }


def kind_of(gesture: Gesture) -> str:
    """The name of the kind that a gesture belongs to: by vocabulary, else by the most words in common, else the last."""
    for name, kind in kinds().items():
        if gesture.vocabulary in kind.vocabularies:
            return name
    said = _stems(f"{gesture.bare_name} {gesture.phrase} {gesture.description}")
    common = {name: sum(_stems(word) in said for word in kind.words) for name, kind in kinds().items()}
    best = max(common, key=lambda name: common[name])
    return best if common[best] else list(kinds())[-1]


def _stems(text: str) -> str:
    """The words of a text without the commonest endings, each between spaces: ``running``, ``runs`` and ``run`` are one."""
    bare = (re.sub(r"(?<=..)(ing|es|s|e)$", "", word) for word in re.findall(r"[\w-]+", text.lower()))
    single = (re.sub(r"(?<=.)(.)\1$", r"\1", word) for word in bare)
    return f" {' '.join(single)} "
