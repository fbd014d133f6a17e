"""Features of clips by a frozen encoder, computed once: kept by what a clip holds and by all that its feature depends on."""

import contextlib
import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from synthgest.data.ahead import batches
from synthgest.data.cache import ArrayCache
from synthgest.data.labelled import LabelledClip
from synthgest.data.storage import make_folder, write_whole
from synthgest.data.video import tsn_indices
from synthgest.encoders.encoder import Encoder, EncoderMark
from synthgest.errors import CorruptClip, SpecError

_BATCH = 8
_PASS = 64  # parts of a film that are decoded at once

Floats = NDArray[np.float32]


def features(
    encoder: Encoder,
    clips: Sequence[LabelledClip],
    *,
    cache: Path | None = None,
    device: str = "cpu",
    corrupt: Callable[[LabelledClip, CorruptClip], None] | None = None,
    progress: Callable[[int], None] | None = None,
) -> tuple[Floats, list[LabelledClip]]:
    """Features (N, D) float32 and the clips that they are of; frames are the centres of equal parts (TSN).

    cache: a folder that several data sets and encoders share. corrupt: told of clips that cannot be read, which are left out;
    without it CorruptClip goes on. SpecError for features that are not finite.
    """
    mark = encoder.mark  # once: it is a hash of all weights
    store = None if cache is None else cache / mark.digest
    known = {clip.id: feature for clip in clips if (feature := _kept(store, clip)) is not None}
    if progress is not None and known:
        progress(len(known))
    module = encoder.module.eval().to(device)

    def prepare(clip: LabelledClip) -> torch.Tensor:
        return encoder.prepare(clip.frames_at(tsn_indices(clip.length, mark.frames)))

    missing = [clip for clip in clips if clip.id not in known]
    for batch in batches(missing, prepare, size=_BATCH, corrupt=corrupt):
        with torch.inference_mode():
            made = module(torch.stack([video for _, video in batch]).to(device)).float().cpu().numpy()
        for (clip, _), feature in zip(batch, made, strict=True):
            if not np.isfinite(feature).all():
                raise SpecError(f"the encoder {mark.encoder!r} makes a feature of clip {clip.id} that is not finite")
            known[clip.id] = feature
            _keep(store, clip, feature)
        if progress is not None:
            progress(len(batch))
    there = [clip for clip in clips if clip.id in known]
    rows = [known[clip.id] for clip in there]
    return np.stack(rows) if rows else np.empty((0, mark.dimension), np.float32), there


def snippet_features(
    encoder: Encoder,
    mark: EncoderMark,
    clip: LabelledClip,
    spans: Sequence[tuple[int, int]],
    *,
    cache: Path,
    device: str = "cpu",
) -> Floats:
    """Features (S, D) float32 of parts of one long clip, from the first to the last frame of each; kept as one array.

    mark: the encoder's, asked once for all clips, for it hashes all weights. Many parts are decoded in one pass, for a film is
    read from its beginning each time.
    """
    module = encoder.module.eval().to(device)

    def made() -> dict[str, Floats]:
        rows = []
        for begun in range(0, len(spans), _PASS):
            own = spans[begun : begun + _PASS]
            numbers = [[first + number for number in tsn_indices(last - first + 1, mark.frames)] for first, last in own]
            frames = clip.frames_at([number for each in numbers for number in each])
            videos = [
                encoder.prepare(frames[place : place + mark.frames]) for place in range(0, len(frames), mark.frames)
            ]
            for start in range(0, len(videos), _BATCH):
                with torch.inference_mode():
                    batch = torch.stack(videos[start : start + _BATCH]).to(device)
                    rows.append(module(batch).float().cpu().numpy())
        return {"features": np.concatenate(rows)}

    key = hashlib.sha256(f"{mark.digest} {clip.content} {list(spans)}".encode()).hexdigest()
    found: Floats = ArrayCache(folder=cache).arrays(key, made)["features"]
    if not np.isfinite(found).all():
        raise SpecError(f"the encoder {mark.encoder!r} makes features of clip {clip.id} that are not finite")
    return found


def _path(store: Path, clip: LabelledClip) -> Path:
    return store / clip.content[:2] / f"{clip.content}.npy"


def _kept(store: Path | None, clip: LabelledClip) -> Floats | None:
    if store is not None:
        with contextlib.suppress(OSError, EOFError, ValueError):  # not there, or spoilt: it is made anew
            feature: Floats = np.load(_path(store, clip), allow_pickle=False)
            return feature
    return None


def _keep(store: Path | None, clip: LabelledClip, feature: Floats) -> None:
    if store is not None:
        path = _path(store, clip)
        make_folder(path.parent)
        write_whole(path, lambda part: _save(part, feature), flush=False)


def _save(part: Path, feature: Floats) -> None:
    with part.open("wb") as file:
        np.save(file, feature, allow_pickle=False)
