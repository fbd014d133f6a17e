"""The Hugging Face hub, asked briefly: what its cache on this machine holds, and whether it answers at all."""

import hashlib
import queue
import re
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from synthgest.errors import MissingDependency, ModelError

HUB_NAME = re.compile(r"\w[\w.-]*/\w[\w.-]*")
"""What a model's name on the hub looks like: owner/name."""

_PATIENCE = 4.0  # seconds that the hub has to answer
_SAMPLE = 1 << 20  # bytes at the beginning, middle and end of a file that its digest sees


def folder_digest(folder: Path) -> str:
    """16 hexadecimal digits over names, sizes and samples of all files: weights are too large to be read for every plan."""
    digest = hashlib.sha256()
    names = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    for name in names:
        if any(part.startswith(".") for part in name.parts):
            continue  # what a download tool keeps for itself
        path = folder / name
        size = path.stat().st_size
        digest.update(f"{name.as_posix()}\0{size}\0".encode())
        with path.open("rb") as file:
            for start in sorted({0, max(0, size // 2 - _SAMPLE // 2), max(0, size - _SAMPLE)}):
                file.seek(start)
                digest.update(file.read(_SAMPLE))
    return digest.hexdigest()[:16]


def cached_snapshot(name: str, revision: str) -> Path | None:
    """A snapshot in the hub's cache, also one of which only some files were fetched: what is missing is judged by us."""
    try:
        return Path(hub_client().snapshot_download(name, revision=revision or None, local_files_only=True))
    except (OSError, ValueError) as error:  # not there; a name that no model can have
        partial = getattr(error, "snapshot_path", None)
        return Path(partial) if partial else None


def snapshot(name: str, key: str, *, files: Sequence[str], needed: Callable[[Path], bool]) -> Path:
    """A model's snapshot with at least ``files`` (patterns), from the cache if what is ``needed`` is there, else fetched.

    key: of the setting that names it. ModelError within seconds where it is out of reach.
    """
    cached = cached_snapshot(name, "")
    if cached is not None and needed(cached):
        return cached
    commit_of(name, "", key)
    try:
        return Path(hub_client().snapshot_download(name, allow_patterns=list(files)))
    except Exception as error:  # the hub's client raises its own, OSError and HTTP errors alike
        raise unreachable(name, key, error) from error


def commit_of(name: str, revision: str, key: str) -> str:
    """The hub's commit of a model that is not here; it answers in time, or the model is out of reach."""
    ask = hub_client().HfApi().model_info
    answers: queue.SimpleQueue[str | Exception] = queue.SimpleQueue()

    def asked() -> None:
        try:
            answers.put(str(ask(name, revision=revision or None, timeout=_PATIENCE).sha))
        except Exception as error:  # as above
            answers.put(error)

    # Its client limits single reads, and tries again: a thread limits the whole, one that nobody waits for at the end.
    threading.Thread(target=asked, daemon=True).start()
    try:
        answer = answers.get(timeout=_PATIENCE)
    except queue.Empty:
        answer = TimeoutError(f"no answer within {_PATIENCE:g} s")
    if isinstance(answer, Exception):
        raise unreachable(name, key, answer) from answer
    return answer


def unreachable(name: str, key: str, error: Exception) -> ModelError:
    """Why a model cannot be had, and what to do. key: of the setting that names it."""
    status = getattr(getattr(error, "response", None), "status_code", None)
    reason = f"the hub could not be reached ({type(error).__name__})"
    if status in (401, 403):
        reason = "the hub asks you to accept the model's terms and to log in (`hf auth login`), or knows no such model"
    elif status == 404:
        reason = "the hub knows no such model or revision"
    return ModelError(
        f"the model {name!r} is not on this machine, and {reason}. Fetch it where there is a network by "
        f"`hf download {name}`, or give a folder that holds it: --set {key}=FOLDER"
    )


def hub_client() -> Any:
    """The module huggingface_hub."""
    try:
        import huggingface_hub
    except ImportError as error:
        raise MissingDependency(
            f"models need {error.name}: pip install 'synthgest[text-to-video]' or 'synthgest[score]'"
        ) from error
    return huggingface_hub


def push_folder(folder: Path, name: str) -> str:
    """Send a folder to a data set OWNER/NAME of the hub, made if need be (private); its address. ModelError if it cannot."""
    if not HUB_NAME.fullmatch(name):
        raise ModelError(f"{name!r} is no name on the hub, which would be OWNER/NAME")
    api = hub_client().HfApi()
    try:
        api.create_repo(name, repo_type="dataset", private=True, exist_ok=True)
        return str(api.upload_folder(repo_id=name, repo_type="dataset", folder_path=folder))
    except Exception as error:  # the client raises its own, OSError and HTTP errors alike
        raise ModelError(f"{folder} could not be sent to {name}: {error}; log in by `hf auth login`") from error
