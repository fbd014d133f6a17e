"""The whole loop on a few gestures, by the commands that anybody would type: draw, score, train, and see how that does on others.

python scripts/demo.py [FOLDER]
"""

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

import synthgest as sg
from synthgest.data.sheet import write_picture
from synthgest.training.recogniser import Recogniser, load_recogniser

GESTURES = ("everyday/wave", "everyday/bow", "rocog/Halt", "rocog/Rally")
OTHERS = f"not:{','.join(GESTURES)}"
DRAWN = ("--set", "fps=6", "--set", "frames=[8,16]")  # quick to draw, and enough to learn from
RIGHT, WRONG, INK = (30, 130, 60), (200, 40, 40), (30, 30, 30)
TILE, BAND = 150, 34


def main(folder: Path) -> None:
    """Run all of it, and say where to look."""
    began = time.monotonic()
    told = Told()
    drawn, others, unseen, run = (folder / name for name in ("drawn", "others", "unseen", "run"))
    told.say(
        "Clips of four gestures, and of people who do something else: each with its label, and where the joints are."
    )
    told.run("generate", *GESTURES, "--clips", 20, "--seed", 0, "--out", drawn, "--sheet", folder / "drawn.png", *DRAWN)
    told.run("generate", OTHERS, "--clips", 24, "--seed", 1, "--out", others, *DRAWN)
    told.picture("drawn.png")
    told.say("How far can each clip be trusted, and how far the scorer? AUROC: 0.5 is a coin, 1 finds every bad clip.")
    told.run("score", drawn, "--scorer", "prototype", "--validate", "--validation-clips", 20)
    told.say("A recogniser that learns from these clips alone, each label smoothed by how unsure the scorer was.")
    told.run("train", drawn, "--negatives", others, "--out", run, "--labels", "ul", "--steps", 100)
    told.say(
        "How does it do on other people in other places, whom it never saw? (Drawn too: real ones are yours to film.)"
    )
    told.run("generate", *GESTURES, "--clips", 8, "--seed", 2, "--out", unseen, *DRAWN)
    told.run("evaluate", "accuracy", run, "--query", unseen)
    show(load_recogniser(run), sg.Dataset(unseen), folder / "recognised.png")
    told.picture("recognised.png")
    told.say("One page about the clips it learned from: which class is worst, why, and what to do next.")
    told.run("report", drawn, "--out", folder / "report.html")
    (folder / "summary.md").write_text(told.page)
    print(
        f"\nIn {(time.monotonic() - began) / 60:.1f} minutes. Look at:\n"
        f"  {folder / 'drawn.png'}        what it learned from\n"
        f"  {folder / 'recognised.png'}   what it says of people whom it never saw\n"
        f"  {folder / 'report.html'}       whether the clips can be trusted, are varied and show their labels\n"
        f"  {folder / 'summary.md'}       all commands, and what they said\n"
        f"Then film yourself, in a folder for each gesture: synthgest evaluate accuracy {run} --query FILMS"
    )


class Told:
    """What is run, said on the screen and kept as a page."""

    def __init__(self) -> None:
        self.page = "# From four names to a recogniser\n"

    def say(self, words: str) -> None:
        """A line between the commands."""
        print(f"\n{words}", flush=True)
        self.page += f"\n{words}\n"

    def run(self, *words: object) -> None:
        """A command as one would type it, which shows its own progress."""
        said = [str(word) for word in words]
        line = "$ synthgest " + " ".join(f"'{word}'" if "[" in word else word for word in said)
        print(line, flush=True)
        done = subprocess.run([sys.executable, "-m", "synthgest", *said], stdout=subprocess.PIPE, text=True)
        print(done.stdout, end="", flush=True)
        if done.returncode:
            raise SystemExit(done.returncode)
        self.page += f"\n```console\n{line}\n{done.stdout}```\n"

    def picture(self, name: str) -> None:
        """A picture that lies beside the page."""
        self.page += f"\n![{name}]({name})\n"


def show(recogniser: Recogniser, dataset: sg.Dataset, path: Path) -> None:
    """A picture of each clip, and what it is taken for."""
    found = recogniser.probabilities(dataset.clips)
    names = [name.partition("/")[2] for name in recogniser.classes] + ["none of them"] * recogniser.about.rejects
    tiles = [
        _tile(clip.frames_at([sum(clip.shown) // 2])[0], clip.gesture.partition("/")[2], names[row.argmax()], row.max())
        for clip, row in zip(dataset.clips, found, strict=True)
    ]
    write_picture(path, [np.hstack(_filled(tiles[start : start + 8])) for start in range(0, len(tiles), 8)])


def _tile(frame: np.ndarray, name: str, taken: str, probability: float) -> np.ndarray:
    picture = cv2.resize(frame, (TILE, TILE), interpolation=cv2.INTER_AREA)
    band = np.full((BAND, TILE, 3), 250, np.uint8)
    colour = RIGHT if taken == name else WRONG
    cv2.putText(band, name, (4, 12), cv2.FONT_HERSHEY_SIMPLEX, 0.36, INK, 1, cv2.LINE_AA)
    text = f"> {taken} {probability:.0%}"
    cv2.putText(band, text, (4, 27), cv2.FONT_HERSHEY_SIMPLEX, 0.36, colour, 1, cv2.LINE_AA)
    tile = cv2.copyMakeBorder(picture, 3, 0, 3, 3, cv2.BORDER_CONSTANT, value=colour)
    return np.pad(
        np.vstack([tile, np.pad(band, ((0, 0), (3, 3), (0, 0)), constant_values=250)]),
        ((0, 4), (0, 4), (0, 0)),
        constant_values=250,
    )


def _filled(tiles: Sequence[np.ndarray]) -> list[np.ndarray]:
    return [*tiles, *[np.full_like(tiles[0], 250)] * (8 - len(tiles))]


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "demo"))
