"""Prompts put together: action, person, place, phases and camera in one of several forms, no longer than the model reads."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from synthgest.errors import SpecError
from synthgest.prompting.action import Action
from synthgest.prompting.banks import fill, load_bank
from synthgest.prompting.characters import Character
from synthgest.prompting.environments import Environment
from synthgest.prompting.role import Role
from synthgest.prompting.tokens import Count


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt(Role):
    """A role put into words.

    text: one paragraph. tokens: its length, as counted. camera: the sentence that asks for the picture. source: "bank", or
    the name of the model that wrote the words. fallback: why a model's words are missing, by request. without: what was
    left out because it did not fit.
    """

    text: str
    tokens: int
    camera: str
    source: str
    fallback: dict[str, str]
    without: tuple[str, ...] = ()

    def facts(self) -> dict[str, Any]:
        """What a clip's record says of its prompt, in plain values."""
        return {
            "prompt": self.text,
            "tokens": self.tokens,
            "without": list(self.without),
            "environment": self.environment.text.rstrip(",") if self.environment else "",
            "character": self.character.text.rstrip(",") if self.character else "",
            "camera_asked": self.camera,
            **self.part(),
            "writer": self.source,
            "fallback": self.fallback,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a prompt is put together from. fused: a text that already joins action, person and place; or empty."""

    action: Action
    environment: Environment | None
    character: Character | None
    template: str
    camera: str
    phases: str
    fused: str = ""


def forms() -> tuple[str, ...]:
    """The shipped ways to put a prompt together."""
    return load_bank("scene")


def cameras(*, fingers: bool) -> tuple[str, ...]:
    """The shipped ways to ask for the picture; closer ones for gestures of the fingers."""
    return load_bank("camera-fingers" if fingers else "camera")


def write(parts: Parts, *, count: Count, limit: int) -> tuple[str, int, tuple[str, ...]]:
    """The text, its tokens, and what had to be left out of it, in that order, to keep within ``limit`` tokens.

    SpecError if the action alone is too long.
    """
    for shorter, without in _shortened(parts):
        text = _text(shorter)
        tokens = count(text)
        if tokens <= limit:
            return text, tokens, without
    raise SpecError(
        f"the prompt {text!r} takes {tokens} tokens; the model reads {limit}. Give the gesture a shorter phrase"
    )


def _shortened(parts: Parts) -> Iterator[tuple[Parts, tuple[str, ...]]]:
    """The whole prompt, and then with less and less: the action stays to the end, then what tells clips apart."""
    yield parts, ()
    without: tuple[str, ...] = ()
    if parts.fused:
        parts, without = replace(parts, fused=""), ("fused text",)
        yield parts, without
    if parts.phases:
        parts, without = replace(parts, phases=""), (*without, "phases")
        yield parts, without
    if parts.character and parts.character.short != parts.character.text:
        short = replace(parts.character, text=parts.character.short)
        parts, without = replace(parts, character=short), (*without, "details of the character")
        yield parts, without
    if parts.environment and parts.environment.short != parts.environment.text:
        here = replace(parts.environment, text=parts.environment.short)
        parts, without = replace(parts, environment=here), (*without, "details of the environment")
        yield parts, without
    if parts.camera:
        parts, without = replace(parts, camera=""), (*without, "camera")
        yield parts, without
    if parts.action.motion:
        parts, without = replace(parts, action=replace(parts.action, motion="")), (*without, "motion")
        yield parts, without


def _text(parts: Parts) -> str:
    if parts.fused:
        return tidy(f"{parts.fused} {parts.camera}")
    words = {
        "who": parts.character.text if parts.character else parts.action.subject,
        "setting": parts.environment.text if parts.environment else "",
        "doing": parts.action.doing,
        "is": "are" if parts.action.plural and not parts.character else "is",
        "motion": parts.action.motion,
        "phases": parts.phases,
        "camera": parts.camera,
    }
    return tidy(fill(parts.template, words, where="prompts/scene.txt"))


def tidy(text: str) -> str:
    """One space between words, one mark where marks meet, and capitals where sentences begin."""
    text = re.sub(r"\s+([,.])", r"\1", " ".join(text.split()))
    text = re.sub(r",([,.])", r"\1", re.sub(r",,+", ",", text))
    return re.sub(r"(^|[.] )([a-z])", lambda found: found[1] + found[2].upper(), text)
