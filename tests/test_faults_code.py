"""Code that comes with motions, models and recipes is refused and never run (FAULTS.md F14, F26)."""

import contextlib
import itertools
import json
import pickle
import random
import re
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("diffusers")

import tiny_clip
import tiny_encoders
import torch
from conftest import Judge, counts, video_recipe
from test_cli import last_line, synthgest
from test_motion_formats import amass

import synthgest as sg
from synthgest.diffusion.loading import load_pipeline
from synthgest.encoders import load_encoder
from synthgest.engines import fingerprint, load_engine
from synthgest.engines.text_to_video import TextToVideo
from synthgest.errors import MotionError, SpecError, SynthgestError
from synthgest.gestures import load_gestures
from synthgest.motion import perform, read_motion
from synthgest.motion.reading import Reading
from synthgest.motion.sequence import Motion
from synthgest.recipes import load_recipe
from synthgest.scoring.open_clip_model import OpenClip

TinyModel = Callable[[str], Path]


class Canary:
    """Unpickled, it makes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, tuple[Path]]:
        return Path.touch, (self.path,)


# -- code in files (F14) -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def motion() -> Motion:
    """Someone bows."""
    return perform(load_gestures(["everyday/bow"])[0], np.random.default_rng(0), fps=30.0, frames=(20, 48)).motion


SUFFIXES = (".npz", ".npy", ".pt", ".pth", ".pkl", ".json", ".csv", ".amc", ".bvh")
FORMATS = ("", "amass", "smplx", "motion-x", "gvhmr", "humanml3d", "synthgest")
KEYS = ("poses", "trans", "mocap_framerate", "betas", "gender", "labels")


def evil(path: Path, canary: Path, where: str | int, motion: Motion) -> Path:
    """A file that is a pickle by a protocol, or arrays of which one holds an object."""
    if isinstance(where, int):
        path.write_bytes(pickle.dumps(Canary(canary), protocol=where))
    elif path.suffix in (".pt", ".pth"):
        torch.save({"smpl_params_global": {}, where: Canary(canary)}, path)
    else:
        with path.open("wb") as stream:
            np.savez(stream, **amass(motion, **{where: np.array([Canary(canary)], dtype=object)}))
    return path


@counts(18, 108)
def test_code_in_files_of_motion_is_never_run(tmp_path: Path, motion: Motion, judged: Judge, trials: int) -> None:
    kinds = list(itertools.product(SUFFIXES, (*KEYS, *range(6))))
    random.Random(0).shuffle(kinds)
    ran = taken = 0
    for number, (suffix, where) in enumerate(kinds[:trials]):
        canary = tmp_path / f"{number}.ran"
        path = evil(tmp_path / f"{number}{suffix}", canary, where, motion)
        for name in FORMATS:
            try:
                read_motion(path, Reading(format=name))
                taken += where != "labels"  # what is not needed is left alone, and the rest read
            except MotionError:
                pass
        ran += canary.exists()
    judged("F14", "files of motion with code in them: code that ran", trials=trials, worst=ran, bar=0, unit="canaries")
    judged("F14", "files of motion with code in them: read as motions", trials=trials, worst=taken, bar=0, unit="files")
    pickle.loads(pickle.dumps(Canary(tmp_path / "ran")))
    assert (tmp_path / "ran").exists()  # the code is such that it would run


# -- code in models and recipes (F26) ----------------------------------------------------------------------------------


def pickled(folder: Path, canary: Path, name: str = "pytorch_model.bin") -> None:
    for path in folder.glob("*.safetensors"):
        path.unlink()
    torch.save({"x": Canary(canary)}, folder / name)


def change_table(file: Path, change: dict[str, Any]) -> None:
    file.write_text(json.dumps(json.loads(file.read_text()) | change))


def use_pipeline(folder: Path, **settings: Any) -> None:
    engine = load_engine(video_recipe(folder, **settings))
    assert isinstance(engine, TextToVideo)
    fingerprint(engine)
    load_pipeline(engine.settings, {"model": folder, "components.vae.model": folder / "vae"})


def use_recipe(folder: Path, text: str) -> None:
    (folder / "mine.toml").write_text(text)
    load_engine(load_recipe(str(folder / "mine.toml")))


def of_pipelines(whole: Path, canary: Path) -> Iterator[Callable[[], object]]:
    """What a pipeline may bring; each is spoilt anew from the whole one."""
    bins = {"text_encoder": "pytorch_model.bin"}
    pickles = [
        lambda copy, part=part: pickled(copy / part, canary, bins.get(part, "diffusion_pytorch_model.bin"))
        for part in ("transformer", "vae", "text_encoder")
    ]
    changes: list[tuple[str, dict[str, Any]]] = [
        ("model_index.json", {"_class_name": ["evil_module", "Model"]}),
        ("model_index.json", {"vae": ["evil_module", "Model"]}),
        ("model_index.json", {"scheduler": ["evil_module", "Model"]}),
        ("text_encoder/config.json", {"auto_map": {"AutoModel": "evil_module.Model"}}),
        ("transformer/config.json", {"_class_name": "evil_module.Model"}),
    ]
    codes = [lambda copy, name=name, change=change: change_table(copy / name, change) for name, change in changes]
    for number, spoil in enumerate([*pickles, *codes]):
        copy = Path(shutil.copytree(whole, whole.parent / f"copy{number}"))
        spoil(copy)
        yield partial(use_pipeline, copy)
    for settings in (
        {"pipeline": "evil_module.Model"},
        {"scheduler": {"class": "evil_module.Model"}},
        {"components": {"vae": {"class": "evil_module.Model", "model": str(whole / "vae")}}},
    ):
        yield partial(use_pipeline, whole, **settings)


def of_encoders(folder: Path, canary: Path) -> Iterator[Callable[[], object]]:
    for name in sorted({"videomae", "siglip", "vjepa2", "dinov3", "xclip", "vivit"} & set(tiny_encoders.BUILDERS)):
        made = tiny_encoders.BUILDERS[name](folder / name, 0)
        pickled(made, canary)
        yield partial(load_encoder, name, {"model": str(made)})
    for name in ("umt", "viclip", "r2plus1d"):
        file = folder / f"{name}.pth"
        torch.save({"model": Canary(canary)}, file)
        yield partial(load_encoder, name, {"model": str(file)})
    made = tiny_clip.build_clip(folder / "clip")
    pickled(made, canary, "open_clip_pytorch_model.bin")
    yield partial(OpenClip, str(made))


def of_recipes(folder: Path) -> Iterator[Callable[[], object]]:
    for text in (
        'engine = "evil_module"',
        'engine = "evil_module:Model"',
        'engine = "toy"\nimport = "evil_module"',
        'engine = "toy"\nfault = "evil_module"\n[code]\nrun = "import evil_module"',
    ):
        yield partial(use_recipe, folder, text)


@counts(8, 25)
def test_code_that_comes_with_models_and_recipes_is_not_run(
    tiny_model: TinyModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, judged: Judge, trials: int
) -> None:
    canary = tmp_path / "canary"
    (tmp_path / "evil_module.py").write_text(
        f"from pathlib import Path\nPath({str(canary)!r}).touch()\nclass Model: ...\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    whole = Path(shutil.copytree(tiny_model("cogvideox"), tmp_path / "whole"))
    kinds = (of_recipes(tmp_path), of_pipelines(whole, canary), of_encoders(tmp_path, canary))
    attempts = [attempt for row in itertools.zip_longest(*kinds) for attempt in row if attempt]
    ran = 0
    for attempt in attempts[:trials]:
        with contextlib.suppress(SynthgestError):
            attempt()
        ran += canary.exists()
        canary.unlink(missing_ok=True)
    assert len(attempts) == 25
    judged(
        "F26", "models and recipes with code in them: code that ran", trials=trials, worst=ran, bar=0, unit="canaries"
    )
    pickle.loads(pickle.dumps(Canary(canary)))
    assert canary.exists()  # the code is such that it would run


@counts(20, 200)
def test_an_unknown_key_exits_2_and_names_the_nearest(tmp_path: Path, judged: Judge, trials: int) -> None:
    rng = random.Random(0)
    wrong = 0
    for _ in range(trials):
        name = rng.choice(["pose-transfer", "cogvideox-2b", "wan2.1-t2v-1.3b"])
        known = load_recipe(name).settings
        key = rng.choice([key for key in known if len(key) > 3])
        at = rng.randrange(len(key) - 1)
        slip = rng.choice([key[:at] + key[at + 1 :], key[:at] + key[at + 1] + key[at] + key[at + 2 :], key + key[-1]])
        if slip in known:
            continue
        try:
            load_engine(load_recipe(name, {slip: known[key]}))
            wrong += 1
        except SpecError as error:
            wrong += f"unknown key {slip!r}; did you mean {key!r}" not in str(error)
    judged("F26", "slips in keys that are taken, or the key not named", trials=trials, worst=wrong, bar=0, unit="slips")
    done = synthgest("generate", "wave", "--set", "widht=3", "--out", tmp_path / "out", "--json")
    assert done.returncode == 2
    assert "did you mean 'width'" in last_line(done)["error"]


def test_nothing_unpacks_an_archive_of_others(judged: Judge) -> None:
    """There is no tar to unpack with the wrong filter: archives of others are read entry by entry, in memory."""
    sources = list(Path(sg.__file__).parent.rglob("*.py"))
    unpacks = re.compile(r"\.extract(all)?\(|unpack_archive\(")
    found = sum(bool(unpacks.search(path.read_text(encoding="utf-8"))) for path in sources)
    assert len(sources) > 200
    judged("F26", "source files that unpack archives", trials=len(sources), worst=found, bar=0, unit="files")
