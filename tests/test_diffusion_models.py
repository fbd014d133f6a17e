"""Where a model's files are, and that nothing is loaded which could run code (FAULTS.md F14)."""

import json
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("diffusers")

import diffusers
import huggingface_hub
import torch
from conftest import video_recipe
from huggingface_hub.errors import HfHubHTTPError

from synthgest.diffusion import models
from synthgest.diffusion.loading import load_pipeline
from synthgest.diffusion.models import Found, fetch, find
from synthgest.engines import fingerprint, load_engine
from synthgest.engines.text_to_video import TextToVideo
from synthgest.errors import ModelError

TinyModel = Callable[[str], Path]
COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def copy(tiny_model: TinyModel, tmp_path: Path) -> Path:
    """A tiny pipeline to spoil."""
    return Path(shutil.copytree(tiny_model("cogvideox"), tmp_path / "copy"))


@pytest.fixture
def hub_cache(tiny_model: TinyModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache as the hub's client lays it out, which holds the tiny model as ``maker/tiny``."""
    cache = tmp_path / "hub"
    entry = cache / "models--maker--tiny"
    shutil.copytree(tiny_model("cogvideox"), entry / "snapshots" / COMMIT)
    (entry / "refs").mkdir()
    (entry / "refs" / "main").write_text(COMMIT)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(cache))
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    return entry


def test_a_folder_is_known_by_its_content_and_not_by_its_path(tiny_model: TinyModel, copy: Path) -> None:
    assert find(str(copy)).mark == find(str(tiny_model("cogvideox"))).mark
    weights = copy / "transformer" / "diffusion_pytorch_model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    assert find(str(copy)).mark != find(str(tiny_model("cogvideox"))).mark


def test_a_cached_model_is_found_by_name_and_pinned_to_its_commit(hub_cache: Path) -> None:
    found = find("maker/tiny")
    assert (found.mark, found.pinned) == (COMMIT, True)
    assert fetch(found) == found.folder == hub_cache / "snapshots" / COMMIT
    engine = load_engine(video_recipe(Path("maker/tiny")))
    assert fingerprint(engine)["model"] == COMMIT
    assert isinstance(engine, TextToVideo)
    assert engine.ready((), trial=False).settings["revision"] == COMMIT


def test_a_half_downloaded_model_counts_as_absent(hub_cache: Path) -> None:
    (hub_cache / "snapshots" / COMMIT / "vae" / "diffusion_pytorch_model.safetensors").unlink()
    with pytest.raises(ModelError, match="hf download maker/tiny"):
        find("maker/tiny")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nowhere", "no such folder, and no name on the hub"),
        ("..", "model_index.json is missing"),
        ("../nowhere", "no such folder"),
        ("a/b/c", "no such folder"),
        ("maker/absent", "hf download maker/absent"),
    ],
)
def test_a_model_that_is_nowhere_is_told_in_time(name: str, message: str, hub_cache: Path) -> None:
    began = time.monotonic()
    with pytest.raises(ModelError, match=message):
        find(name)
    assert time.monotonic() - began < 5


