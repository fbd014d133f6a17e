"""An experiment's findings as files: a table to read, the same as JSON, and a plot."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from synthgest.data.storage import write_bytes
from synthgest.protocols.findings import Difference, Findings, Row
from synthgest.report import plots
from synthgest.report.section import plain_text
from synthgest.statistics import Estimate

TABLE, PLOT, PAGE = "table.json", "plot.svg", "README.md"

_SHARES = ("accuracy", "HM", "AUC", "AUC_A")  # measures that are told in percent


def write_findings(findings: Findings, out: Path) -> None:
    """``table.json``, the same however often the experiment was interrupted; ``plot.svg``; and ``README.md`` with the costs."""
    write_bytes(out / TABLE, json.dumps(values(findings), indent=1).encode())
    write_bytes(out / PLOT, plots.picture(plot(findings)).encode())
    write_bytes(out / PAGE, f"{text(findings, markdown=True)}\n".encode())


def values(findings: Findings) -> dict[str, Any]:
    """Plain values, without what trials cost; None where a figure is not known."""
    table: dict[str, Any] = _known(asdict(findings))
    for key in ("seconds", "steps", "clips"):
        del table[key]
    for row, difference in zip(table["differences"], findings.differences, strict=True):
        row["verdict"] = difference.comparison.verdict
    return table


def cost(findings: Findings) -> dict[str, float]:
    """What all trials cost together."""
    return {"minutes": round(findings.seconds / 60, 1), "steps": findings.steps, "clips": findings.clips}


def plot(findings: Findings) -> str:
    """Of the first measure: a curve for each arm where there is an axis with several places, else a row for each figure."""
    rows = [row for row in findings.rows if row.measure == findings.rows[0].measure and math.isfinite(row.value.value)]
    places = sorted(dict.fromkeys(row.at for row in rows if row.at), key=_amount)
    chance = findings.facts.get("chance") if rows and rows[0].measure in _SHARES else None
    if findings.axis and len(places) > 1:
        several = len({row.test for row in rows}) > 1
        series: dict[str, dict[str, Estimate]] = {}
        for row in rows:
            series.setdefault(f"{row.test}: {row.arm}" if several else row.arm, {})[row.at] = row.value
        # What has no place on the axis is the same in all.
        curves = {name: [own.get(at, own.get("")) for at in places] for name, own in series.items()}
        return plots.curves(curves, places, findings.axis, mark=chance)
    named = {", ".join(filter(None, (row.test, row.arm, row.at))): row.value for row in rows}
    return plots.intervals(named, mark=chance, above=True)


def _amount(place: str) -> tuple[bool, float]:
    """Numbers by their size, and words after them in the order in which they come."""
    first = place.split()[0]
    try:
        return False, float(first)
    except ValueError:
        return True, 0.0


def text(findings: Findings, *, markdown: bool = False) -> str:
    """The findings for a person."""
    head = f"# {findings.protocol}" if markdown else findings.protocol
    rows = [_cells(row) for row in findings.rows]
    columns = ("measure", "test", "arm", findings.axis or "", "value [95 % interval]", "n", "seeds", "")
    lines = [head, "", *_table(columns, rows, markdown=markdown), ""]
    if findings.differences:
        lines += [_sentence(each, markdown=markdown) for each in findings.differences] + [""]
    lines += [_fact(name, value, markdown=markdown) for name, value in findings.facts.items()]
    spent = cost(findings)
    lines.append(f"cost: {spent['minutes']:.1f} minutes, {spent['steps']} steps, {spent['clips']} clips learned from")
    if markdown:
        lines += ["", f"![plot]({PLOT})"]
    return "\n".join(lines)


def _known(value: Any) -> Any:
    """Values with None for numbers that JSON has no word for."""
    if isinstance(value, Mapping):
        return {key: _known(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_known(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _cells(row: Row) -> tuple[str, ...]:
    each = row.value
    if row.measure in _SHARES or row.measure.startswith("class-average"):
        told = f"{each.value:.1%} [{each.low:.1%}, {each.high:.1%}]"
    else:
        told = f"{each.value:.3f} [{each.low:.3f}, {each.high:.3f}]"
    return row.measure, row.test, row.arm, row.at, told, str(row.n), str(row.seeds), row.doubt


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, markdown: bool) -> list[str]:
    """Columns that say anything, aligned; for Markdown with its bars, which names must not break."""
    kept = [number for number, name in enumerate(columns) if any(row[number] for row in rows)]
    cells = [[plain_text(row[number], 120) for number in kept] for row in [columns, *rows]]
    if markdown:
        safe = [[_markdown(cell) for cell in row] for row in cells]
        lines = ["| " + " | ".join(row) + " |" for row in safe]
        return [lines[0], "|" + "---|" * len(kept), *lines[1:]]
    widths = [max(len(row[number]) for row in cells) for number in range(len(kept))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]


def _sentence(each: Difference, *, markdown: bool) -> str:
    at = f" at {each.at}" if each.at else ""
    said = plain_text(
        f"{each.second} over {each.first}{at} ({each.measure}, {each.test}): {each.comparison.verdict}",
        600,
    )
    return f"* {_markdown(said)}" if markdown else said


def _fact(name: str, value: Any, *, markdown: bool) -> str:
    told = f"{value:.3g}" if isinstance(value, float) else value
    if not isinstance(told, str):
        told = json.dumps(told, sort_keys=isinstance(told, Mapping))
    said = plain_text(f"{name}: {told}", 4000)
    return f"* {_markdown(said)}" if markdown else said


def _markdown(words: str) -> str:
    """Words of others with what Markdown and HTML would take for their own escaped."""
    for sign in "\\`*_[]<>|&":
        words = words.replace(sign, f"&#{ord(sign)};" if sign in "<>&|" else f"\\{sign}")
    return words
