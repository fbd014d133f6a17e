"""Pixels as a model wants them: frames are resized and cropped as bytes in threads, and normalised within its module."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from synthgest.errors import MissingDependency, ModelError
from synthgest.frames import Frames

try:
    import torch
    from torchvision.transforms.v2 import functional
except ImportError as error:
    raise MissingDependency(f"encoders need {error.name}: pip install 'synthgest[train]'") from error

IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
KINETICS_MEAN, KINETICS_STD = (0.43216, 0.394666, 0.37645), (0.22803, 0.22145, 0.216989)

Colour = tuple[float, float, float]
Size = tuple[int, int]

_BYTES = 1 << 25  # of frames that are resized at once: those of the largest films one after the other
_RESAMPLING = {0: "nearest", 2: "bilinear", 3: "bicubic"}  # the numbers that Pillow gives them


@dataclass(frozen=True, slots=True, kw_only=True)
class Pixels:
    """How frames are prepared.

    resize: pixels of the shortest edge, or (height, width) whatever the frames' shape; None leaves them. crop: (height, width)
    that the middle keeps, black where there is less; None keeps all. rounded: where an odd number of pixels is to be cut off, half
    of it is rounded to even, as torchvision does, or else down, as transformers does. resample: ``bilinear``, ``bicubic`` or
    ``nearest``. mean, std: of red, green and blue where black is 0 and white 1.
    """

    resize: int | Size | None
    crop: Size | None
    rounded: bool = True
    resample: str = "bilinear"
    mean: Colour = IMAGENET_MEAN
    std: Colour = IMAGENET_STD

    @property
    def size(self) -> Size:
        """(height, width) of what comes out, in pixels."""
        if self.crop is not None:
            return self.crop
        if isinstance(self.resize, tuple):
            return self.resize
        raise ModelError(
            "the model's preprocessing leaves frames of any size; expected a crop, or a height and a width"
        )

    @property
    def words(self) -> str:
        """All of it, for a mark."""
        edges = {int: f"shortest edge {self.resize}", tuple: f"to {_times(self.resize)}"}.get(type(self.resize), "")
        resized = f"{edges} {self.resample}" if edges else "not resized"
        cropped = f"middle {_times(self.crop)} {'rounded' if self.rounded else 'down'}" if self.crop else "not cropped"
        return f"{resized}, {cropped}, mean {_numbers(self.mean)}, std {_numbers(self.std)}"

    def prepare(self, frames: Frames) -> torch.Tensor:
        """Frames (T, H, W, 3) uint8 RGB as (T, 3, h, w) uint8."""
        few = max(1, _BYTES // frames[0].nbytes)
        return torch.cat([self._prepared(frames[first : first + few]) for first in range(0, len(frames), few)])

    def _prepared(self, frames: Frames) -> torch.Tensor:
        # A copy: torch can share neither read-only frames nor reversed ones.
        pictures = torch.from_numpy(np.array(frames, order="C")).permute(0, 3, 1, 2)
        if self.resize is not None:
            size = [self.resize] if isinstance(self.resize, int) else list(self.resize)
            interpolation = functional.InterpolationMode(self.resample)
            pictures = functional.resize(pictures, size, interpolation=interpolation, antialias=True)
        if self.crop is not None:
            pictures = _middle(pictures, self.crop, self.rounded)
        return pictures.contiguous()


class Normalise(torch.nn.Module):
    """Bytes to floats, each colour less its mean over its deviation: (..., 3, H, W) uint8 to float32."""

    mean: torch.Tensor
    std: torch.Tensor

    def __init__(self, pixels: Pixels) -> None:
        super().__init__()
        # Not weights: they are said in the mark's words.
        self.register_buffer("mean", torch.tensor(pixels.mean).view(3, 1, 1) * 255, persistent=False)
        self.register_buffer("std", torch.tensor(pixels.std).view(3, 1, 1) * 255, persistent=False)

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        """Frames (..., 3, H, W) uint8 as float32."""
        return (frames.float() - self.mean) / self.std


def of_processor(processor: Any, offset: float = 0.0) -> Pixels:
    """What a processor of transformers does. offset: that it takes off after scaling, for which its settings have no key."""
    resize = _size(processor.size) if processor.do_resize else None
    crop = _size(processor.crop_size) if processor.do_center_crop else None
    if isinstance(resize, int) and crop is None:
        crop = (resize, resize)  # clips of one batch are of one size
    if processor.resample not in _RESAMPLING:
        raise ModelError(
            f"the model's preprocessing resamples by {processor.resample}; expected 0, 2 or 3, as in Pillow"
        )
    mean, std = (processor.image_mean, processor.image_std) if processor.do_normalize else ((0.0,) * 3, (1.0,) * 3)
    scale = processor.rescale_factor * 255 if processor.do_rescale else 255.0
    return Pixels(
        resize=resize,
        crop=(crop, crop) if isinstance(crop, int) else crop,
        rounded=False,
        resample=_RESAMPLING[processor.resample],
        mean=_colour((each + offset) / scale for each in mean),
        std=_colour(each / scale for each in std),
    )


def _size(given: Any) -> int | Size:
    """A size as transformers writes it: of the shortest edge, or of both."""
    if isinstance(given, int):
        return given
    if given.get("shortest_edge"):
        return int(given["shortest_edge"])
    if given.get("height") and given.get("width"):
        return int(given["height"]), int(given["width"])
    raise ModelError(f"the model's preprocessing resizes to {dict(given)}; expected shortest_edge, or height and width")


def _middle(pictures: torch.Tensor, crop: Size, rounded: bool) -> torch.Tensor:
    if rounded:
        middle: torch.Tensor = functional.center_crop(pictures, list(crop))
        return middle
    spare = [have - want for have, want in zip(pictures.shape[-2:], crop, strict=True)]
    top, left = (each // 2 if each >= 0 else -(-each // 2) for each in spare)
    cut: torch.Tensor = functional.crop(pictures, top, left, *crop)  # pads with black where the frame ends
    return cut


def _colour(values: Any) -> Colour:
    red, green, blue = (round(float(each), 6) for each in values)
    return red, green, blue


def _numbers(values: Colour) -> str:
    return " ".join(f"{each:g}" for each in values)


def _times(size: Any) -> str:
    return "x".join(str(edge) for edge in size) if isinstance(size, tuple) else ""