@pytest.fixture
def deaf_server() -> Iterator[str]:
    """Accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        held: list[socket.socket] = []
        threading.Thread(target=_accept, args=(server, held), daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        for connection in held:
            connection.close()


def _accept(server: socket.socket, held: list[socket.socket]) -> None:
    while True:
        try:
            held.append(server.accept()[0])
        except OSError:
            return


def test_a_hub_that_does_not_answer_is_given_up(deaf_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(huggingface_hub.constants, "ENDPOINT", deaf_server)
    began = time.monotonic()
    with pytest.raises(ModelError, match="--set model=FOLDER"):
        find("maker/absent")
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("status", "message"), [(401, "hf auth login"), (403, "accept the model's terms"), (404, "knows no such model")]
)
def test_what_the_hub_says_is_passed_on(status: int, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise HfHubHTTPError("no", response=SimpleNamespace(status_code=status, headers={}, request=None))  # type: ignore[arg-type]

    monkeypatch.setattr(huggingface_hub.HfApi, "model_info", refuse)
    with pytest.raises(ModelError, match=message):
        find("maker/absent")


def test_a_model_that_the_hub_has_is_fetched_at_its_commit_without_pickles(
    monkeypatch: pytest.MonkeyPatch, tiny_model: TinyModel, tmp_path: Path
) -> None:
    asked: list[dict[str, Any]] = []
    snapshot = tmp_path / COMMIT
    snapshot.symlink_to(tiny_model("cogvideox"))

    def absent(*_: Any, **__: Any) -> str:
        raise FileNotFoundError

    def download(name: str, **given: Any) -> str:
        asked.append({"name": name, **given})
        return str(snapshot)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", absent)
    monkeypatch.setattr(huggingface_hub.HfApi, "model_info", lambda *_, **__: SimpleNamespace(sha=COMMIT))
    monkeypatch.setattr(diffusers.DiffusionPipeline, "download", download)
    found = find("maker/tiny")
    assert (found.folder, found.mark) == (None, COMMIT)
    assert asked == []  # planning downloads nothing
    assert fetch(found, variant="fp16") == snapshot
    assert asked[0] == {
        "name": "maker/tiny",
        "revision": None,
        "variant": "fp16",
        "use_safetensors": True,
        "trust_remote_code": False,
    }


def test_a_model_that_changes_while_it_is_fetched_is_not_used(
    monkeypatch: pytest.MonkeyPatch, tiny_model: TinyModel
) -> None:
    monkeypatch.setattr(diffusers.DiffusionPipeline, "download", lambda *_, **__: str(tiny_model("cogvideox")))
    with pytest.raises(ModelError, match="was changed on the hub"):
        fetch(Found(name="maker/tiny", folder=None, mark=COMMIT, revision="", pinned=True))


def test_a_snapshot_of_which_only_the_needed_files_were_fetched_is_whole(
    hub_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class IncompleteError(OSError):
        snapshot_path = str(hub_cache / "snapshots" / COMMIT)

    def incomplete(*_: Any, **__: Any) -> str:
        raise IncompleteError("README.md is missing")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", incomplete)
    assert find("maker/tiny").folder == hub_cache / "snapshots" / COMMIT


def test_what_a_download_tool_keeps_for_itself_does_not_count(copy: Path) -> None:
    before = find(str(copy)).mark
    (copy / ".cache" / "huggingface").mkdir(parents=True)
    (copy / ".cache" / "huggingface" / "vae.metadata").write_text("now")
    assert find(str(copy)).mark == before


def test_old_models_may_name_a_module_of_diffusers(copy: Path) -> None:
    index = json.loads((copy / "model_index.json").read_text())
    (copy / "safety_checker").mkdir()
    index["safety_checker"] = ["stable_diffusion", "StableDiffusionSafetyChecker"]
    (copy / "model_index.json").write_text(json.dumps(index))
    assert find(str(copy)).folder == copy


def test_of_a_part_only_weights_without_pickles_are_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []

    def download(name: str, *, allow_patterns: list[str], **_: Any) -> str:
        asked.append(allow_patterns)
        return f"/somewhere/{COMMIT}"

    monkeypatch.setattr(huggingface_hub, "snapshot_download", download)
    absent = Found(name="maker/adapter", folder=None, mark=COMMIT, revision="", pinned=True)
    assert fetch(absent, key="components.motion_adapter.model").name == COMMIT
    assert asked == [["*.json", "*.safetensors"]]


# -- nothing runs ------------------------------------------------------------------------------------------------------


class _Evil:
    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        return Path.touch, (self.canary,)


@pytest.mark.parametrize("part", ["transformer", "text_encoder", "vae"])
def test_pickled_weights_are_never_opened(part: str, copy: Path, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    for weights in (copy / part).glob("*.safetensors"):
        weights.unlink()
        name = "pytorch_model.bin" if part == "text_encoder" else "diffusion_pytorch_model.bin"
        torch.save({"x": _Evil(canary)}, copy / part / name)
    with pytest.raises(ModelError, match="never loaded"):
        find(str(copy))
    settings = TextToVideo(video_recipe(copy)).settings
    with pytest.raises(ModelError):
        load_pipeline(settings, {"model": copy})  # also where the first look was passed by
    assert not canary.exists()


@pytest.mark.parametrize("library", ["os", "subprocess", "my_code", "pipeline"])
def test_parts_from_other_libraries_are_refused(library: str, copy: Path) -> None:
    index = json.loads((copy / "model_index.json").read_text())
    index["vae"] = [library, "system"]
    (copy / "model_index.json").write_text(json.dumps(index))
    (copy / "vae" / "my_code.py").write_text("raise SystemExit('ran')")
    with pytest.raises(ModelError, match=f"comes from '{library}'"):
        find(str(copy))


def test_code_that_comes_with_a_pipeline_is_refused(copy: Path, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    (copy / "pipeline.py").write_text(f"from pathlib import Path\nPath({str(canary)!r}).touch()\n")
    index = json.loads((copy / "model_index.json").read_text())
    index["_class_name"] = ["pipeline", "MyPipeline"]
    (copy / "model_index.json").write_text(json.dumps(index))
    with pytest.raises(ModelError, match="names no pipeline class"):
        find(str(copy))
    config = json.loads((copy / "text_encoder" / "config.json").read_text())
    index["_class_name"] = "CogVideoXPipeline"
    (copy / "model_index.json").write_text(json.dumps(index))
    config["auto_map"] = {"AutoModel": "pipeline.MyModel"}
    (copy / "text_encoder" / "config.json").write_text(json.dumps(config))
    load_pipeline(TextToVideo(video_recipe(copy)).settings, {"model": copy})
    assert not canary.exists()


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda folder: (folder / "model_index.json").write_text("{"), "cannot be read"),
        (lambda folder: (folder / "model_index.json").write_text("[]"), "names no pipeline"),
        (lambda folder: (folder / "model_index.json").unlink(), "model_index.json"),
        (lambda folder: shutil.rmtree(folder / "vae"), "the part vae is missing"),
        (lambda folder: (folder / "tokenizer" / "tokenizer.json").write_text("{}"), "tokenizer"),
        (lambda folder: (folder / "transformer" / "config.json").write_text("{}"), "cannot be loaded"),
        (
            lambda folder: (folder / "vae" / "diffusion_pytorch_model.safetensors").write_bytes(b"x" * 99),
            "cannot be loaded",
        ),
    ],
)
def test_a_spoilt_folder_is_a_model_error(spoil: Callable[[Path], object], message: str, copy: Path) -> None:
    spoil(copy)
    with pytest.raises(ModelError, match=message):
        _use(copy)


def _use(folder: Path) -> None:
    engine = TextToVideo(video_recipe(folder))
    fingerprint(engine)
    engine.ready((), trial=False)
    assert engine._enrichment.count("a b") > 0
    load_pipeline(engine.settings, {"model": folder})


def test_a_shard_that_is_missing_is_named(copy: Path) -> None:
    listing = {"weight_map": {"a": "one-00001-of-00002.safetensors"}}
    (copy / "vae" / "diffusion_pytorch_model.safetensors.index.json").write_text(json.dumps(listing))
    with pytest.raises(ModelError, match="one-00001-of-00002"):
        find(str(copy))


def test_a_folder_of_weights_alone_is_a_part(tiny_model: TinyModel) -> None:
    folder = tiny_model("cogvideox")
    assert find(str(folder / "vae"), key="loras.0.model").folder == folder / "vae"
    with pytest.raises(ModelError, match="safetensors is missing"):
        find(str(folder / "scheduler"), key="components.vae.model")
    assert models.find_all(TextToVideo(video_recipe(tiny_model("cogvideox"))).settings).keys() == {"model"}
