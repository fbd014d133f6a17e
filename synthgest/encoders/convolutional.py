"""Light encoders of convolutions, from scratch or with weights given: TSN, an inflated ResNet and R(2+1)D."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from synthgest.encoders.built import Identity, VideoEncoder
from synthgest.encoders.features import Clips, FrameWise, Mean
from synthgest.encoders.inflated import inflate
from synthgest.encoders.pixels import IMAGENET_MEAN, IMAGENET_STD, KINETICS_MEAN, KINETICS_STD, Pixels
from synthgest.encoders.weights import fill, find_file, name_of, read_weights
from synthgest.errors import MissingDependency, SpecError
from synthgest.tables import to_value

try:
    import torch
    from torchvision.models import resnet18, resnet50
    from torchvision.models.video import r2plus1d_18
except ImportError as error:
    raise MissingDependency(f"encoders need {error.name}: pip install 'synthgest[train]'") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class LightSettings:
    """Settings of a light encoder.

    model: a safetensors file of torchvision's weights; empty for none, to be trained from scratch. seed: of the weights it then
    begins with. frames: looked at of each clip; 0 for 8, and 16 for ``r2plus1d``. size: edge of what it sees of a frame, in
    pixels; 0 for 224, and 112 for ``r2plus1d``.
    """

    model: str = ""
    seed: int = 0
    frames: int = 0
    size: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.frames <= 256:
            raise SpecError(f"frames is {self.frames}; expected 1 to 256 of a clip, or 0 for the encoder's own")
        if self.size and not 32 <= self.size <= 1024:
            raise SpecError(f"size is {self.size}; expected 32 to 1024 pixels, or 0 for the encoder's own")


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """What a light encoder is.

    network: torchvision's. dimension: of a feature. frame_wise: it sees frames, whose features' mean is the clip's (TSN's
    consensus). inflated: torchvision's sees frames, and is made to see clips. frames, size: its own, as LightSettings says.
    margin: the shortest edge, to the size that the middle keeps. kinetics: its colours are normalised as for Kinetics, else as for
    ImageNet.
    """

    network: Callable[[], torch.nn.Module]
    dimension: int
    frame_wise: bool = False
    inflated: bool = False
    frames: int = 8
    size: int = 224
    margin: float = 256 / 224
    kinetics: bool = False


LIGHT = {
    "tsn-resnet18": Light(network=resnet18, dimension=512, frame_wise=True),
    "tsn-resnet50": Light(network=resnet50, dimension=2048, frame_wise=True),
    "i3d-resnet50": Light(network=resnet50, dimension=2048, inflated=True),
    "r2plus1d": Light(network=r2plus1d_18, dimension=512, frames=16, size=112, margin=128 / 112, kinetics=True),
}


def build(encoder: str, settings: Mapping[str, Any]) -> VideoEncoder:
    """The encoder of that name in LIGHT. SpecError for a wrong setting, ModelError for weights that do not fit."""
    chosen = to_value(settings, LightSettings, where=f"the encoder {encoder!r}")
    light = LIGHT[encoder]
    frames = chosen.frames or light.frames
    if light.inflated and frames < 2:
        raise SpecError(f"the encoder {encoder!r}: frames is {frames}; expected at least 2, for it halves them")
    size = chosen.size or light.size
    mean, std = (KINETICS_MEAN, KINETICS_STD) if light.kinetics else (IMAGENET_MEAN, IMAGENET_STD)
    pixels = Pixels(resize=round(size * light.margin), crop=(size, size), mean=mean, std=std)
    network = _network(encoder, light, chosen)
    identity = Identity(
        encoder=encoder,
        model=name_of(chosen.model) if chosen.model else "",
        frames=frames,
        fixed=not light.frame_wise,
        dimension=light.dimension,
        ordered=not light.frame_wise,
    )
    module = FrameWise(network, _called, pixels, Mean()) if light.frame_wise else Clips(network, _clips, pixels)
    return VideoEncoder(identity, module, pixels)


tsn_resnet18 = partial(build, "tsn-resnet18")
tsn_resnet50 = partial(build, "tsn-resnet50")
i3d_resnet50 = partial(build, "i3d-resnet50")
r2plus1d = partial(build, "r2plus1d")


def _network(encoder: str, light: Light, chosen: LightSettings) -> torch.nn.Module:
    """The network without its head; an inflated one reads weights of pictures before, and of clips after it is inflated."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(chosen.seed)
        network = light.network()
    network.fc = torch.nn.Identity()
    path = find_file(chosen.model, encoder) if chosen.model else None
    weights = {key: each for key, each in read_weights(path).items() if not key.startswith("fc.")} if path else {}
    flat = light.inflated and weights.get("conv1.weight", torch.empty(0)).ndim == 4
    if path and flat:
        fill(network, weights, path)
    if light.inflated:
        network = inflate(network)
    if path and not flat:
        fill(network, weights, path)
    return network


def _called(model: Any, frames: torch.Tensor) -> torch.Tensor:
    feature: torch.Tensor = model(frames)
    return feature


def _clips(model: Any, clips: torch.Tensor) -> torch.Tensor:
    feature: torch.Tensor = model(clips.transpose(1, 2))
    return feature
