"""Wrong frames, changed commands, twins among names and pages of hostile text (FAULTS.md F4, F9, F10, F18, F19)."""

import dataclasses
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import Judge, counts, tree_digest
from synthgest_toy import ToySettings, wander
from test_cli import synthgest
from test_report import Tags

import synthgest as sg
from synthgest.errors import ConfigChanged, SpecError
from synthgest.frames import to_uint8
from synthgest.gestures import Gesture, refuse_twins
from synthgest.report.evidence import ReportSettings
from synthgest.report.run import report, write
from synthgest.types import Rendered, Shot

Chance = np.random.Generator

# -- another command in the same folder (F4) ---------------------------------------------------------------------------


@counts(1, 8)
def test_another_command_in_the_folder_is_refused_by_name(
    tmp_path: Path, toy_recipe: Path, judged: Judge, trials: int
) -> None:
    out = tmp_path / "out"
    words = ["generate", "wave", "Halt", "--generator", toy_recipe, "--clips", 2, "--out", out]
    assert synthgest(*words, "--workers", 0).returncode == 0
    other = tmp_path / "other.toml"
    other.write_text('engine = "toy"\n')
    changes = {
        "seed: 0 in the folder, 5 asked for": ["--seed", 5],
        "clips of 'everyday/wave': 2 in the folder, 3 asked for": ["--clips", 3],
        "settings.frames": ["--set", "frames=17"],
        "recipe: 'toy' in the folder, 'other' asked for": ["--generator", other],
        "clips of 'rocog/Rally': 0 in the folder": ["Rally"],
    }
    before, slowest, wrong = tree_digest(out), 0.0, 0
    for named, more in changes.items():
        taken = []
        for _ in range(trials):
            began = time.monotonic()
            done = synthgest(*words, *more)
            taken.append(time.monotonic() - began)
            wrong += done.returncode != 2 or named not in done.stderr or tree_digest(out) != before
        slowest = max(
            slowest, min(taken)
        )  # of each change the quickest: what else the machine does is not the command's
    tried = trials * len(changes)
    judged("F4", "another command in the folder: changed or unnamed", trials=tried, worst=wrong, bar=0, unit="folders")
    bar = 2 if trials > 1 else 10  # one try beside other tests says little
    judged("F4", "another command in the folder: until it is refused", trials=tried, worst=slowest, bar=bar, unit="s")


class Revised:
    """An engine whose model has a revision."""

    def __init__(self, revision: str) -> None:
        self.revision = revision

    def fingerprint(self) -> dict[str, str]:
        return {"model": self.revision}

    def generate(self, shots: Sequence[Shot]) -> Iterator[Rendered]:
        for shot in shots:
            yield Rendered(frames=wander(shot.seed, ToySettings(frames=4, size=32)), fps=8)


@counts(3, 30)
def test_another_revision_of_the_model_is_refused_and_added_by_extend(
    tmp_path: Path, judged: Judge, trials: int
) -> None:
    out, wrong = tmp_path / "out", 0
    sg.generate("everyday/wave", generator=Revised("0"), clips=2, seed=0, out=out)
    for number in range(1, trials + 1):
        before = tree_digest(out)
        files = {path: path.read_bytes() for path in (out / "clips").rglob("*.*")}
        with pytest.raises(ConfigChanged) as refused:
            sg.generate("everyday/wave", generator=Revised(str(number)), clips=2, seed=0, out=out)
        wrong += "model" not in "".join(refused.value.differences) or tree_digest(out) != before
        sg.generate("everyday/wave", generator=Revised(str(number)), clips=2, seed=0, out=out, extend=True)
        wrong += len(sg.Dataset(out)) != 2 * (number + 1) or any(
            path.read_bytes() != old for path, old in files.items()
        )
    judged("F4", "another revision of the model: changed or unnamed", trials=trials, worst=wrong, bar=0, unit="folders")


# -- frames (F9, F10) --------------------------------------------------------------------------------------------------

LEGAL: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "bytes": lambda scene: scene,
    "bytes in another order": np.asfortranarray,
    "bytes of a larger array": lambda scene: np.repeat(scene, 2, axis=2)[:, :, ::2],
    "half": lambda scene: (scene / 255).astype(np.float16),
    "single": lambda scene: (scene / 255).astype(np.float32),
    "double": lambda scene: scene / 255,
    "other end first": lambda scene: (scene / 255).astype(">f4"),
}

