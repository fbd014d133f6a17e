"""A gesture in words for a prompt: who does what, what one sees of it, and how it begins, repeats and ends."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from synthgest.gestures import Gesture
from synthgest.prompting.banks import fill, load_table

_SENTENCE = re.compile(r"(?P<who>(?:an?|the|one|some) (?:\w+ )?\w+) (?:is |are )?(?P<doing>\w+ing\b.*)", re.IGNORECASE)
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """subject: "a person". doing: "waving hello". motion: a sentence, or empty. phases: other ways to say the same, or none."""

    subject: str
    doing: str
    motion: str
    phases: tuple[str, ...]


def action_of(gesture: Gesture) -> Action:
    """A gesture's words: from its specification, or from the plain phrase that it consists of."""
    phrase = " ".join((gesture.phrase or gesture.bare_name).split()).rstrip(".")
    description = " ".join(gesture.description.split()).rstrip(".")
    sentence = _SENTENCE.fullmatch(phrase)
    return Action(
        subject=sentence["who"] if sentence else "a person",
        doing=sentence["doing"] if sentence else _doing(phrase),
        motion=f"{description[:1].upper()}{description[1:]}." if description else "",
        phases=_phases(gesture),
    )


def _doing(phrase: str) -> str:
    return phrase if re.match(r"\w+ing\b", phrase) else f'making the gesture "{phrase}"'


def _phases(gesture: Gesture) -> tuple[str, ...]:
    """Every wording of begin, repetition or hold, and end, as many as the longest entry of phases.toml has."""
    if not gesture.keyframes:
        return ()
    bank = load_table("phases")
    parts = [name for name in ("begin", _repetition(gesture), _held(gesture), "end") if name]
    ways = max(len(bank[name]) for name in parts)
    return tuple(" ".join(_wording(bank, name, way, gesture) for name in parts) for way in range(ways))


def _wording(bank: Mapping[str, list[str]], name: str, way: int, gesture: Gesture) -> str:
    wordings = bank[name]
    return fill(wordings[way % len(wordings)], {"times": _times(*gesture.repetitions)}, where="prompts/phases.toml")


def _repetition(gesture: Gesture) -> str:
    if gesture.repetitions[1] > 1:
        return "repeated"
    return "" if _held(gesture) else "once"


def _held(gesture: Gesture) -> str:
    return "held" if any(keyframe.phase == "hold" for keyframe in gesture.keyframes) else ""


def _times(fewest: int, most: int) -> str:
    """``two to four times``; a gesture that may be shown once is asked for more often, since a model tends to do less."""
    low, high = (_NUMBERS[count] if count < len(_NUMBERS) else str(count) for count in (max(fewest, 2), max(most, 2)))
    return f"{high} times" if low == high else f"{low} to {high} times"
