"""One person followed through a film by the pose network: from the frame in which the joints are surest, forwards and backwards."""

from dataclasses import dataclass

import torch
from torch.nn import functional as F

from synthgest.encoders.locating import People, Seen, around, locate, read_around
from synthgest.encoders.pose_network import NECK, PoseNetwork

_SEARCHED = 5  # frames in which somebody is looked for
_LOOKS = 6.0  # a second, in which whoever was found is looked at again on the way
_LOST = 0.3  # how sure the joints are, on the whole, of nobody
_SMOOTH = 0.3  # seconds over which the square around the person is averaged
_BATCH = 32
_SIZES = (1.8, 2.1, 2.5)  # metres: sides of the squares in which all frames are read at last, each in a mirror too
_ALIKE = 0.06  # metres: places that are as near to one another say the same


@dataclass(frozen=True, slots=True)
class Track:
    """One person in T pictures. places: (T, J, 2) pixels of the joints. sure: (T, J), 0 to 1."""

    places: torch.Tensor
    sure: torch.Tensor


def track(network: PoseNetwork, pictures: torch.Tensor, fps: float) -> Track:
    """The joints of whoever is surest in some of the pictures (T, 3, S, S) uint8, in all of them."""
    with torch.inference_mode():
        people = _steadied(_along(network, pictures, fps), fps)
        read = _read(network, pictures, people)
        people = _steadied(People(read.places[:, NECK], read.metre, people.sure), fps)
        views = [_read(network, pictures, people, size, mirrored) for size in _SIZES for mirrored in (False, True)]
        return _agreed(
            torch.stack([view.places for view in views]), torch.stack([view.sure for view in views]), people.metre
        )


def _read(
    network: PoseNetwork, pictures: torch.Tensor, people: People, metres: float = _SIZES[1], mirrored: bool = False
) -> Seen:
    parts = []
    for start in range(0, len(pictures), _BATCH):
        numbers = torch.arange(start, min(start + _BATCH, len(pictures)), device=pictures.device)
        own = torch.arange(len(numbers), device=pictures.device)
        parts.append(read_around(network, pictures[numbers], own, people.of(numbers), metres=metres, mirrored=mirrored))
    return Seen(*(torch.cat([getattr(part, name) for part in parts]) for name in ("places", "sure", "metre")))


def _agreed(places: torch.Tensor, sure: torch.Tensor, metre: torch.Tensor) -> Track:
    """Of several views (V, T, J, 2) the place on which most of their certainty (V, T, J) agrees. metre: (T,) pixels."""
    apart = (places[:, None] - places[None]).square().sum(dim=-1) / (_ALIKE * metre[:, None]).square()
    weight = torch.exp(-apart / 2) * sure[None]  # (V, V, T, J): how far the second supports the first
    best = weight.sum(dim=1).argmax(dim=0)  # (T, J)
    chosen = weight.gather(0, best[None, None].expand(1, len(places), *best.shape))[0]
    total = chosen.sum(dim=0)
    found = (places * chosen[..., None]).sum(dim=0) / total.clamp_min(1e-6)[..., None]
    return Track(found, total / len(places))


def _along(network: PoseNetwork, pictures: torch.Tensor, fps: float) -> People:
    """Where the person is in every picture: found in one, followed from look to look, and in between on straight lines."""
    searched = torch.linspace(0, len(pictures) - 1, min(len(pictures), _SEARCHED)).round().long()
    found = locate(network, pictures[searched])
    best = int(found.sure.argmax())
    start = int(searched[best])
    step = max(1, round(fps / _LOOKS))
    kept = {start: found.of(torch.tensor([best]))}
    for way in (range(start + step, len(pictures), step), range(start - step, -1, -step)):
        last = kept[start]
        for number in way:
            here = around(network, pictures[number : number + 1], torch.zeros(1, dtype=torch.long), last)
            if float(here.sure) >= _LOST:
                kept[number] = last = here
    return _between(kept, len(pictures))


def _between(kept: dict[int, People], count: int) -> People:
    numbers = sorted(kept)
    moments = torch.arange(count).clamp(numbers[0], numbers[-1]).float()
    known = torch.tensor(numbers)
    after = torch.searchsorted(known, moments.ceil().long()).clamp(0, len(numbers) - 1)
    before = (after - 1).clamp_min(0)
    span = (known[after] - known[before]).clamp_min(1)
    part = ((moments - known[before]) / span).clamp(0, 1)

    def drawn(name: str) -> torch.Tensor:
        values = torch.cat([getattr(kept[number], name) for number in numbers])
        way = part.reshape(-1, *[1] * (values.dim() - 1))
        return values[before] * (1 - way) + values[after] * way

    return People(drawn("necks"), drawn("metre"), drawn("sure"))


def _steadied(people: People, fps: float) -> People:
    """The same, averaged over a while, and of the median size about each moment: a square does not shake with a joint."""
    width = max(1, round(_SMOOTH * fps)) | 1
    values = torch.cat([people.necks, people.metre[:, None]], dim=1).T[None]
    padded = F.pad(values, (width // 2, width // 2), mode="replicate")[0]
    windows = padded.unfold(1, width, 1)
    steady = torch.cat([windows[:2].mean(dim=2), windows[2:].median(dim=2).values]).T
    return People(steady[:, :2], steady[:, 2], people.sure)