ILLEGAL: dict[str, Callable[[Chance], Any]] = {
    "0 to 255": lambda rng: rng.uniform(0, 255, (4, 32, 32, 3)),
    "-1 to 1": lambda rng: rng.uniform(-1, 1, (4, 32, 32, 3)).astype(np.float32),
    "channels first": lambda rng: rng.integers(0, 256, (4, 3, 32, 32), dtype=np.uint8),
    "channels before frames": lambda rng: rng.uniform(0, 1, (3, 4, 32, 32)),
    "one picture": lambda rng: rng.integers(0, 256, (32, 32, 3), dtype=np.uint8),
    "grey": lambda rng: rng.integers(0, 256, (4, 32, 32), dtype=np.uint8),
    "with alpha": lambda rng: rng.integers(0, 256, (4, 32, 32, 4), dtype=np.uint8),
    "uint16": lambda rng: rng.integers(0, 65536, (4, 32, 32, 3), dtype=np.uint16),
    "int32": lambda rng: rng.integers(0, 256, (4, 32, 32, 3), dtype=np.int32),
    "bool": lambda rng: rng.random((4, 32, 32, 3)) < 0.5,
    "complex": lambda rng: rng.random((4, 32, 32, 3)) + 0j,
    "objects": lambda rng: rng.random((4, 32, 32, 3)).astype(object),
    "a list": lambda rng: list(rng.integers(0, 256, (4, 32, 32, 3), dtype=np.uint8)),
}


def pictures(rng: Chance, count: int, height: int, width: int) -> np.ndarray:
    return rng.integers(0, 256, (count, height, width, 3), dtype=np.uint8)


def of_two_sizes(rng: Chance) -> np.ndarray:
    found = np.empty(4, object)
    found[:] = [pictures(rng, 1, side, side)[0] for side in (32, 32, 48, 48)]
    return found


UNFIT: dict[str, Callable[[Chance], tuple[Any, float]]] = {
    "odd height": lambda rng: (pictures(rng, 4, 33, 32), 8.0),
    "odd width": lambda rng: (pictures(rng, 4, 32, 35), 8.0),
    "too small": lambda rng: (pictures(rng, 4, 8, 32), 8.0),
    "no frame": lambda rng: (pictures(rng, 0, 32, 32), 8.0),
    "one frame": lambda rng: (pictures(rng, 1, 32, 32), 8.0),
    "two sizes": lambda rng: (of_two_sizes(rng), 8.0),
    **{f"rate {fps}": lambda rng, fps=fps: (pictures(rng, 4, 32, 32), fps) for fps in (0, -5, np.nan, np.inf, 1e-4)},
}


def published(out: Path, trials: int, made: Callable[[int, Chance], tuple[Any, float]]) -> int:
    """Clips that a run lets through of an engine that hands over what it must not; those that it refuses say so."""

    def engine(shots: Sequence[Shot]) -> Iterator[Rendered]:
        for shot in shots:
            frames, fps = made(shot.index, np.random.default_rng(shot.seed))
            yield Rendered(frames=frames, fps=fps)

    dataset = sg.generate("everyday/wave", generator=engine, clips=trials, seed=0, out=out)
    assert len(dataset) + len(dataset.failures) == trials
    assert {attempt.reason for failure in dataset.failures for attempt in failure.attempts} <= {"frames"}
    return len(list(out.rglob("*.mp4")))


@counts(7, 70)
def test_every_legal_form_of_frames_is_what_is_seen_afterwards(tmp_path: Path, judged: Judge, trials: int) -> None:
    forms = list(LEGAL.values())

    def engine(shots: Sequence[Shot]) -> Iterator[Rendered]:
        for shot in shots:
            yield Rendered(frames=forms[shot.index % len(forms)](wander(shot.seed, ToySettings())), fps=16)

    dataset = sg.generate("everyday/wave", generator=engine, clips=trials, seed=0, out=tmp_path / "out")
    assert len(dataset) == trials
    errors = [clip.frames().astype(float) - wander(clip.record.seed, ToySettings()) for clip in dataset]
    worst = max(float(np.sqrt(np.mean(error**2))) for error in errors)
    bar = 255 / 10 ** (30 / 20)
    judged(
        "F9", "legal frames, published and decoded: error", trials=trials, worst=worst, bar=bar, unit="of 255 (30 dB)"
    )
    dim = [np.random.default_rng(trial).integers(0, 2, (2, 16, 16, 3), dtype=np.uint8) for trial in range(trials)]
    scaled = sum(not np.array_equal(to_uint8(frames), frames) for frames in dim)
    judged("F9", "bytes of 0 and 1 that are taken for parts of one", trials=trials, worst=scaled, bar=0, unit="clips")


