"""Speed as ratios: everything that is measured side by side, each file of this folder in a process of its own, as one table.

    python scripts/bench [NAME ...]

A name is that of a file, as ``drawing``; each can also be run alone, and says more then.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

from rows import HEAD, Row, row_of

HERE = Path(__file__).parent
NAMES = ("starting", "drawing", "workers", "reading", "scoring", "neighbours", "training", "diffusion", "scaling")


def main() -> None:
    """Run, and print the table as it grows."""
    if unknown := set(sys.argv[1:]) - {path.stem for path in HERE.glob("*.py")}:
        raise SystemExit(f"no measurement is called {sorted(unknown)[0]!r}; there are: {', '.join(NAMES)}")
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}; medians of rounds in turn")
    print(HEAD, flush=True)
    failed = False
    for name in sys.argv[1:] or NAMES:
        began = time.monotonic()
        rows, error = measured(name)
        for row in rows:
            print(row)
        if error:
            failed = True
            print(f"{name} failed: {error}")
        print(f"  ({name}: {time.monotonic() - began:.0f} s)", flush=True)
    raise SystemExit(failed)


def measured(name: str) -> tuple[list[Row], str]:
    """The rows of one file, and the last line of what went wrong."""
    done = subprocess.run([sys.executable, str(HERE / f"{name}.py")], capture_output=True, text=True)
    rows = [row for line in done.stdout.splitlines() if (row := row_of(line))]
    return rows, (done.stderr.strip().splitlines() or ["no word"])[-1] if done.returncode else ""


if __name__ == "__main__":
    main()
