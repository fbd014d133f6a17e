"""A ResNet-50 of pictures inflated to clips: its kernels repeated in time (I3D; the 3x1x1 pattern of non-local networks)."""

from synthgest.errors import MissingDependency

try:
    from torch import nn
    from torchvision.models import ResNet
    from torchvision.models.resnet import Bottleneck
except ImportError as error:
    raise MissingDependency(f"encoders need {error.name}: pip install 'synthgest[train]'") from error

_STEM = 5  # frames that the first kernel spans
_SPANS = {"layer1": (3, 3, 3), "layer2": (3, 1, 3, 1), "layer3": (3, 1, 3, 1, 3, 1), "layer4": (1, 3, 1)}
"""Frames that the first kernel of each block spans (Wang et al. 2018, table 1; PySlowFast's I3D-R50)."""


def inflate(network: ResNet) -> ResNet:
    """The ResNet-50, changed to take clips (B, 3, T, H, W): one that stands still is seen as the picture was, but at its ends."""
    for name, spans in _SPANS.items():
        for block, span in zip(getattr(network, name), spans, strict=True):
            _inflate_block(block, span)
    network.conv1 = _convolution(network.conv1, _STEM)
    network.bn1 = _norm(network.bn1)
    network.maxpool = nn.MaxPool3d((1, 3, 3), (1, 2, 2), (0, 1, 1))
    network.layer1.append(nn.MaxPool3d((2, 1, 1), (2, 1, 1)))  # half as many frames from here on
    network.avgpool = nn.AdaptiveAvgPool3d(1)
    return network


def _inflate_block(block: Bottleneck, span: int) -> None:
    block.conv1 = _convolution(block.conv1, span)
    block.conv2, block.conv3 = _convolution(block.conv2, 1), _convolution(block.conv3, 1)
    block.bn1, block.bn2, block.bn3 = _norm(block.bn1), _norm(block.bn2), _norm(block.bn3)
    if block.downsample is not None:
        block.downsample = nn.Sequential(_convolution(block.downsample[0], 1), _norm(block.downsample[1]))


def _convolution(flat: nn.Conv2d, span: int) -> nn.Conv3d:
    """The kernel over ``span`` frames, each with that part of it."""
    sizes = {name: tuple(getattr(flat, name)) for name in ("kernel_size", "stride", "padding")}
    deep = nn.Conv3d(
        flat.in_channels,
        flat.out_channels,
        (span, *sizes["kernel_size"]),
        (1, *sizes["stride"]),
        (span // 2, *sizes["padding"]),
        bias=False,
        device="meta",  # nothing is drawn, which would move torch's global state
    )
    deep.weight = nn.Parameter(flat.weight.detach().unsqueeze(2).repeat(1, 1, span, 1, 1) / span)
    return deep


def _norm(flat: nn.BatchNorm2d) -> nn.BatchNorm3d:
    deep = nn.BatchNorm3d(flat.num_features)
    deep.load_state_dict(flat.state_dict())
    return deep
