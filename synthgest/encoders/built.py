"""An encoder whose weights are in memory, and one that knows words as well: what every encoder of others is at the end."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from synthgest.encoders.encoder import EncoderMark, weights_digest
from synthgest.encoders.pixels import Pixels
from synthgest.errors import FrameError, MissingDependency
from synthgest.frames import Frames

try:
    import torch
except ImportError as error:
    raise MissingDependency(f"encoders need {error.name}: pip install 'synthgest[train]'") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What a mark says that cannot be read off the module.

    encoder, model: names. frames: looked at of each clip. fixed: whether the model takes no other number of them. dimension: of
    a feature. ordered: whether the frames' order matters.
    """

    encoder: str
    model: str
    frames: int
    fixed: bool
    dimension: int
    ordered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The other half of a model that knows words. embed: texts to features (N, D). scale: of cosines before the softmax."""

    embed: Callable[[Sequence[str]], torch.Tensor]
    scale: Callable[[], torch.Tensor]


class VideoEncoder:
    """A module that embeds clips, and how their frames are prepared."""

    def __init__(self, identity: Identity, module: torch.nn.Module, pixels: Pixels) -> None:
        self.module = module.eval()
        self._identity = identity
        self._pixels = pixels

    @property
    def mark(self) -> EncoderMark:
        """What features depend on now: all weights are hashed anew, which takes seconds where they are large. Ask once."""
        return _mark(self._identity, self.module, self._pixels)

    @property
    def fixed(self) -> bool:
        """Whether the model takes no other number of frames than the mark's."""
        return self._identity.fixed

    def prepare(self, frames: Frames) -> torch.Tensor:
        """Frames (T, H, W, 3) uint8 RGB as (T, 3, h, w) uint8; FrameError if the model takes another number of them."""
        return _prepare(frames, self._identity, self._pixels)


class VideoTextEncoder:
    """A module that embeds clips, and words beside them."""

    def __init__(self, identity: Identity, module: torch.nn.Module, pixels: Pixels, words: Words) -> None:
        self.module = module.eval()
        self._identity = identity
        self._pixels = pixels
        self._words = words

    @property
    def mark(self) -> EncoderMark:
        """What features depend on now: all weights are hashed anew, which takes seconds where they are large. Ask once."""
        return _mark(self._identity, self.module, self._pixels)

    @property
    def fixed(self) -> bool:
        """Whether the model takes no other number of frames than the mark's."""
        return self._identity.fixed

    def prepare(self, frames: Frames) -> torch.Tensor:
        """Frames (T, H, W, 3) uint8 RGB as (T, 3, h, w) uint8; FrameError if the model takes another number of them."""
        return _prepare(frames, self._identity, self._pixels)

    def __getstate__(self) -> dict[str, object]:
        """What prepares frames in another process; words need the tokenizer, which stays."""
        return {name: value for name, value in self.__dict__.items() if name != "_words"}

    @property
    def temperature(self) -> float:
        """What cosines are multiplied by before the softmax, as the model learnt it."""
        return float(self._words.scale().item())

    def words(self, texts: Sequence[str]) -> torch.Tensor:
        """(N, D) float32: one normalised feature for each text, on the module's device."""
        # Not inference_mode, whose tensors no later training step could use.
        with torch.no_grad():
            return torch.nn.functional.normalize(self._words.embed(list(texts)).float(), dim=-1)


def device_of(module: torch.nn.Module) -> torch.device:
    """Where a module's weights lie now."""
    return next(module.parameters()).device


def _mark(identity: Identity, module: torch.nn.Module, pixels: Pixels) -> EncoderMark:
    return EncoderMark(
        encoder=identity.encoder,
        model=identity.model,
        weights=weights_digest(module),
        preprocessing=pixels.words,
        frames=identity.frames,
        dimension=identity.dimension,
        ordered=identity.ordered,
    )


def _prepare(frames: Frames, identity: Identity, pixels: Pixels) -> torch.Tensor:
    if frames.ndim != 4 or frames.shape[-1] != 3 or frames.dtype != "uint8":
        raise FrameError(f"frames are {frames.dtype} {frames.shape}; expected uint8 (T, H, W, 3) RGB")
    if identity.fixed and len(frames) != identity.frames:
        expected = f"the encoder {identity.encoder!r} looks at {identity.frames} frames of a clip"
        raise FrameError(f"{expected}; got {len(frames)}")
    return pixels.prepare(frames)
