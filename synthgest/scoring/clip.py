"""The scorer ``clip``: how alike a clip's frames are to its class's words, by any model of open_clip."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from synthgest.data.dataset import Dataset
from synthgest.data.manifest import ClassEntry
from synthgest.data.publish import file_digest
from synthgest.errors import MissingDependency, ModelError, SpecError
from synthgest.hub import HUB_NAME, cached_snapshot, commit_of, hub_client, unreachable
from synthgest.scoring.scorer import Picture, ScorerMark
from synthgest.tables import to_value

Texts = Literal["original", "transformed", "ensemble"]

_LOCAL, _HUB = "local-dir:", "hf-hub:"
_CONFIG = "open_clip_config.json"
_FILES = [_CONFIG, "*.safetensors", "*.json", "*.txt"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipSettings:
    """Settings of the scorer ``clip``.

    model: ``local-dir:FOLDER`` or a folder in open_clip's format; ``hf-hub:OWNER/NAME``; or ``NAME:TAG`` of open_clip's own
    list, such as ``ViT-B-32:laion2b_s34b_b79k``. texts: the class's phrase (``original``), what is seen of it
    (``transformed``), or both (``ensemble``). frames: looked at of each clip. device: of torch; the accelerator if there is
    one.
    """

    model: str = ""
    texts: Texts = "ensemble"
    frames: int = 8
    device: str = ""

    def __post_init__(self) -> None:
        if not 1 <= self.frames <= 256:
            raise SpecError(f"frames is {self.frames}; expected 1 to 256 of a clip")


class ClipScorer:
    """Mean of the frames' normalised features against those of the class's words (arXiv 2505.19495, eq. 3)."""

    def __init__(self, dataset: Dataset, settings: Mapping[str, Any]) -> None:
        chosen = to_value(settings, ClipSettings, where="the scorer 'clip'")
        entries = dataset.manifest.classes
        texts = tuple(class_texts(entry, chosen.texts) for entry in entries)
        folder = find_model(chosen.model)
        weights = _weights(folder)
        torch, open_clip = _libraries()
        self._torch = torch
        self._device = chosen.device or _device(torch)
        try:
            self._model, _, self._transform = open_clip.create_model_and_transforms(
                f"{_LOCAL}{folder}", device=self._device
            )
            tokenizer = open_clip.get_tokenizer(f"{_LOCAL}{folder}")
        except Exception as error:  # broken files, foreign configurations: open_clip raises what it meets
            raise ModelError(f"{folder} cannot be loaded by open_clip: {error}") from error
        self._model.eval()
        self.mark = ScorerMark(
            scorer="clip",
            model=_name(chosen.model, folder),
            weights=file_digest(weights),
            preprocessing=_digest(self._model.visual.preprocess_cfg),
            classes=tuple(entry.name for entry in entries),
            texts=texts,
            temperature=float(self._model.logit_scale.exp().item()),
            frames=chosen.frames,
            ordered=False,
        )
        with torch.inference_mode():
            self._classes = torch.stack([self._embedded(tokenizer, each) for each in texts])

    def prepare(self, frames: Sequence[Picture]) -> Any:
        """The frames as open_clip prepares pictures, (T, 3, H, W)."""
        from PIL import Image

        return self._torch.stack([self._transform(Image.fromarray(frame)) for frame in frames])

    def cosines(self, prepared: Sequence[Any]) -> NDArray[np.float32]:
        """(N, K) float32."""
        torch = self._torch
        with torch.inference_mode():
            pictures = torch.cat(list(prepared)).to(self._device)
            features = self._model.encode_image(pictures, normalize=True)
            clips = features.unflatten(0, (len(prepared), self.mark.frames)).mean(dim=1)
            similar = torch.nn.functional.normalize(clips, dim=-1) @ self._classes.T
        found: NDArray[np.float32] = similar.float().cpu().numpy()
        return found

    def _embedded(self, tokenizer: Any, texts: Sequence[str]) -> Any:
        """The normalised mean of a class's texts."""
        features = self._model.encode_text(tokenizer(list(texts)).to(self._device), normalize=True)
        return self._torch.nn.functional.normalize(features.mean(dim=0), dim=-1)


def class_texts(entry: ClassEntry, kind: Texts) -> tuple[str, ...]:
    """The words that stand for a class."""
    original = f"a video of {entry.phrase or entry.name.partition('/')[2]}"
    transformed = entry.description or original
    return {"original": (original,), "transformed": (transformed,), "ensemble": (original, transformed)}[kind]


def find_model(model: str) -> Path:
    """The folder of an open_clip model, by any of the ways in which it may be named; fetched if the hub has it.

    ModelError within seconds where there is none, or only weights as pickles.
    """
    if not model:
        raise ModelError(
            "the scorer 'clip' needs a model, and none ships yet: --set model=local-dir:FOLDER in open_clip's format, "
            "--set model=hf-hub:OWNER/NAME, or --set model=ViT-B-32:laion2b_s34b_b79k"
        )
    folder = Path(model.removeprefix(_LOCAL)).expanduser()
    if model.startswith(_LOCAL) or folder.is_dir():
        if not (folder / _CONFIG).is_file():
            raise ModelError(f"{folder} is no open_clip model: it holds no {_CONFIG}")
        return folder
    name = model.removeprefix(_HUB) if model.startswith(_HUB) else _listed(model)
    if not HUB_NAME.fullmatch(name):
        raise ModelError(f"the model {name!r} is no name on the hub, which would be OWNER/NAME")
    cached = cached_snapshot(name, "")
    if cached is not None and (cached / _CONFIG).is_file() and any(cached.glob("*.safetensors")):
        return cached
    commit_of(name, "", "model")
    try:
        return Path(hub_client().snapshot_download(name, allow_patterns=_FILES))
    except Exception as error:  # the hub's client raises its own, OSError and HTTP errors alike
        raise unreachable(name, "model", error) from error


def _listed(model: str) -> str:
    """The hub's name for an entry of open_clip's own list."""
    _, open_clip = _libraries()
    name, _, tag = model.partition(":")
    entry = open_clip.get_pretrained_cfg(name, tag) if tag else {}
    if not entry.get("hf_hub"):
        raise ModelError(f"open_clip's list has no {model!r} with weights on the hub; expected NAME:TAG, or a folder")
    return str(entry["hf_hub"]).strip("/")


def _weights(folder: Path) -> Path:
    found = sorted(folder.glob("*.safetensors"))
    preferred = [path for path in found if path.name.startswith("open_clip")]
    if not found:
        raise ModelError(f"{folder} holds no *.safetensors; weights as pickles are never loaded")
    return (preferred or found)[0]


def _name(model: str, folder: Path) -> str:
    """What records call the model: no folder of this machine."""
    return folder.name if model.startswith(_LOCAL) or Path(model).expanduser().is_dir() else model


def _digest(configuration: Any) -> str:
    settings = configuration if isinstance(configuration, dict) else asdict(configuration)
    return hashlib.sha256(json.dumps(settings, sort_keys=True, default=str).encode()).hexdigest()


def _device(torch: Any) -> str:
    return str(torch.accelerator.current_accelerator().type) if torch.accelerator.is_available() else "cpu"


def _libraries() -> tuple[Any, Any]:
    try:
        import open_clip
        import torch
    except ImportError as error:
        raise MissingDependency(f"the scorer 'clip' needs {error.name}: pip install 'synthgest[score]'") from error
    return torch, open_clip
