"""A trained encoder and head: what a run folder holds, and what evaluation asks for classes."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from synthgest.data.ahead import batches
from synthgest.data.device import best_device
from synthgest.data.labelled import LabelledClip
from synthgest.data.manifest import ClassEntry
from synthgest.data.publish import file_digest
from synthgest.data.storage import make_folder, write_bytes
from synthgest.data.video import tsn_indices
from synthgest.encoders import load_encoder
from synthgest.encoders.encoder import Encoder, TextEncoder, Viewing
from synthgest.errors import CorruptClip, DatasetError, ModelError, SpecError
from synthgest.tables import to_value
from synthgest.training.checkpoint import load_weights, save_weights
from synthgest.training.head import TextHead, build_head
from synthgest.training.settings import TrainSettings

NONE = "none"
"""Name of the class of clips that show none of the others, where a run learned one."""

_ABOUT, _ENCODER, _HEAD = "run.json", "encoder.safetensors", "head.safetensors"
_BATCH = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a run says of itself. data: by what it learned from. rejects: whether the last class is that of no class."""

    settings: TrainSettings
    classes: tuple[ClassEntry, ...]
    rejects: bool
    data: dict[str, Any]
    versions: dict[str, str]
    results: dict[str, Any]


class Recogniser:
    """Names the class of clips. module: the encoder's, trained; head: to its classes, the last of which may be ``none``."""

    def __init__(self, encoder: Encoder, module: nn.Module, head: nn.Module, about: About) -> None:
        self.encoder, self.module, self.head, self.about = encoder, module.eval(), head.eval(), about
        self._frames = encoder.mark.frames

    @property
    def classes(self) -> tuple[str, ...]:
        """Full names, in the order of the columns, without ``none``."""
        return tuple(entry.name for entry in self.about.classes)

    @property
    def class_entries(self) -> tuple[ClassEntry, ...]:
        """All that is known of the classes, without ``none``."""
        return self.about.classes

    def probabilities(
        self,
        clips: Sequence[LabelledClip],
        *,
        progress: Callable[[int], None] | None = None,
        corrupt: Callable[[LabelledClip, CorruptClip], None] | None = None,
    ) -> NDArray[np.float64]:
        """(N, K), and K + 1 for a recogniser that rejects: softmax over the classes, the mean over the views of a clip.

        corrupt: told of clips that cannot be read, which have no row; without it CorruptClip is raised.
        """
        rows = []
        for batch in batches(clips, self._prepared, size=_BATCH, corrupt=corrupt):
            rows.append(self._probable(torch.stack([video for _, video in batch])))
            if progress is not None:
                progress(len(batch))
        columns = len(self.about.classes) + self.about.rejects
        return np.concatenate(rows) if rows else np.empty((0, columns))

    def renamed(self, classes: Sequence[ClassEntry]) -> "Recogniser":
        """The same encoder asked for other classes, by their words. SpecError for a head that has none."""
        if not isinstance(self.head, TextHead) or not isinstance(self.encoder, TextEncoder):
            raise SpecError(
                f"a {self.about.settings.head} head knows the classes that it learned alone; expected head = text"
            )
        with torch.no_grad():
            words = self.encoder.words([entry.phrase or entry.name for entry in classes]).clone()
        head = TextHead(words, float(self.head.temperature.detach().exp()))
        about = replace(self.about, classes=tuple(classes), rejects=False)
        return Recogniser(self.encoder, self.module, head.to(words.device), about)

    def _prepared(self, clip: LabelledClip) -> torch.Tensor:
        return self.encoder.prepare(clip.frames_at(tsn_indices(clip.length, self._frames)))

    def _probable(self, videos: torch.Tensor) -> NDArray[np.float64]:
        device = next(self.module.parameters()).device
        with torch.inference_mode():
            videos = videos.to(device)
            features = self.module.views(videos) if isinstance(self.module, Viewing) else self.module(videos)[None]
            found: torch.Tensor = self.head(features.float()).double().softmax(dim=-1).mean(dim=0)
        if not torch.isfinite(found).all():
            raise ModelError("the recogniser's weights give no finite probabilities; train it anew, with a lower lr")
        return found.cpu().numpy()

    def save(self, folder: Path) -> None:
        """Write the run folder's lasting files; ``run.json`` last, so that a run is whole where it is."""
        make_folder(folder)
        save_weights(folder / _ENCODER, self.module)
        save_weights(folder / _HEAD, self.head)
        write_bytes(folder / _ABOUT, json.dumps(asdict(self.about), indent=1).encode())


def load_recogniser(folder: str | Path) -> Recogniser:
    """The recogniser of a run folder, on the accelerator if there is one. DatasetError where there is none, or a part of one."""
    about = read_about(Path(folder))
    encoder = load_encoder(about.settings.encoder, about.settings.encoder_settings)
    texts = [entry.phrase or entry.name for entry in about.classes] + [NONE] * about.rejects
    head = build_head(about.settings.head, encoder, texts)
    load_weights(Path(folder) / _ENCODER, encoder.module)
    load_weights(Path(folder) / _HEAD, head)
    device = best_device()
    return Recogniser(encoder, encoder.module.to(device), head.to(device), about)


def take_over(run: str | Path, encoder: Encoder) -> str:
    """Let an encoder have the weights that a run has trained; returns their SHA-256. DatasetError where they do not fit."""
    path = Path(run) / _ENCODER
    read_about(Path(run))
    load_weights(path, encoder.module)
    return file_digest(path)


def take_over_head(run: str | Path, head: nn.Module, kind: str, classes: Sequence[ClassEntry], *, rejects: bool) -> str:
    """Let a head go on where that of a run ended, if it has the same classes; returns its SHA-256, or empty if it has not."""
    about = read_about(Path(run))
    if (about.settings.head, about.classes, about.rejects) != (kind, tuple(classes), rejects):
        return ""
    path = Path(run) / _HEAD
    load_weights(path, head)
    return file_digest(path)


def open_encoder(name: str, settings: Mapping[str, Any]) -> Encoder:
    """An encoder by its name and settings, or that of a training run by its folder."""
    if is_finished(Path(name)):
        return load_recogniser(name).encoder
    return load_encoder(name, settings)


def is_finished(folder: Path) -> bool:
    """Whether a folder holds a whole run."""
    return (folder / _ABOUT).exists()


def read_about(folder: Path) -> About:
    """What a run folder says of itself."""
    path = folder / _ABOUT
    if not path.exists():
        raise DatasetError(
            f"{folder} is not a finished training run: it holds no {_ABOUT}; `synthgest train` makes one"
        )
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise DatasetError(f"cannot read {path}: {error}") from error
    return to_value(table, About, where=str(path))
