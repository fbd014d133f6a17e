"""A survey of prompts before a clip is made of them: what they say, how balanced they are, and how alike."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import tomli_w

from synthgest.engines import load_engine
from synthgest.engines.diffusing import DiffusionEngine
from synthgest.errors import SpecError
from synthgest.gestures import Gesture
from synthgest.prompting.compose import Prompt
from synthgest.prompting.enrichment import Enrichment
from synthgest.prompting.settings import EnrichmentSettings
from synthgest.prompting.similarity import mean_similarity
from synthgest.prompting.tokens import estimate_tokens
from synthgest.types import Recipe

PLAIN_LIMIT = 226
"""Tokens of a prompt where no generator is named: what CogVideoX reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One clip's prompt. index: its number among the gesture's clips, from 0."""

    gesture: str
    index: int
    prompt: Prompt


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """Prompts, by class and in the order of the clips.

    balance: how many prompts have each level of each respect (age, sex, skin tone, build, outfit, place, light, camera).
    similarity: by class, the mean over all pairs of prompts of the words that they share. repeated: prompts that another
    clip of the class has too. counted: whether tokens were counted by the model's own tokenizer; else they are estimated.
    """

    lines: tuple[Line, ...]
    balance: Mapping[str, Mapping[str, int]]
    similarity: Mapping[str, float]
    repeated: int
    counted: bool


def enrichment_for(recipe: Recipe | None, settings: EnrichmentSettings, gestures: Sequence[Gesture]) -> Enrichment:
    """The prompts of a recipe, its writer asked; or of the banks alone, with ``settings``, where no recipe is named."""
    if recipe is None:
        return Enrichment(settings=settings, limit=PLAIN_LIMIT)
    engine = load_engine(recipe)
    if not isinstance(engine, DiffusionEngine):
        raise SpecError(f"the generator {recipe.name!r} reads no prompts; name one that does, such as 'cogvideox-2b'")
    return engine.enriched(gestures, ask=True)


def survey(gestures: Sequence[Gesture], enrichment: Enrichment, *, clips: int) -> Survey:
    """The prompts of the first ``clips`` clips of each gesture."""
    if clips < 1:
        raise SpecError(f"clips is {clips}; expected at least 1 a class")
    lines = tuple(
        Line(gesture=gesture.name, index=index, prompt=enrichment.prompt(gesture, index))
        for gesture in gestures
        for index in range(clips)
    )
    texts = {gesture.name: [line.prompt.text for line in lines if line.gesture == gesture.name] for gesture in gestures}
    return Survey(
        lines=lines,
        balance=_balance(line.prompt for line in lines),
        similarity={name: mean_similarity(own) for name, own in texts.items()},
        repeated=sum(len(own) - len(set(own)) for own in texts.values()),
        counted=enrichment.count is not estimate_tokens,
    )


def words_as_toml(gestures: Iterable[Gesture], enrichment: Enrichment) -> str:
    """Every class's environments and characters as the tables ``[texts]`` of a recipe, to be edited by hand."""
    tables = {
        gesture.name: {
            "environments": [place.text.rstrip(",") for place in enrichment.environments(gesture)],
            "characters": [person.text.rstrip(",") for person in enrichment.characters(gesture)],
            "fused": list(fused.fused if (fused := enrichment.texts.get(gesture.name)) else ()),
        }
        for gesture in gestures
    }
    kept = {name: {key: texts for key, texts in table.items() if texts} for name, table in tables.items()}
    return tomli_w.dumps({"texts": kept}, multiline_strings=False)


def _balance(prompts: Iterable[Prompt]) -> dict[str, dict[str, int]]:
    counts: dict[str, Counter[str]] = {}
    for prompt in prompts:
        levels = prompt.levels | ({"camera": prompt.camera} if prompt.camera else {})
        for respect, level in levels.items():
            counts.setdefault(respect, Counter())[level] += 1
    return {respect: dict(sorted(levels.items(), key=_order)) for respect, levels in sorted(counts.items())}


def _order(entry: tuple[str, int]) -> tuple[int, str]:
    """By name, but numbers by their size."""
    level = entry[0]
    return (int(level), "") if level.isdecimal() else (0, level)
