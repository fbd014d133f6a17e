"""A coverage-guided fuzzer (atheris) on every reader of files that others wrote; prints executions, coverage and crashes.

    python scripts/fuzz.py [TARGET ...] [--runs 1000000] [--corpus build/fuzz]

The corpus is kept, so that the next call goes on from there; what crashed lies in CORPUS/crashes/TARGET, and belongs into
tests/test_fuzzing.py once it is mended.
"""

import argparse
import re
import subprocess
import sys
import time
from pathlib import Path

SCRIPTS = Path(__file__).parent


def main() -> None:
    """Fuzz in one process for each target, and print a row for it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("targets", nargs="*")
    parser.add_argument("--runs", type=int, default=1_000_000)
    parser.add_argument("--corpus", type=Path, default=Path("build/fuzz"))
    parser.add_argument("--seconds", type=int, default=0, help="of each target at most; 0: no limit")
    parser.add_argument("--seed", type=int, default=0, help="of the fuzzer; 0: another one each time")
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.inside:
        inside(asked)
        return
    sys.path.insert(0, str(SCRIPTS))
    from fuzz_targets import TARGETS

    print(
        f"{'target':18s} {'executions':>12s} {'features':>9s} {'corpus':>7s} {'crashes':>8s} {'seconds':>8s}",
        flush=True,
    )
    for name in asked.targets or TARGETS:
        began = time.monotonic()
        words = ["--runs", asked.runs, "--corpus", asked.corpus, "--seconds", asked.seconds, "--seed", asked.seed]
        command = [sys.executable, __file__, "--inside", name, *map(str, words)]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace")
        executed = re.findall(r"number_of_executed_units: (\d+)", done.stderr)
        seen = re.findall(r"ft: (\d+) corp: (\d+)", done.stderr) or [("?", "?")]
        crashes = len(list((asked.corpus / "crashes" / name).glob("*")))
        print(
            f"{name:18s} {executed[-1] if executed else '?':>12s} {seen[-1][0]:>9s} {seen[-1][1]:>7s} {crashes:8d} "
            f"{time.monotonic() - began:8.0f}",
            flush=True,
        )
        if trace := re.search(r"^Traceback .*?^\w.*?$", done.stderr.partition("Uncaught")[2], re.MULTILINE | re.DOTALL):
            print(trace[0], flush=True)


def inside(asked: argparse.Namespace) -> None:
    """Fuzz one target; libFuzzer ends the process."""
    import atheris

    sys.path.insert(0, str(SCRIPTS))
    with atheris.instrument_imports(include=["synthgest"]):
        from fuzz_targets import TARGETS
    target = TARGETS[asked.inside]
    home, crashes = asked.corpus / asked.inside, asked.corpus / "crashes" / asked.inside
    for folder in (home, crashes):
        folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(target.seeds):
        (home / f"seed-{number}").write_bytes(seed)
    options = [
        f"-runs={asked.runs}",
        f"-seed={asked.seed}",
        "-print_final_stats=1",
        f"-artifact_prefix={crashes}/",
        "-max_len=8192",
        "-rss_limit_mb=4096",
    ]
    limit = [f"-max_total_time={asked.seconds}"] if asked.seconds else []
    atheris.Setup([sys.argv[0], str(home), *options, *limit], target.run)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
