"""An audit of labelled clips that anybody made: what is spoilt, doubled, leaked or doubtful; nothing is changed."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from synthgest.data.ahead import batches
from synthgest.data.labelled import LabelledClip
from synthgest.data.real.clip import RealClip
from synthgest.data.real.probing import Facts, facts
from synthgest.data.splits import RELATIVES, leaks
from synthgest.errors import CorruptClip, FrameError
from synthgest.quality.looks import Look

KINDS: Mapping[str, str] = {
    "unreadable": "cannot be opened or decoded",
    "truncated": "its end is missing",
    "black": "a quarter of its frames or more are black",
    "flat": "every frame is one colour",
    "frozen": "nothing moves in it",
    "short": "it has fewer frames than a recogniser needs to see it move",
    "frames a second": "its frames a second are none that a camera makes, or unlike those of the other clips",
    "duplicate": "the same file is there twice",
    "near-duplicate": "it shows the same pictures as another clip",
    "leak": "a clip of another split shows the same performance",
    "label": "the other clips say that it shows another class",
}
"""Kinds of fault, in words."""

RELATED = frozenset(RELATIVES)
"""What clips say of themselves by which others are known to show the same performance."""

SHORT = 6
"""Frames, of which a clip has too few."""

# A picture that is repeated flickers where the encoder begins anew: of 20 such the least still was 0.83 and the most motion
# 0.13; of 170 clips that move the most still was 0.03 and the least motion 1.4.
_STILL, _MOTION = 0.7, 0.3
_MOST = 0.8  # of the clips, which have the same frames a second where another rate is odd
_RATES = (1.0, 240.0)  # frames a second that a camera makes


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong with one clip. id: of the clip. kind: of ``KINDS``. reason: in words."""

    id: str
    kind: str
    reason: str


def faults_of_files(
    clips: Sequence[LabelledClip], *, progress: Callable[[int], None] | None = None
) -> tuple[list[Fault], dict[str, Facts]]:
    """What the files alone say: unreadable, truncated, odd frames a second, the same twice. And the facts, by id."""
    found: list[Fault] = []
    known: dict[str, Facts] = {}
    first: dict[str, LabelledClip] = {}

    def lost(clip: LabelledClip, error: CorruptClip) -> None:
        found.append(Fault(id=clip.id, kind="unreadable", reason=str(error)))

    for batch in batches(clips, _file_of, size=16, corrupt=lost):
        for clip, (digest, told) in batch:
            twin = first.setdefault(digest, clip)
            if twin is not clip:
                found.append(Fault(id=clip.id, kind="duplicate", reason=f"the same file as {twin.id}"))
            if told is not None:
                known[clip.id] = told
        if progress is not None:
            progress(len(batch))
    usual = _usual_rate(known)
    for name, told in known.items():
        found += [Fault(id=name, kind=kind, reason=reason) for kind, reason in _of_facts(told, usual)]
    return found, known


def faults_of_pictures(clips: Sequence[LabelledClip], looks: Mapping[str, Look]) -> list[Fault]:
    """What the frames say: black, of one colour, frozen, too few."""
    found = []
    for clip in clips:
        look = looks.get(clip.id)
        if look is None:
            continue
        if look.fault in ("black", "flat", "frozen"):
            found.append(Fault(id=clip.id, kind=look.fault, reason=KINDS[look.fault]))
        if 1 < clip.length < SHORT:
            found.append(Fault(id=clip.id, kind="short", reason=f"it has {clip.length} frames"))
        elif look.measures.still >= _STILL and look.measures.motion < _MOTION and clip.length > 1:
            found.append(Fault(id=clip.id, kind="frozen", reason=f"nothing changes in {look.measures.still:.0%} of it"))
    return found


def faults_of_pairs(clips: Sequence[LabelledClip], pairs: Sequence[tuple[int, int]]) -> list[Fault]:
    """Near-duplicates within a split, and what crosses from one split to another, by their pictures or by their source.

    pairs: positions of clips that show the same, by ``synthgest.quality.looks.twins``.
    """
    found = []
    for one, other in pairs:
        splits = _split_of(clips[one]), _split_of(clips[other])
        if splits[0] != splits[1]:
            first, second = (other, one) if splits[1].startswith("train") else (one, other)
            reason = f"shows the same as {clips[first].id} of {_split_of(clips[first]) or 'no split'}"
            found.append(Fault(id=clips[second].id, kind="leak", reason=reason))
        elif clips[one].content != clips[other].content:
            found.append(Fault(id=clips[other].id, kind="near-duplicate", reason=f"shows the same as {clips[one].id}"))
    return found + _of_sources(clips)


def _of_sources(clips: Sequence[LabelledClip]) -> list[Fault]:
    parts: dict[str, list[LabelledClip]] = {}
    for clip in clips:
        parts.setdefault(_split_of(clip), []).append(clip)
    names = sorted(parts, key=lambda name: (not name.startswith("train"), name))
    found = []
    for number, name in enumerate(names):
        for other in names[number + 1 :]:
            related = [[clip for clip in parts[each] if RELATED & clip.groups.keys()] for each in (name, other)]
            for each in leaks(related[0], related[1], group_by=RELATIVES):
                reason = f"shares its {each.reason} with {each.first} of {name or 'no split'}"
                found.append(Fault(id=each.second, kind="leak", reason=reason))
    return found


def _file_of(clip: LabelledClip) -> tuple[str, Facts | None]:
    """The digest of a clip's files, and what these say."""
    try:
        media = clip.media if isinstance(clip, RealClip) else clip
        return clip.content, facts(media)
    except (FrameError, OSError) as error:
        raise CorruptClip(clip.id, str(error)) from error


def _usual_rate(known: Mapping[str, Facts]) -> float:
    """Frames a second that nearly all clips have, or 0: where they differ anyway, none is odd."""
    rates = Counter(round(told.fps, 1) for told in known.values()).most_common(1)
    return rates[0][0] if rates and rates[0][1] >= _MOST * len(known) else 0.0


def _of_facts(told: Facts, usual: float) -> list[tuple[str, str]]:
    found = []
    if told.truncated:
        found.append(("truncated", f"{told.frames} frames are there, {told.promised} were promised"))
    if not _RATES[0] <= told.fps <= _RATES[1]:
        found.append(("frames a second", f"it says {told.fps:g} frames a second"))
    elif usual and abs(told.fps - usual) > 0.02 * usual:
        found.append(("frames a second", f"{told.fps:g} where most have {usual:g}"))
    return found


def _split_of(clip: LabelledClip) -> str:
    return clip.split if isinstance(clip, RealClip) else ""