@counts(13, 130)
def test_no_illegal_form_of_frames_is_published(tmp_path: Path, judged: Judge, trials: int) -> None:
    forms = list(ILLEGAL.values())
    found = published(tmp_path / "out", trials, lambda index, rng: (forms[index % len(forms)](rng), 8.0))
    judged("F9", "frames of another range, type or order of axes", trials=trials, worst=found, bar=0, unit="published")


@counts(11, 110)
def test_no_clip_that_a_video_cannot_hold_unchanged_is_published(tmp_path: Path, judged: Judge, trials: int) -> None:
    forms = list(UNFIT.values())
    found = published(tmp_path / "out", trials, lambda index, rng: forms[index % len(forms)](rng))
    judged("F10", "odd and changing sizes, 0 or 1 frames, no rate", trials=trials, worst=found, bar=0, unit="published")


# -- names and pages (F18, F19) ----------------------------------------------------------------------------------------


def test_empty_names_and_twins_are_refused(judged: Judge) -> None:
    twins = [
        ("Wave", "wave"),
        ("café", "cafe\u0301"),
        ("\u212bngstrom", "ÅNGSTROM"),
        ("straße", "STRASSE"),
        ("ﬁst", "FIST"),
    ]
    taken = 0
    for names in [*twins, *(name[::-1] for name in twins), ("",), (" ",), ("\t\n",), ("\ud800",)]:
        try:
            refuse_twins(Gesture(name=f"own/{name}", phrase="a person").name for name in names)
            taken += 1
        except SpecError:
            pass
    judged("F18", "empty names and twins that are taken", trials=14, worst=taken, bar=0, unit="names")


@counts(20, 1000)
def test_a_page_of_many_clips_and_a_prompt_of_a_megabyte_is_small_and_inert(
    tmp_path: Path, judged: Judge, trials: int
) -> None:
    evil = "<img src=http://evil.example/x onerror=hit()></script><script>hit()</script>" * 13_800

    def engine(shots: Sequence[Shot]) -> Iterator[Rendered]:
        settings = dataclasses.replace(ToySettings(), frames=8)
        for shot in shots:
            prompt = evil if shot.index == 0 else f"{shot.gesture.phrase} in a park"
            grain = np.random.default_rng(shot.seed).integers(-30, 20, (8, 64, 64, 3))  # films of it are large
            frames = (wander(shot.seed, settings) + grain).clip(0, 255).astype(np.uint8)
            yield Rendered(frames=frames, fps=8, provenance={"prompt": prompt})

    assert len(evil) > 2**20
    names = ["everyday/wave", "everyday/bow", "everyday/clap", "rocog/Halt"]
    dataset = sg.generate(names, generator=engine, clips=trials // 4, seed=0, out=tmp_path / "out")
    write(report(dataset, ReportSettings(encoder="clip")), tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "&lt;img src=http://evil.example/x" in page
    assert "<video" in page
    size = len(page.encode()) / 2**20
    judged("F19", f"the page of {trials} clips, one prompt of 1 MB", trials=1, worst=size, bar=10, unit="MB")
    addresses = [str(tag.get(key)) for _, tag in Tags(page).found for key in ("src", "href", "poster") if key in tag]
    outside = sum(not address.startswith(("#", "data:")) for address in addresses)
    judged("F19", "a prompt of 1 MB: addresses outside the page", trials=1, worst=outside, bar=0, unit="addresses")
    live = sum(tag in ("script", "iframe", "object") or "onerror" in names for tag, names in Tags(page).found)
    judged("F19", "a prompt of 1 MB: elements that run", trials=1, worst=live, bar=0, unit="elements")
