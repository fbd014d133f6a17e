"""The seam of encoders: frames are prepared in threads, a torch module makes one feature of each clip, a mark names it all."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol, runtime_checkable

from synthgest.errors import MissingDependency
from synthgest.frames import Frames

try:
    import torch
except ImportError as error:
    raise MissingDependency("encoders need torch: pip install 'synthgest[train]'") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderMark:
    """All that an encoder's features depend on.

    encoder: its name. model: where its weights are from, or empty for none that were trained. weights: SHA-256 over them.
    preprocessing: how frames are prepared, in words. frames: that it looks at of each clip. dimension: of a feature. ordered:
    whether the frames' order matters to it.
    """

    encoder: str
    model: str
    weights: str
    preprocessing: str
    frames: int
    dimension: int
    ordered: bool

    @property
    def digest(self) -> str:
        """12 hexadecimal digits over all of it."""
        text = json.dumps(asdict(self), sort_keys=True, ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]


class Encoder(Protocol):
    """Makes one feature of each clip."""

    @property
    def mark(self) -> EncoderMark:
        """What its features depend on."""
        ...

    @property
    def fixed(self) -> bool:
        """Whether it takes no other number of frames than ``mark.frames``."""
        ...

    @property
    def module(self) -> torch.nn.Module:
        """Prepared clips (B, T, C, H, W) uint8 in, features (B, D) float out; what training changes."""
        ...

    def prepare(self, frames: Frames) -> torch.Tensor:
        """``mark.frames`` frames (T, H, W, 3) uint8 RGB of a clip, as (T, C, h, w) uint8 of one size; called in threads."""
        ...


@runtime_checkable
class TextEncoder(Protocol):
    """An encoder that puts words into the space of its features."""

    @property
    def temperature(self) -> float:
        """What cosines are multiplied by before the softmax."""
        ...

    def words(self, texts: Sequence[str]) -> torch.Tensor:
        """(N, D): one normalised feature for each text."""
        ...


@runtime_checkable
class Viewing(Protocol):
    """A module of an encoder that can look at a clip in several ways, so that a recogniser is surer of its class."""

    def views(self, videos: torch.Tensor) -> torch.Tensor:
        """Prepared clips (B, T, C, H, W) uint8 in, features (V, B, D) out, each as good as those of the module itself."""
        ...


class EncoderFactory(Protocol):
    """What an entry point in ``synthgest.encoders`` names."""

    def __call__(self, settings: Mapping[str, Any]) -> Encoder:
        """Build the encoder; raise SpecError for a wrong setting and ModelError for weights that are not here."""
        ...


def weights_digest(module: torch.nn.Module) -> str:
    """SHA-256 over names and values of all parameters and buffers, wherever they lie."""
    digest = hashlib.sha256()
    for name, value in sorted(module.state_dict().items()):
        digest.update(name.encode())
        digest.update(value.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()
