"""Write the generated parts of docs/: the command-line page and the table of ground truth."""

import os
import re
import subprocess
import sys
from pathlib import Path

from synthgest.types import TRUTH

DOCS = Path(__file__).parent.parent / "docs"
COMMANDS = ("", "generate", "verify", "list", "doctor")


def command_line_page() -> str:
    """The help of every command, as the command prints it."""
    parts = ["# The command line\n\nThis page is generated (`make docs`); a test compares it with the commands.\n"]
    parts.append(
        "Exit codes: 0 done, 1 some items failed, 2 wrong usage, 130 and 143 interrupted. With `--json` the last line of\n"
        "standard output is one JSON object; progress and messages go to standard error.\n"
    )
    for command in COMMANDS:
        words = ["synthgest", command, "--help"] if command else ["synthgest", "--help"]
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


def with_table(page: str) -> str:
    """The data-set page with its table replaced by the current one."""
    return re.sub(r"(?s)(<!-- truth -->\n).*?(<!-- /truth -->)", rf"\g<1>{ground_truth_table()}\n\g<2>", page)


def main() -> None:
    """Write the pages."""
    (DOCS / "command-line.md").write_text(command_line_page(), encoding="utf-8")
    page = DOCS / "the-data-set.md"
    page.write_text(with_table(page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
