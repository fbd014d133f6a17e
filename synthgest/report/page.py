"""The page: one HTML file that holds all it shows, asks nothing of the network and runs no script."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

from synthgest import __version__
from synthgest.errors import MissingDependency
from synthgest.report import plots
from synthgest.report.gate import Verdict
from synthgest.report.section import Films, Mood, Part, Plot, Section, Sheets

try:
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup
except ImportError as error:
    raise MissingDependency("reports need jinja2: pip install 'synthgest[report]'") from error

_MOODS: dict[Mood, str] = {
    "good": "good",
    "doubtful": "look at it",
    "bad": "mend it",
    "unknown": "not known",
    "neutral": "beside it",
}
_REAL = {"worth": 0, "realness": 1}  # what was seen on real clips comes first, where it was seen
_URGENT: tuple[Mood, ...] = ("bad", "doubtful", "unknown", "good", "neutral")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a page says. about: one line below the title. footer: the last line."""

    title: str
    about: str
    sections: Sequence[Section]
    gates: Sequence[Verdict] = ()
    footer: str = f"Made by synthgest {__version__}. It asks nothing of the network and runs no script."


def render(page: Page) -> str:
    """The page as HTML; every text in it is escaped, but for the drawings, whose texts are escaped where they are drawn."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=False)
    environment.filters["data"] = _data
    environment.filters["drawn"] = Markup
    style = Markup(plots.STYLE + _resource("page.css"))  # our own files
    urgent = sorted(
        page.sections, key=lambda section: (_REAL.get(section.key, len(_REAL)), _URGENT.index(section.mood))
    )
    return environment.from_string(_resource("page.html")).render(
        title=page.title,
        about=page.about,
        sections=page.sections,
        steps=[_sentence(section.advice) for section in urgent if section.advice],
        gates=page.gates,
        footer=page.footer,
        style=style,
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        moods=_MOODS,
        kind=_kind,
        sentence=_sentence,
    )


def _sentence(text: str) -> str:
    return text if text.endswith(("?", ".")) else f"{text}."


def _kind(part: Part) -> str:
    kinds: dict[type, str] = {Plot: "plot", Films: "films", Sheets: "sheets"}
    return kinds.get(type(part), "table")


def _data(content: bytes, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def _resource(name: str) -> str:
    return (files("synthgest.report") / name).read_text(encoding="utf-8")
