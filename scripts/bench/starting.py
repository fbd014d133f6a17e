"""How long a command takes to begin, beside Python itself and the bare library of its command line."""

import subprocess
import sys

from rows import Row, side_by_side

ROUNDS = 9
BARE = """
import typer
app = typer.Typer()
@app.command()
def hello(name: str = "") -> None: ...
@app.command()
def bye(name: str = "") -> None: ...
app()
"""


def main() -> None:
    """Measure and tell."""
    ways = {
        "help": ["-m", "synthgest", "--help"],
        "version": ["-m", "synthgest", "--version"],
        "list": ["-m", "synthgest", "list", "gestures"],
        "typer": ["-c", BARE, "--help"],
        "python": ["-c", "pass"],
    }
    taken = side_by_side({name: lambda words=words: _run(words) for name, words in ways.items()}, rounds=ROUNDS)
    for name, what in (("help", "synthgest --help"), ("version", "synthgest --version")):
        for other, against in (("typer", "a typer app of two commands"), ("python", "python -c pass")):
            Row(what=what, against=against, ours=taken[name], theirs=taken[other], each="start").tell()
    Row(
        what="synthgest list", against="synthgest --help", ours=taken["list"], theirs=taken["help"], each="start"
    ).tell()


def _run(words: list[str]) -> None:
    subprocess.run([sys.executable, *words], check=True, capture_output=True)


if __name__ == "__main__":
    main()
