"""The ledger of licences: what the clips of a data set were made from, under what terms, and whether one may trade on it."""

import fnmatch
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from synthgest.body.smplx_model import LICENCE as SMPLX
from synthgest.data.dataset import Clip, Dataset
from synthgest.errors import SpecError

Use = Literal["free", "under terms", "non-commercial", "no training", "not stated"]
"""What a licence lets one do with clips: anything; what its terms do not exclude; no trade; not train on them; nobody says."""

OWN = "my own"
"""The licence of what the user made or may use as if so."""

_KNOWN: Mapping[str, Use] = {
    "cc0-1.0": "free",
    "apache-2.0": "free",
    "mit": "free",
    "bsd-3-clause": "free",
    "cc-by-4.0": "free",
    "mine": "free",
    OWN: "free",
    "creativeml-openrail-m": "under terms",
    "nvidia open model license": "under terms",
    "skywork community license": "under terms",
    "cogvideox license": "non-commercial",  # but for those who register with the licensor
    "tencent hunyuan community license": "no training",
}
_SHIPPED = "CC0-1.0"  # of our body, gestures and places


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Something that clips were made from. kind: generator, model, body, motion, background ... clips: how many."""

    kind: str
    name: str
    licence: str
    use: Use
    clips: int


def ledger(dataset: Dataset, stated: Sequence[str] = ()) -> tuple[Source, ...]:
    """All sources of a data set, those of which nobody may trade first.

    stated: ``PATTERN=LICENCE``, for sources of which no record knows the licence, such as ``bow_*=CC-BY-4.0``; patterns are those
    of a shell, and the first that fits a name counts. SpecError for one that cannot be read.
    """
    rules = [_rule(text) for text in stated]
    counts: Counter[tuple[str, str, str]] = Counter()
    for clip in dataset:
        counts.update(set(_sources(clip, dataset)))
    found = []
    for (kind, name, licence), clips in counts.items():
        told = licence or next((terms for pattern, terms in rules if fnmatch.fnmatchcase(name, pattern)), "")
        found.append(Source(kind=kind, name=name, licence=told or "not stated", use=use_of(told), clips=clips))
    order: list[Use] = ["no training", "non-commercial", "not stated", "under terms", "free"]
    return tuple(sorted(found, key=lambda each: (order.index(each.use), each.kind, each.name)))


def use_of(licence: str) -> Use:
    """What a licence lets one do, by its name; what is not known is not stated, unless its name excludes trade."""
    plain = licence.strip().casefold()
    if not plain:
        return "not stated"
    if plain in _KNOWN:
        return _KNOWN[plain]
    if re.search(r"non-?commercial|\bnc\b|-nc-|research|academic", plain):
        return "non-commercial"
    return "under terms" if "openrail" in plain or "community" in plain else "not stated"


def _sources(clip: Clip, dataset: Dataset) -> Iterator[tuple[str, str, str]]:
    """Kind, name and licence of all that a clip was made from; an empty licence where nobody says."""
    record, made = clip.record, clip.record.provenance
    run = next((each for each in dataset.manifest.runs if each.config == record.config), None)
    settings = run.settings if run is not None else {}
    yield "generator", record.recipe, record.licence
    if model := made.get("model"):
        yield "model", str(model), run.licence if run is not None else record.licence
    for lora in made.get("loras") or []:
        yield "adapter", str(lora[0] if isinstance(lora, list) else lora), ""
    drawn = made.get("drawn") if isinstance(made.get("drawn"), Mapping) else made
    yield from _drawn(drawn if isinstance(drawn, Mapping) else {}, settings, clip)


def _drawn(made: Mapping[str, Any], settings: Mapping[str, Any], clip: Clip) -> Iterator[tuple[str, str, str]]:
    body = made.get("body")
    if isinstance(body, Mapping):
        licensed = body.get("model") == "smplx"
        yield ("body", "SMPL-X", SMPLX) if licensed else ("body", "the body that ships", _SHIPPED)
        if licensed and settings.get("body_textures"):
            yield "textures", str(settings["body_textures"]), ""
    files = made.get("motion_files") or ()  # which are known by their names too
    motions = [name for name in clip.groups.get("motion", ()) if name not in files]
    if not motions and made.get("motion"):
        yield "motion", "keyframes of the gestures", _SHIPPED
    for name in motions:
        yield "motion", name, ""
    if made.get("background"):
        photographs = settings.get("backgrounds")
        yield ("background", str(made["background"]), "") if photographs else ("background", "drawn places", _SHIPPED)


def _rule(text: str) -> tuple[str, str]:
    pattern, mark, licence = text.partition("=")
    if not (mark and pattern.strip() and licence.strip()):
        raise SpecError(f"--state got {text!r}; expected PATTERN=LICENCE, such as 'bow_*=CC-BY-4.0'")
    return pattern.strip(), licence.strip()
