"""A survey of one's own backgrounds: what kinds of place they show, by a CLIP, and where their ground is, by a depth model."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from synthgest.data.storage import write_bytes
from synthgest.errors import ModelError, SpecError
from synthgest.scene.ground import find_ground
from synthgest.scene.photographs import open_backgrounds, read_still
from synthgest.scene.places import KINDS
from synthgest.scene.surveyed import FILE, Surveyed, survey_text

_ALIKE = 0.02  # cosines: kinds that are as near to the nearest one are named too
_MOST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What was found out. files: by relative path. unread: what is no flat picture, or did not open."""

    files: dict[str, Surveyed]
    unread: tuple[str, ...]


def survey_places(
    folder: Path, *, clip: str = "", depth: str = "", progress: Callable[[int, int], None] | None = None
) -> Survey:
    """Look at all flat pictures of a folder and write its ``places.toml``; what that knew and is not asked for again is kept.

    clip: model of open_clip, as for the scorer ``clip``; the small one that ships knows drawn people alone, and is refused. depth:
    model of transformers, a folder or OWNER/NAME. Videos and panoramas are left out. SpecError where neither is named.
    """
    if not (clip or depth):
        raise SpecError("neither a CLIP nor a depth model is named; give --clip, --depth, or both")
    backgrounds = open_backgrounds(folder)
    kinds_of = _kinds_by(clip) if clip else None
    depths: Any = _depths(depth) if depth else None
    found, unread = dict(backgrounds.survey), []
    for number, name in enumerate(backgrounds.files, start=1):
        picture = read_still(folder / name)
        if picture is None:
            unread.append(name)
        else:
            known = found.get(name, Surveyed())
            if kinds_of is not None:
                known = replace(known, kinds=kinds_of(picture))
            if depths is not None:
                ground = find_ground(depths.nearness(picture), metric=depths.metric)
                known = replace(
                    known, horizon=(ground.horizon or 0.0) if ground else 0.0, ground=ground.ground if ground else ()
                )
            found[name] = known
        if progress is not None:
            progress(number, len(backgrounds))
    found = {name: each for name, each in found.items() if name in backgrounds.files}
    write_bytes(folder / FILE, survey_text(found).encode())
    return Survey(files=found, unread=tuple(unread))


def _kinds_by(model: str) -> Callable[[np.ndarray], tuple[str, ...]]:
    """What tells the kinds of place that a picture shows, the likeliest first."""
    from synthgest.scoring.open_clip_model import SHIPPED, OpenClip

    if model == SHIPPED:
        raise ModelError(
            f"{SHIPPED} knows drawn people alone, and no places; name another CLIP, such as ViT-B-32:laion2b_s34b_b79k"
        )
    clip, names = OpenClip(model), list(KINDS)
    words = np.stack([clip.words([f"a photo of a {name}"]).float().cpu().numpy() for name in names])

    def kinds(picture: np.ndarray) -> tuple[str, ...]:
        seen = clip.videos([clip.prepare([picture])])[0].float().cpu().numpy()
        cosines = words @ seen
        order = np.argsort(-cosines, kind="stable")[:_MOST]
        return tuple(names[number] for number in order if cosines[number] >= cosines[order[0]] - _ALIKE)

    return kinds


def _depths(model: str) -> Any:
    from synthgest.extraction.depth import DepthModel

    return DepthModel(model)
