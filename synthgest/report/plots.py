"""Drawings for the page, as SVG in the page's own colours: bars, intervals, histograms, points and tables of confusion."""

import math
from collections.abc import Mapping, Sequence
from importlib.resources import files
from xml.etree import ElementTree

import numpy as np
from numpy.typing import ArrayLike, NDArray

from synthgest.report.section import percent, plain_text
from synthgest.statistics import Estimate

_WIDTH = 400  # units; a phone shows one in a pixel, and letters stay legible
_ROW = 17
_LABEL = 128
_LETTERS = 17  # of a label
_WHOLE = 60  # of one that has a line of its own
_SERIES = 10  # colours
_DODGE = 3.0  # units between the whiskers of two curves

STYLE = files("synthgest.report").joinpath("plots.css").read_text(encoding="utf-8")
"""Colours and strokes of all drawings, for the page or picture that they stand in."""


def bars(values: Mapping[str, float], *, unit: str = "", most: float | None = None) -> str:
    """A bar for each name, longest names cut; ``most`` is the end of the scale."""
    top = most or max([*values.values(), 1e-9])
    root, width = _root(8 + len(values) * _ROW), _WIDTH - _LABEL - 48
    for row, (name, value) in enumerate(values.items()):
        y = 4 + row * _ROW
        _label(root, name, y)
        _add(
            root, "rect", x=_LABEL, y=y + 2, width=_part(value / top, width), height=_ROW - 5, rx=2, **{"class": "bar"}
        )
        end = _LABEL + _part(value / top, width) + 4
        _text(root, _told(value, unit), end, y + 12, "value")
    return _markup(root)


def intervals(values: Mapping[str, Estimate], *, mark: float | None = None, above: bool = False) -> str:
    """A share with its interval for each name, from 0 to 1. mark: a line, such as chance. above: names stand over their rows."""
    left, row = (12, 2 * _ROW) if above else (_LABEL, _ROW)
    height, width = 8 + len(values) * row, _WIDTH - left - 44
    root = _root(height + 16)
    for share in (0, 0.25, 0.5, 0.75, 1):
        x = left + share * width
        _add(root, "line", x1=x, x2=x, y1=2, y2=height - 4, **{"class": "grid"})
        _text(root, percent(share), x, height + 8, "axis", "middle")
    if mark is not None:
        x = left + mark * width
        _add(root, "line", x1=x, x2=x, y1=2, y2=height - 4, **{"class": "mark"})
    for number, (name, value) in enumerate(values.items()):
        y = 4 + number * row
        if above:
            _text(root, _cut(name, _WHOLE), left, y + 12, "label")
            y += row - _ROW
        else:
            _label(root, name, y)
        low, middle, high = (left + each * width for each in (value.low, value.value, value.high))
        _add(root, "line", x1=low, x2=high, y1=y + 8, y2=y + 8, **{"class": "interval"})
        _add(root, "circle", cx=middle, cy=y + 8, r=4, **{"class": "dot"})
        _text(root, percent(value.value), left + width + 8, y + 12, "value")
    return _markup(root)


def histogram(
    values: ArrayLike, *, low: float, high: float, unit: str, bins: int = 24, mark: float | None = None
) -> str:
    """How often values lie where, between two ends; what lies beyond is in the last bars."""
    found = np.clip(np.asarray(values, np.float64), low, high)
    counts, edges = np.histogram(found, bins=bins, range=(low, high))
    root = _root(150)
    width, height = (_WIDTH - 44) / bins, 110.0
    top = max(int(counts.max(initial=0)), 1)
    for count, edge in zip(counts, edges, strict=False):
        x = 34 + (edge - low) / (high - low) * (_WIDTH - 44)
        tall = count / top * height
        _add(root, "rect", x=x + 0.5, y=8 + height - tall, width=width - 1, height=tall, **{"class": "bar"})
    _add(root, "line", x1=34, x2=_WIDTH - 10, y1=8 + height, y2=8 + height, **{"class": "grid"})
    _text(root, str(top), 30, 16, "axis", "end")
    _text(root, "0", 30, 8 + height, "axis", "end")
    for share, anchor in ((0, "start"), (0.5, "middle"), (1, "end")):
        _text(root, f"{low + share * (high - low):.3g}", 34 + share * (_WIDTH - 44), 132, "axis", anchor)
    _text(root, unit, 34 + (_WIDTH - 44) / 2, 146, "axis", "middle")
    if mark is not None and low <= mark <= high:
        x = 34 + (mark - low) / (high - low) * (_WIDTH - 44)
        _add(root, "line", x1=x, x2=x, y1=4, y2=8 + height, **{"class": "mark"})
    return _markup(root)


