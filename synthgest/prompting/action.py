"""A gesture in words for a prompt: who does what, what one sees of it, and how it begins, repeats and ends."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from synthgest.gestures import Gesture
from synthgest.prompting.banks import fill, load_table

_VERB = r"\w*[aeiouy]\w*ing\b.*"  # "waving hello", and not "swing"
_NOUN = r"(?!(?:is|are)\b)\w*(?:[^\Ws]|ss)"  # no verb of the present tense: "stands"
_ONE = rf"(?:an?|the|one|some) (?:{_NOUN} )?{_NOUN}"
_MANY = r"(?:two|three|four|several) (?:\w+ )?\w+|people"
_SENTENCE = re.compile(rf"(?P<who>(?P<many>{_MANY})|{_ONE}) (?:is |are )?(?P<doing>{_VERB})", re.IGNORECASE)
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_ANYBODY = ("person", "someone", "somebody", "human", "adult", "performer", "soldier", "operator")
_SEXES = {"female": ("woman", "lady", "girl"), "male": ("man", "guy", "boy")}

Who = Literal["anybody", "female", "male", "named"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A gesture in words.

    subject: "a person"; plural: whether it is several. who: whom characters may take its place of: anybody, people of one
    sex, or nobody, for the subject is somebody in particular (``named``: "a nurse", "two people"). doing: "waving hello".
    motion: a sentence, or empty. phases: other ways to say the same, or none.
    """

    subject: str
    plural: bool
    who: Who
    doing: str
    motion: str
    phases: tuple[str, ...]


def action_of(gesture: Gesture) -> Action:
    """A gesture's words: from its specification, or from the plain phrase that it consists of."""
    phrase = " ".join((gesture.phrase or gesture.bare_name).split()).rstrip(".")
    description = " ".join(gesture.description.split()).rstrip(".")
    sentence = _SENTENCE.fullmatch(phrase)
    subject = sentence["who"] if sentence else "a person"
    return Action(
        subject=subject,
        plural=bool(sentence and sentence["many"]),
        who=_who(subject.lower().split()[-1]),
        doing=sentence["doing"] if sentence else _doing(phrase),
        motion=f"{description[:1].upper()}{description[1:]}." if description else "",
        phases=_phases(gesture),
    )


def _who(noun: str) -> Who:
    if noun in _ANYBODY:
        return "anybody"
    if noun in _SEXES["female"]:
        return "female"
    return "male" if noun in _SEXES["male"] else "named"


def _doing(phrase: str) -> str:
    return phrase if re.match(_VERB, phrase) else f'making the gesture "{phrase}"'


def _phases(gesture: Gesture) -> tuple[str, ...]:
    """Every wording of begin, repetition or hold, and end, as many as the longest entry of phases.toml has.

    Begin and end speak of arms, so they are left out of a gesture of the head or the trunk.
    """
    if not gesture.keyframes:
        return ()
    bank = load_table("phases")
    arms = any(keyframe.left or keyframe.right for keyframe in gesture.keyframes)
    middle = [name for name in (_repetition(gesture), _held(gesture)) if name]
    parts = ["begin", *middle, "end"] if arms else middle
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
    """``once or twice``, ``two to four times``."""
    if (fewest, most) == (1, 2):
        return "once or twice"
    low, high = (_NUMBERS[count] if count < len(_NUMBERS) else str(count) for count in (fewest, most))
    return f"{high} times" if low == high else f"{low} to {high} times"
