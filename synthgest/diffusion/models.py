"""Where a model's files are: in a folder, in the hub's cache on this machine, or still to be fetched; told apart within seconds."""

import importlib.util
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from synthgest.diffusion.settings import ModelSettings
from synthgest.errors import ModelError
from synthgest.hub import HUB_NAME, cached_snapshot, commit_of, folder_digest, hub_client, unreachable

_WEIGHTS = (".safetensors",)
_LIBRARIES = ("diffusers", "transformers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A model's files. folder: where they lie, None if they are still to be fetched. mark: the hub's commit, or a digest.

    revision: of the hub, as it was asked for. pinned: whether the mark is a commit.
    """

    name: str
    folder: Path | None
    mark: str
    revision: str
    pinned: bool


def find(name: str, *, revision: str = "", key: str = "model") -> Found:
    """The files of a model, by folder or by name on the hub; ModelError within seconds if they are out of reach.

    key: of the recipe, for the message that says how to mend it.
    """
    folder = Path(name).expanduser()
    if folder.is_dir():
        _require_whole(folder, key)
        return Found(name=folder.name, folder=folder, mark=folder_digest(folder), revision="", pinned=False)
    if not HUB_NAME.fullmatch(name):
        raise ModelError(f"{key} is {name!r}: no such folder, and no name on the hub, which would be OWNER/NAME")
    cached = cached_snapshot(name, revision)
    if cached is not None and _missing_part(cached, key) is None:
        return Found(name=name, folder=cached, mark=cached.name, revision=revision, pinned=True)
    return Found(name=name, folder=None, mark=commit_of(name, revision, key), revision=revision, pinned=True)


def find_all(settings: ModelSettings) -> dict[str, Found]:
    """Every model that a recipe names, by the key that names it."""
    named = settings.models().items()
    return {key: find(name, revision=settings.revision if key == "model" else "", key=key) for key, name in named}


def fetch_all(settings: ModelSettings, found: Mapping[str, Found]) -> dict[str, Path]:
    """The folders of all models that ``find_all`` found, fetched from the hub where they are not here."""
    return {key: fetch(model, variant=settings.variant, key=key) for key, model in found.items()}


def fetch(found: Found, *, variant: str = "", key: str = "model") -> Path:
    """The folder of a model's files, fetched from the hub if they are not here."""
    if found.folder is not None:
        return found.folder
    try:
        folder = _download_pipeline(found, variant) if key == "model" else _download_part(found)
    except Exception as error:  # the hub's client raises its own, OSError and HTTP errors alike
        raise unreachable(found.name, key, error) from error
    if folder.name != found.mark:
        raise ModelError(f"the model {found.name!r} was changed on the hub while it was fetched; run the command again")
    return folder


def _download_part(found: Found) -> Path:
    kinds = ["*.json", "*.safetensors"]
    return Path(hub_client().snapshot_download(found.name, revision=found.revision or None, allow_patterns=kinds))


def _download_pipeline(found: Found, variant: str) -> Path:
    """Diffusers knows which files a pipeline consists of, and which of them a variant replaces."""
    from synthgest.diffusion.libraries import diffusers_library

    pipeline = diffusers_library().DiffusionPipeline
    return Path(
        pipeline.download(
            found.name,
            revision=found.revision or None,  # a name, and not its commit, so that the cache remembers what it means
            variant=variant or None,
            use_safetensors=True,
            trust_remote_code=False,
        )
    )


def read_index(folder: Path) -> dict[str, Any]:
    """The content of a pipeline's ``model_index.json``; parts from other libraries than diffusers and transformers are refused."""
    try:
        index: dict[str, Any] = json.loads((folder / "model_index.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ModelError(f"{folder} is no diffusers pipeline: model_index.json cannot be read ({error})") from error
    if not isinstance(index, dict) or not isinstance(index.get("_class_name"), str):
        raise ModelError(f"{folder}/model_index.json names no pipeline class of diffusers")
    for name, part in _parts(index).items():
        if part[0] not in _LIBRARIES and not _is_of_diffusers(part[0]):
            raise ModelError(f"{folder}: its {name} comes from {part[0]!r}; only {' and '.join(_LIBRARIES)} are used")
    return index


def _is_of_diffusers(module: str) -> bool:
    """Whether a name stands for a module of diffusers.pipelines, as old models name them; found without importing it."""
    spec = importlib.util.find_spec("diffusers")
    places = spec.submodule_search_locations if spec is not None else None
    return module.isidentifier() and any((Path(place) / "pipelines" / module).is_dir() for place in places or ())


def _parts(index: dict[str, Any]) -> dict[str, list[str]]:
    return {
        name: part
        for name, part in index.items()
        if isinstance(part, list) and len(part) == 2 and all(isinstance(word, str) for word in part)
    }


def _require_whole(folder: Path, key: str) -> None:
    missing = _missing_part(folder, key)
    if missing is not None:
        raise ModelError(f"{key} is the folder {folder}, but {missing} is missing; fetch the model again")


def _missing_part(folder: Path, key: str) -> str | None:
    """What a folder lacks of a model that can be loaded without pickles; of a pipeline, of each of its parts."""
    if key != "model":
        return None if any(_weights(folder)) else "*.safetensors"
    if not (folder / "model_index.json").is_file():
        return "model_index.json"
    for name in _parts(read_index(folder)):
        where = folder / name
        if not where.is_dir():
            return f"the part {name}"
        configured = where / "config.json"
        if configured.is_file() and not any(_weights(where)):
            only = "only weights as pickles, which are never loaded" if any(where.glob("*.bin")) else "none there"
            return f"{name}/*.safetensors ({only})"
        for listing in where.glob("*.safetensors.index*.json"):
            if gone := _absent(listing, where):
                return f"{name}/{gone}"
    return None


def _weights(folder: Path) -> Iterator[Path]:
    return (path for suffix in _WEIGHTS for path in folder.glob(f"*{suffix}") if path.is_file())


def _absent(listing: Path, folder: Path) -> str | None:
    try:
        shards = set(json.loads(listing.read_text(encoding="utf-8"))["weight_map"].values())
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        return listing.name
    return next(
        (str(shard) for shard in sorted(shards, key=str) if not (folder / Path(str(shard)).name).is_file()), None
    )
