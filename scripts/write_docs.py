"""Write the generated parts of docs/: the command-line page, the table of ground truth, the gestures with their strips."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from synthgest.gestures import Gesture, shipped_gestures, vocabularies
from synthgest.preview import PreviewSettings, write_strips
from synthgest.types import TRUTH

DOCS = Path(__file__).parent.parent / "docs"
COMMANDS = (
    *(
        "",
        "generate",
        "prompts",
        "backgrounds",
        "places",
        "preview",
        "motion convert",
        "motion extract",
        "motion preview",
        "score",
        "select",
        "train",
    ),
    *(
        "evaluate accuracy",
        "evaluate knn",
        "evaluate probe",
        "evaluate zero-shot",
        "evaluate drift",
        "evaluate latency",
        "evaluate features",
        "evaluate few-shot",
        "evaluate base-to-novel",
        "evaluate long-tail",
        "evaluate anomaly",
        "evaluate transfer",
        "evaluate cross-dataset",
        "evaluate background-swap",
        "evaluate ablation",
        "evaluate sweep",
    ),
    *("report", "audit", "export", "licenses", "verify", "list", "doctor"),
)
STRIPS = DOCS / "images" / "gestures"
DIGESTS = STRIPS / "digests.json"


def command_line_page() -> str:
    """The help of every command, as the command prints it."""
    parts = ["# The command line\n\nThis page is generated (`make docs`); a test compares it with the commands.\n"]
    parts.append(
        "Exit codes: 0 done, 1 some items failed, 2 wrong usage, 130 and 143 interrupted. With `--json` the last line of\n"
        "standard output is one JSON object; progress and messages go to standard error.\n"
    )
    for command in COMMANDS:
        words = ["synthgest", *command.split(), "--help"]
        parts.append(f"## {' '.join(words[:-1])}\n\n```\n{_help(words[1:])}\n```\n")
    return "\n".join(parts)


def ground_truth_table() -> str:
    """The names that ground truth may have, as a Markdown table."""
    rows = [_three_columns(name, text) for name, text in TRUTH.items()]
    return "\n".join(["| array | shape and dtype | meaning |", "|---|---|---|", *rows])


def _three_columns(name: str, text: str) -> str:
    form, _, meaning = text.partition(": ")
    return f"| `{name}` | {form} | {meaning} |"


def _help(words: list[str]) -> str:
    environment = os.environ | {"TYPER_USE_RICH": "0", "COLUMNS": "100", "TERMINAL_WIDTH": "100", "NO_COLOR": "1"}
    command = [sys.executable, "-m", "synthgest", *words]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout
    return re.sub(r"[ \t]+$", "", printed, flags=re.MULTILINE).strip().replace("python -m synthgest", "synthgest")


def gestures_page() -> str:
    """Every shipped gesture with its strip and what its file says of it."""
    parts = [
        "# The gestures\n\nThis page is generated (`make docs`) from [`assets/gestures`](../assets/gestures/README.md); a test\n"
        "compares it with the files. One seeded performance of each, in time order; every clip is another person's, elsewhere.\n"
    ]
    for vocabulary, names in vocabularies().items():
        parts.append(f"## {vocabulary}\n")
        parts.extend(_gesture(gesture) for gesture in shipped_gestures() if gesture.name in names)
    return "\n".join(parts)


def _gesture(gesture: Gesture) -> str:
    facts = [
        f"hands: {gesture.hands}",
        f"mirrored: {_bare(gesture.mirror)}",
        f"played backwards: {_bare(gesture.reverse)}",
        f"look-alikes: {', '.join(map(_bare, gesture.lookalikes)) or 'none'}",
    ]
    return (
        f"### {gesture.bare_name}\n\n{_sentence(gesture.description)}\n\n"
        f"![{gesture.phrase}](images/gestures/{strip_of(gesture).name})\n\n"
        f"{'; '.join(facts)}. {_sentence(gesture.source)}\n"
    )


def strip_of(gesture: Gesture) -> Path:
    """Where a gesture's strip lies."""
    return STRIPS / f"{gesture.name.replace('/', '-').replace(' ', '-')}.jpg"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _bare(name: str) -> str:
    return name.rpartition("/")[2]


def draw_strips() -> None:
    """Draw the strips of the gestures whose files have changed."""
    known = json.loads(DIGESTS.read_text(encoding="utf-8")) if DIGESTS.exists() else {}
    settings = PreviewSettings(size=160, frames=6, seed=4)
    for gesture in shipped_gestures():
        if known.get(gesture.name) != gesture.digest or not strip_of(gesture).exists():
            write_strips(strip_of(gesture), [gesture], settings, titles=False)
    digests = {gesture.name: gesture.digest for gesture in shipped_gestures()}
    for path in set(STRIPS.glob("*.jpg")) - {strip_of(gesture) for gesture in shipped_gestures()}:
        path.unlink()
    DIGESTS.write_text(json.dumps(digests, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def with_table(page: str) -> str:
    """The data-set page with its table replaced by the current one."""
    return re.sub(r"(?s)(<!-- truth -->\n).*?(<!-- /truth -->)", rf"\g<1>{ground_truth_table()}\n\g<2>", page)


def main() -> None:
    """Write the pages."""
    (DOCS / "command-line.md").write_text(command_line_page(), encoding="utf-8")
    (DOCS / "gestures.md").write_text(gestures_page(), encoding="utf-8")
    STRIPS.mkdir(parents=True, exist_ok=True)
    draw_strips()
    page = DOCS / "the-data-set.md"
    page.write_text(with_table(page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