def points(
    places: ArrayLike, series: Sequence[int], names: Sequence[str], hollow: Sequence[bool], rings: Sequence[int] = ()
) -> str:
    """Points in a plane.

    series: of each, the number of its name, which says its colour. hollow: drawn as a ring. rings: names that stand beside one.
    """
    found = np.asarray(places, np.float64)
    span = np.maximum(np.ptp(found, axis=0), 1e-9)
    scaled = (found - found.min(axis=0)) / span
    lines = math.ceil(len(names) / 2)
    root = _root(300 + 16 * lines)
    for (x, y), number, ring in zip(scaled, series, hollow, strict=True):
        kind = f"c{number % _SERIES} {'ring' if ring else 'disc'}"
        _add(root, "circle", cx=12 + x * (_WIDTH - 24), cy=12 + y * 270, r=2.6, **{"class": kind})
    for number, name in enumerate(names):
        x, y = 14 + (number % 2) * (_WIDTH / 2), 302 + 16 * (number // 2)
        _add(
            root, "circle", cx=x, cy=y, r=4, **{"class": f"c{number % _SERIES} {'ring' if number in rings else 'disc'}"}
        )
        _text(root, _cut(name, 26), x + 9, y + 4, "value")
    return _markup(root)


def curves(
    series: Mapping[str, Sequence[Estimate | None]], places: Sequence[str], axis: str, *, mark: float | None = None
) -> str:
    """Shares with their intervals over places on an axis, a curve for each name.

    series: by name, one a place, or None where there is none; places stand at even distances, whatever they are called. mark: a
    line, such as chance.
    """
    tall, left = 190.0, 40.0
    root = _root(tall + 48 + 16 * len(series))
    step = (_WIDTH - left - 24) / max(len(places) - 1, 1)
    for share in (0, 0.25, 0.5, 0.75, 1):
        y = 8 + (1 - share) * tall
        _add(root, "line", x1=left - 4, x2=_WIDTH - 8, y1=y, y2=y, **{"class": "grid"})
        _text(root, percent(share), left - 8, y + 4, "axis", "end")
    if mark is not None:
        y = 8 + (1 - mark) * tall
        _add(root, "line", x1=left - 4, x2=_WIDTH - 8, y1=y, y2=y, **{"class": "mark"})
    for number, place in enumerate(places):
        _text(root, _cut(place, 14), left + 6 + number * step, tall + 24, "axis", "middle")
    _text(root, _cut(axis, 60), left + (_WIDTH - left) / 2, tall + 40, "axis", "middle")
    for number, (name, values) in enumerate(series.items()):
        shift = 6 + _DODGE * (number - (len(series) - 1) / 2)
        colour = f"c{number % _SERIES}"
        there = [(left + shift + place * step, each) for place, each in enumerate(values) if each is not None]
        line = " ".join(f"{x:.1f},{8 + (1 - each.value) * tall:.1f}" for x, each in there)
        _add(root, "polyline", points=line, **{"class": f"{colour} curve"})
        for x, each in there:
            low, middle, high = (8 + (1 - end) * tall for end in (each.low, each.value, each.high))
            _add(root, "line", x1=x, x2=x, y1=high, y2=low, **{"class": f"{colour} whisker"})
            _add(root, "circle", cx=x, cy=middle, r=3.0, **{"class": f"{colour} disc"})
        y = tall + 56 + 16 * number
        _add(root, "circle", cx=left, cy=y - 4, r=4, **{"class": f"{colour} disc"})
        _text(root, _cut(name, 56), left + 9, y, "value")
    return _markup(root)


def picture(drawing: str) -> str:
    """A drawing as an SVG file of its own, which needs no page."""
    root = ElementTree.fromstring(drawing)
    root.set("xmlns", "http://www.w3.org/2000/svg")
    _, _, width, height = root.get("viewBox", "0 0 400 300").split()
    root.set("width", str(2 * float(width)))
    root.set("height", str(2 * float(height)))
    style = ElementTree.Element("style")
    style.text = f"{STYLE} svg {{ background: var(--paper); }}"
    root.insert(0, style)
    return _markup(root)


def confusion(counts: NDArray[np.intp], names: Sequence[str]) -> str:
    """What is taken for what: a row a class, a column what it was taken for, darker where that was more often."""
    size = min(18.0, (_WIDTH - _LABEL - 8) / max(len(names), 1))
    tall = size * len(names)
    root = _root(tall + 14)
    totals = np.maximum(counts.sum(axis=1, keepdims=True), 1)
    shares = counts / totals
    for row, name in enumerate(names):
        _label(root, name, 4 + row * size + (size - _ROW) / 2)
        for column in range(len(names)):
            share = float(shares[row, column])
            kind = "right" if row == column else "wrong"
            cell = _add(
                root,
                "rect",
                x=_LABEL + column * size,
                y=4 + row * size,
                width=size - 1,
                height=size - 1,
                **{
                    "class": kind if share > 0 else "cell",
                    "fill-opacity": f"{0.15 + 0.85 * share if share > 0 else 1:.3f}",
                },
            )
            if share > 0:
                title = ElementTree.SubElement(cell, "title")
                title.text = f"{_cut(name, 60)} taken for {_cut(names[column], 60)}: {int(counts[row, column])}"
    _text(root, "taken for, in the same order", _LABEL, tall + 13, "axis")
    return _markup(root)


def _root(height: float) -> ElementTree.Element:
    return ElementTree.Element("svg", {"viewBox": f"0 0 {_WIDTH} {height:.0f}", "role": "img"})


def _add(root: ElementTree.Element, tag: str, **attributes: object) -> ElementTree.Element:
    made = {name: f"{value:.4g}" if isinstance(value, float) else str(value) for name, value in attributes.items()}
    return ElementTree.SubElement(root, tag, made)


def _text(root: ElementTree.Element, words: str, x: float, y: float, kind: str, anchor: str = "start") -> None:
    _add(root, "text", x=float(x), y=float(y), **{"class": kind, "text-anchor": anchor}).text = words


def _label(root: ElementTree.Element, name: str, y: float) -> None:
    """A name beside its row; of a long one its end, which tells it from others of its vocabulary."""
    shown = plain_text(name, 200)
    bare = shown.rpartition("/")[2]
    if len(shown) > _LETTERS:
        shown = f"\u2026/{bare}" if len(bare) + 2 <= _LETTERS else "\u2026" + shown[1 - _LETTERS :]
    _text(root, shown, _LABEL - 6, y + 12, "label", "end")


def _cut(name: str, letters: int) -> str:
    shown = plain_text(name, 200)
    return shown if len(shown) <= letters else shown[: letters - 1] + "\u2026"


def _part(share: float, width: float) -> float:
    return float(min(max(share, 0.0), 1.0) * width)


def _told(value: float, unit: str) -> str:
    return percent(value) if unit == "%" else f"{value:.3g}{' ' + unit if unit else ''}"


def _markup(root: ElementTree.Element) -> str:
    return ElementTree.tostring(root, encoding="unicode")
