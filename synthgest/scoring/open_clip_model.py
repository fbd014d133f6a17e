"""A model in open_clip's format: shipped, on this machine or on the hub, loaded without pickles; pictures and words embedded."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from synthgest.content import content
from synthgest.data.publish import file_digest
from synthgest.errors import MissingDependency, ModelError
from synthgest.hub import HUB_NAME, snapshot
from synthgest.scoring.sample import Picture

SHIPPED = "synthgest-clip-tiny"
"""The model in assets/models that is taken where none is named."""

_LOCAL, _HUB = "local-dir:", "hf-hub:"
_CONFIG = "open_clip_config.json"
_PREFERRED = ("open_clip_model.safetensors", "open_clip_pytorch_model.safetensors")
_FILES = [_CONFIG, "*.safetensors", "*.json", "*.txt"]


class OpenClip:
    """A CLIP on a device. name: what records call it. weights, preprocessing: SHA-256. temperature: its logit scale."""

    def __init__(self, model: str, device: str = "") -> None:
        folder = find_model(model)
        weights = safe_weights(folder)
        self._torch, open_clip = _libraries()
        self._device = device or _best_device()
        try:
            self._model, _, self._transform = open_clip.create_model_and_transforms(
                f"{_LOCAL}{folder}", device=self._device
            )
            self._tokenizer = open_clip.get_tokenizer(f"{_LOCAL}{folder}")
        except Exception as error:  # broken files, foreign configurations: open_clip raises what it meets
            raise ModelError(f"{folder} cannot be loaded by open_clip: {error}") from error
        self._model.eval()
        self.name = _name(model, folder)
        self.weights = file_digest(weights)
        self.preprocessing = _digest(self._model.visual.preprocess_cfg)
        self.temperature = float(self._model.logit_scale.exp().item())

    def prepare(self, frames: Sequence[Picture]) -> Any:
        """Frames as the model's own transform makes them, a tensor (T, 3, H, W)."""
        from PIL import Image

        return self._torch.stack([self._transform(Image.fromarray(frame)) for frame in frames])

    def videos(self, prepared: Sequence[Any]) -> Any:
        """(N, D) tensor, normalised: the mean of the frames' normalised features (arXiv 2505.19495, eq. 3). All are as long."""
        torch = self._torch
        with torch.inference_mode():
            pictures = torch.cat(list(prepared)).to(self._device)
            features = self._model.encode_image(pictures, normalize=True)
            return torch.nn.functional.normalize(features.unflatten(0, (len(prepared), -1)).mean(dim=1), dim=-1)

    def words(self, texts: Sequence[str]) -> Any:
        """(D,) tensor, normalised: the mean of the texts' normalised features."""
        torch = self._torch
        with torch.inference_mode():
            features = self._model.encode_text(self._tokenizer(list(texts)).to(self._device), normalize=True)
            return torch.nn.functional.normalize(features.mean(dim=0), dim=-1)


def find_model(model: str) -> Path:
    """The folder of an open_clip model, by any of the ways in which it may be named; by none the one that ships.

    What the hub has is fetched.

    ModelError within seconds where there is none, or only weights as pickles.
    """
    if not model:
        return content("assets") / "models" / SHIPPED
    folder = Path(model.removeprefix(_LOCAL)).expanduser()
    if model.startswith(_LOCAL) or folder.is_dir():
        if not (folder / _CONFIG).is_file():
            raise ModelError(f"{folder} is no open_clip model: it holds no {_CONFIG}")
        return folder
    name = model.removeprefix(_HUB) if model.startswith(_HUB) else _listed(model)
    if not HUB_NAME.fullmatch(name):
        raise ModelError(f"the model {name!r} is no name on the hub, which would be OWNER/NAME")
    return snapshot(name, "model", files=_FILES, needed=_is_whole)


def unheard(model: str, phrases: Mapping[str, str]) -> tuple[str, ...]:
    """Of classes (name to phrase) those that the model that ships never learned; of another model none, for that is not known.

    model: what records call it.
    """
    if model != SHIPPED:
        return ()
    learned = json.loads((find_model("") / "training.json").read_text(encoding="utf-8"))["classes"].values()
    return tuple(name for name, phrase in phrases.items() if phrase not in learned)


def _is_whole(folder: Path) -> bool:
    return (folder / _CONFIG).is_file() and any(folder.glob("*.safetensors"))


def _listed(model: str) -> str:
    """The hub's name for an entry of open_clip's own list."""
    _, open_clip = _libraries()
    name, _, tag = model.partition(":")
    entry = open_clip.get_pretrained_cfg(name, tag) if tag else {}
    if not entry.get("hf_hub"):
        raise ModelError(f"open_clip's list has no {model!r} with weights on the hub; expected NAME:TAG, or a folder")
    return str(entry["hf_hub"]).strip("/")


def safe_weights(folder: Path) -> Path:
    """The safetensors that open_clip loads from a folder; ModelError where it would take a pickle, as it prefers some."""
    safe = sorted(folder.glob("*.safetensors"), key=lambda path: (path.name not in _PREFERRED, path.name))
    pickles = sorted(path.name for path in folder.iterdir() if path.suffix in (".bin", ".pt", ".pth"))
    if not safe:
        raise ModelError(f"{folder} holds no *.safetensors; weights as pickles are never loaded")
    if pickles and safe[0].name not in _PREFERRED:
        raise ModelError(f"{folder} holds {pickles[0]} too, a pickle; call the other weights {_PREFERRED[0]}")
    return safe[0]


def _name(model: str, folder: Path) -> str:
    """What records call the model: no folder of this machine."""
    if not model:
        return SHIPPED
    return folder.name if model.startswith(_LOCAL) or Path(model).expanduser().is_dir() else model


def _digest(configuration: Any) -> str:
    settings = configuration if isinstance(configuration, dict) else asdict(configuration)
    return hashlib.sha256(json.dumps(settings, sort_keys=True, default=str).encode()).hexdigest()


def _best_device() -> str:
    from synthgest.data.device import best_device

    return best_device()


def _libraries() -> tuple[Any, Any]:
    try:
        import open_clip
        import torch
    except ImportError as error:
        raise MissingDependency(f"CLIP needs {error.name}: pip install 'synthgest[score]'") from error
    return torch, open_clip
