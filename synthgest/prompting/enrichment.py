"""Enrichment: a class's environments and characters, every pair of them once before any twice, each pair a prompt."""

import logging
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from synthgest.errors import SpecError
from synthgest.gestures import Gesture
from synthgest.prompting.action import action_of
from synthgest.prompting.characters import SEXES, Character, sample_characters
from synthgest.prompting.compose import Parts, Prompt, cameras, forms, write
from synthgest.prompting.environments import Environment, sample_environments
from synthgest.prompting.factorial import pair
from synthgest.prompting.kinds import kind_of, kinds
from synthgest.prompting.role import Role
from synthgest.prompting.settings import EnrichmentSettings
from synthgest.prompting.similarity import near_duplicate
from synthgest.prompting.tokens import Count, estimate_tokens

logger = logging.getLogger(__name__)

BANK = "bank"
"""The source of words that no language model wrote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """A recipe's table ``[texts."vocabulary/gesture"]``: words for one class, by hand or by a language model.

    environments: each with its preposition. characters: each with its article. What is empty comes from the banks. fused:
    whole prompts, one for each environment and character, those of the first environment first; an empty one is put
    together as usual. source: who wrote them. failures: why a request for such words came to nothing, by request.
    """

    environments: tuple[str, ...] = ()
    characters: tuple[str, ...] = ()
    fused: tuple[str, ...] = ()
    source: str = "the user"
    failures: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("environments", "characters"):
            texts: tuple[str, ...] = getattr(self, name)
            for number, text in enumerate(texts):
                if not text.strip():
                    raise SpecError(f"one of the {name} is empty")
                if (other := near_duplicate(text, texts[:number])) is not None:
                    raise SpecError(f"two of the {name} say the same: {other!r} and {text!r}")
        if self.fused and len(self.fused) != len(self.environments) * len(self.characters):
            pairs = f"{len(self.environments)} environments and {len(self.characters)} characters"
            raise SpecError(f"{len(self.fused)} fused prompts; expected one for each of {pairs}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrichment:
    """The prompts of a recipe. texts: by full name of the gesture. count, limit: tokens of a prompt, and how many a model reads.

    camera: whether prompts ask for a camera; not where the picture is given.

    Values alone: whoever holds the same settings writes the same prompts, in any process and order.
    """

    settings: EnrichmentSettings
    texts: Mapping[str, Texts] = field(default_factory=dict)
    count: Count = estimate_tokens
    limit: int = 10_000
    camera: bool = True

    def environments(self, gesture: Gesture) -> tuple[Environment, ...]:
        """Where the gesture is performed; none in a mode without environments."""
        written = self._texts(gesture).environments
        if not self.settings.places:
            return ()
        if written:
            return tuple(Environment(text=f"{_bare(text)},", short=_bare(text)) for text in written)
        return _sampled_environments(
            gesture.environments, kind_of(gesture), self.settings.places, self._seed(gesture.name)
        )

    def characters(self, gesture: Gesture) -> tuple[Character, ...]:
        """Who performs the gesture; none in a mode without characters, nor where the phrase names somebody in particular."""
        written = self._texts(gesture).characters
        if not self.settings.people:
            return ()
        if written:
            return tuple(Character(text=f"{_bare(text)},", short=_bare(text)) for text in written)
        kind, who = kind_of(gesture), action_of(gesture).who
        if who == "named":
            return ()
        sexes = SEXES if who == "anybody" else (who,)
        return _sampled_characters(kind, sexes, self.settings.people, self._seed(kind))

    def role(self, gesture: Gesture, index: int) -> Role:
        """Who performs a gesture's clip number ``index``, from 0, and where."""
        environments, characters = self.environments(gesture), self.characters(gesture)
        shift = zlib.crc32(gesture.name.encode())
        here, who, cycle = pair(index, max(1, len(environments)), max(1, len(characters)), shift=shift)
        return Role(
            environment=environments[here] if environments else None,
            character=characters[who] if characters else None,
            pair=(here, who),
            cycle=cycle,
        )

    def prompt(self, gesture: Gesture, index: int) -> Prompt:
        """The prompt of a gesture's clip number ``index``, from 0."""
        role, texts = self.role(gesture, index), self._texts(gesture)
        fused = ""
        if texts.fused and role.environment and role.character:
            fused = texts.fused[role.pair[0] * len(texts.characters) + role.pair[1]]
        parts = self._parts(gesture, role, fused)
        text, tokens, without = write(parts, count=self.count, limit=self.limit)
        written = bool(texts.environments and role.environment) or bool(texts.characters and role.character)
        return Prompt(
            text=text,
            tokens=tokens,
            environment=role.environment,
            character=role.character,
            camera=parts.camera,
            pair=role.pair,
            cycle=role.cycle,
            source=texts.source if written else BANK,
            fallback=_fallback(texts, fused=bool(fused)),
            without=without,
        )

    def _parts(self, gesture: Gesture, role: Role, fused: str) -> Parts:
        """A pair's form and camera advance in every cycle, so that no two prompts of the first thousands are the same."""
        (here, who), cycle, action = role.pair, role.cycle, action_of(gesture)
        if role.environment is None and role.character is None:
            return Parts(action=action, environment=None, character=None, template=forms()[0], camera="", phases="")
        views, ways = cameras(fingers=gesture.fingers), action.phases
        form = (who + 2 * here + cycle) % len(forms())
        view = (who + who // len(views) + 3 * here + cycle + cycle // len(forms())) % len(views)
        return Parts(
            action=action,
            environment=role.environment,
            character=role.character,
            template=forms()[form],
            camera=views[view] if self.camera else "",
            phases=ways[(who + here + cycle) % len(ways)] if ways else "",
            fused=fused,
        )

    def _texts(self, gesture: Gesture) -> Texts:
        return self.texts.get(gesture.name, Texts(source=BANK))

    def _seed(self, of: str) -> tuple[int, int]:
        return self.settings.seed, zlib.crc32(of.encode())


def _fallback(texts: Texts, *, fused: bool) -> dict[str, str]:
    """Why words of a model are missing from a prompt; that others of the class lack theirs is not its affair."""
    reasons = dict(texts.failures)
    if fused:
        reasons.pop("fuse", None)
    elif texts.fused:
        reasons.setdefault("fuse", "missing")
    return reasons


def warn_of_shortened(prompts: Iterable[tuple[str, Prompt]], limit: int) -> None:
    """Say once for each class what its prompts had to do without."""
    found: dict[str, set[str]] = {}
    for name, prompt in prompts:
        found.setdefault(name, set()).update(prompt.without)
    for name, without in found.items():
        if without:
            logger.warning("prompts of %s go without %s to fit %d tokens", name, ", ".join(sorted(without)), limit)


@lru_cache(maxsize=1024)
def _sampled_environments(
    named: Sequence[str], kind: str, count: int, seed: tuple[int, int]
) -> tuple[Environment, ...]:
    return sample_environments(named, kinds()[kind].environments, count, np.random.default_rng([*seed, 1]))


@lru_cache(maxsize=1024)
def _sampled_characters(kind: str, sexes: tuple[str, ...], count: int, seed: tuple[int, int]) -> tuple[Character, ...]:
    return sample_characters(kinds()[kind], sexes, count, np.random.default_rng([*seed, 2]))


def _bare(text: str) -> str:
    return " ".join(text.split()).rstrip(",.;")
