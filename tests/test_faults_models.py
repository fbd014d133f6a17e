"""Models that do not fit or are not here: no clip is lost or smaller, and no network is asked (FAULTS.md F22, F25)."""

import itertools
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("diffusers")

import tiny_clip
import torch
from conftest import Judge, counts, video_recipe
from test_engines_text_to_video import shots_of

import synthgest as sg
from synthgest.diffusion import sampling
from synthgest.engines import load_engine
from synthgest.recipes import load_recipe, recipe_names
from synthgest.scoring.open_clip_model import OpenClip
from synthgest.takes import Take, take_all
from synthgest.types import Recipe

TinyModel = Callable[[str], Path]

# -- too little memory (F22) -------------------------------------------------------------------------------------------


@counts(2, 15)
def test_a_clip_that_did_not_fit_is_the_clip_that_was_asked_for(
    tiny_model: TinyModel, monkeypatch: pytest.MonkeyPatch, judged: Judge, trials: int
) -> None:
    real, left, failed = sampling.call, 0, 0

    def call(*words: Any, **given: Any) -> Any:
        nonlocal left, failed
        if left:
            left, failed = left - 1, failed + 1
            raise torch.OutOfMemoryError("CUDA out of memory")
        return real(*words, **given)

    monkeypatch.setattr(sampling, "call", call)
    other = unsaid = 0
    for rungs, name in list(itertools.product((4, 3, 2, 1, 0), ("ltx", "cogvideox", "wan")))[:trials]:
        recipe = video_recipe(tiny_model(name), batch=4, steps=2)
        left, failed = rungs, 0
        takes = list(take_all(load_engine(recipe), shots_of(recipe)))
        sound = [take for take in takes if isinstance(take, Take) and take.frames.shape == (9, 64, 64, 3)]
        other += 4 - len(sound)
        unsaid += sum(len(take.provenance["savings"]) != rungs for take in sound) + abs(failed - rungs)
    what = "out of memory on 0 to 4 rungs: lost, shorter or smaller"
    judged("F22", what, trials=4 * trials, worst=other, bar=0, unit="clips")
    judged(
        "F22",
        "out of memory: tries beyond one a rung, or not said",
        trials=4 * trials,
        worst=unsaid,
        bar=0,
        unit="clips",
    )


# -- no network (F25) --------------------------------------------------------------------------------------------------

OFFLINE = """
import contextlib, io, json, os, socket, sys, time
calls = []
def counted(name):
    def refused(*words, **more):
        calls.append(name)
        raise OSError("no network")
    return refused
for name in ("connect", "connect_ex", "sendto", "sendmsg"):
    setattr(socket.socket, name, counted(name))
for name in ("getaddrinfo", "create_connection", "gethostbyname"):
    setattr(socket, name, counted(name))
from synthgest.cli import main
found = []
for words in json.loads(sys.stdin.read()):
    sys.argv = ["synthgest", "--offline", *words]
    said, began, code = io.StringIO(), time.monotonic(), 0
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
        try:
            main()
        except SystemExit as ended:
            code = ended.code
    found.append([code, time.monotonic() - began, said.getvalue()])
print(json.dumps({"found": found, "calls": calls}))
"""


def absent(data: Path, out: Path) -> Iterator[tuple[list[str], str]]:
    """Commands whose models are not on this machine, and the models."""
    recipes = [load_recipe(name) for name in recipe_names()]
    names = {recipe.name: str(recipe.settings["model"]) for recipe in recipes if "model" in recipe.settings}
    knn = ["evaluate", "knn", "--reference", str(data), "--query", str(data), "--set", "model=maker/absent"]
    yield ["score", str(data), "--set", "model=hf-hub:maker/absent"], "maker/absent"
    yield [*knn, "--encoder", "siglip"], "maker/absent"
    for name, model in names.items():
        yield ["generate", "wave", "--clips", "1", "--out", str(out), "--generator", name], model
    for name in ("vjepa2", "umt", "clip"):
        yield [*knn, "--encoder", name], "maker/absent"
    learn = ["train", str(data), "--out", str(out), "--encoder", "videomae", "--with", "validation=0"]
    yield [*learn, "--set", "model=maker/absent"], "maker/absent"
    yield ["backgrounds", "wave", "--out", str(out)], "stabilityai/stable-diffusion-xl-base-1.0"


@counts(3, 24)
def test_offline_no_socket_is_asked_and_the_remedy_is_named(tmp_path: Path, judged: Judge, trials: int) -> None:
    toy = Recipe(name="toy", engine="toy", settings={"frames": 4, "size": 32})
    sg.generate(["wave", "Halt"], generator=toy, workers=0, clips=1, seed=0, out=tmp_path / "data")
    asked = list(absent(tmp_path / "data", tmp_path / "out"))[:trials]
    assert len(asked) == trials
    given = json.dumps([words for words, _ in asked])
    done = subprocess.run([sys.executable, "-c", OFFLINE], input=given, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    wrong = [
        (words, code, said)
        for (words, model), (code, _, said) in zip(asked, told["found"], strict=True)
        if code == 0 or f"hf download {model}" not in said
    ]
    bar = 5 if trials > 10 else 10  # beside other tests a clock says little
    slowest = max(seconds for _, seconds, _ in told["found"])
    judged("F25", "--offline: calls of sockets", trials=len(asked), worst=len(told["calls"]), bar=0, unit="calls")
    judged("F25", "--offline: until a missing model is told", trials=len(asked), worst=slowest, bar=bar, unit="s")
    judged("F25", "--offline: not told by `hf download`", trials=len(asked), worst=len(wrong), bar=0, unit="commands")
    assert not (tmp_path / "out").exists()


@counts(3, 12)
def test_pictures_prepared_otherwise_are_another_mark(tmp_path: Path, judged: Judge, trials: int) -> None:
    folder = tiny_clip.build_clip(tmp_path / "clip")
    config = json.loads((folder / "open_clip_config.json").read_text())
    own = config["preprocess_cfg"]
    expected, unseen = OpenClip(str(folder)).preprocessing, 0
    changes: list[dict[str, Any]] = [
        {"mean": [0.48, 0.46, 0.41]},
        {"interpolation": "bilinear"},
        {"resize_mode": "squash"},
        *({"mean": own["mean"], "std": [value, 0.25, 0.25]} for value in (0.24, 0.26, 0.5)),
        *({"mean": [*own["mean"][:at], 0.49, *own["mean"][at + 1 :]]} for at in range(3)),
        {"resize_mode": "longest"},
        {"resize_mode": "longest", "fill_color": 127},
        {"size": [32, 32], "mode": "RGB", "std": [0.2, 0.2, 0.2]},
    ]
    for change in changes[:trials]:
        (folder / "open_clip_config.json").write_text(json.dumps({**config, "preprocess_cfg": own | change}))
        unseen += OpenClip(str(folder)).preprocessing == expected
    judged("F25", "pictures prepared otherwise for the same weights", trials=trials, worst=unseen, bar=0, unit="unseen")
