"""What a report is made of: sections, each a verdict and what it rests on, and the figures by which sets are compared and gated."""

import math
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from synthgest.statistics import Estimate

Mood = Literal["good", "doubtful", "bad", "unknown", "neutral"]
"""Good: nothing to do. Doubtful: look at it. Bad: do not train on it before it is mended. Unknown: nobody has looked. Neutral: no
judgement."""

_LONGEST = 300  # letters of a text on the page


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """A drawing. svg: markup, written by ``synthgest.report.plots`` alone. caption: what is seen, in plain words."""

    svg: str
    caption: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of text and numbers. columns: headings. left_out: how many rows are in report.json alone."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    caption: str = ""
    left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """A clip that plays in the page. video: an mp4. poster: its middle frame, a JPEG. title: what it is; note: why it is shown."""

    video: bytes
    poster: bytes
    title: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Films:
    """Clips beside one another."""

    films: Sequence[Film]
    caption: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A contact sheet: frames in the order of time. picture: a JPEG."""

    picture: bytes
    title: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheets:
    """Contact sheets, one below the other."""

    sheets: Sequence[Sheet]
    caption: str


Part = Plot | Table | Films | Sheets


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One question and its answer.

    key: short and unique. title: the question. verdict: the answer, one sentence. advice: what to do next, or empty. figures: the
    numbers that matter, by unique names; None where one cannot be computed. parts: what the answer rests on, in the order in which
    it is read. numbers: all of them, plain values.
    """

    key: str
    title: str
    verdict: str
    mood: Mood
    advice: str = ""
    figures: Mapping[str, float | None] = field(default_factory=dict)
    parts: Sequence[Part] = ()
    numbers: Mapping[str, Any] = field(default_factory=dict)


def plain_text(text: object, most: int = _LONGEST) -> str:
    """A text that shows what it is: on one line, no longer than ``most`` letters, with marks for letters that are not seen.

    Letters that turn the direction of writing, and control characters, would let a name look like another.
    """
    letters = []
    for letter in str(text)[: most + 1]:
        hidden = unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
        letters.append(
            f"\u27e8{ord(letter):04X}\u27e9" if hidden and letter not in "\n\t" else " " if letter in "\n\t" else letter
        )
    shown = "".join(letters)
    return shown if len(str(text)) <= most else shown[:most] + "\u2026"


def finite(value: Any) -> Any:
    """Plain values for JSON: what is no number is None, whatever it is nested in; an estimate is its three figures."""
    if isinstance(value, Estimate):
        return {"value": finite(value.value), "low": finite(value.low), "high": finite(value.high)}
    if isinstance(value, Mapping):
        return {str(key): finite(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [finite(each) for each in value]
    if isinstance(value, bool | str | int) or value is None:
        return value
    number = float(value)
    return number if math.isfinite(number) else None


def percent(value: float | None, digits: int = 0) -> str:
    """A share in words."""
    return "-" if value is None or not math.isfinite(value) else f"{100 * value:.{digits}f} %"


def with_interval(estimate: Estimate | None) -> str:
    """A share with its interval, in words."""
    if estimate is None:
        return "-"
    return f"{100 * estimate.value:.0f} % [{100 * estimate.low:.0f}, {100 * estimate.high:.0f}]"


def number(value: float | None, digits: int = 2) -> str:
    """A number in words."""
    return "-" if value is None or not math.isfinite(value) else f"{value:.{digits}f}"


def counted(count: int, thing: str, things: str = "") -> str:
    """How many of a thing; things: its plural, where that does not just end in s."""
    return f"{count} {thing}" if count == 1 else f"{count} {things or thing + 's'}"


def short(clip: str) -> str:
    """A clip's id as people read it: the beginning of a hash, the end of a path."""
    return f"clip {clip[:8]}" if len(clip) == 20 and clip.isalnum() else plain_text(clip[-28:], 28)


def listed(names: Sequence[str], most: int = 4) -> str:
    """Names in a sentence; of many the first and how many more."""
    shown = [plain_text(name, 60) for name in names[:most]]
    rest = len(names) - len(shown)
    return ", ".join(shown) + (f" and {rest} more" if rest > 0 else "")
