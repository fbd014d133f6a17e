"""What is seen of a clip in one decoding: measures, perceptual hashes, faults, tempo, and whether the hand shows."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthgest.checks import check_pixels
from synthgest.data.ahead import batches
from synthgest.data.cache import ArrayCache
from synthgest.data.dataset import Clip
from synthgest.data.labelled import LabelledClip
from synthgest.data.video import tsn_indices
from synthgest.errors import CorruptClip, ShotFailed
from synthgest.frames import Frames
from synthgest.motion.skeleton import JOINT_INDEX
from synthgest.quality.duplicates import FRAMES, NEAR, Bits, motion_hash, near_duplicates, perceptual_hash
from synthgest.quality.measures import Measures, measure

_METHOD = 4  # raised by hand when anything here measures otherwise, so that no old look is taken for a new one
_LONGEST = 900  # frames of a clip that are looked at; of longer ones so many, evenly
_FEWEST, _MOST_BYTES = FRAMES, 2**28  # fewer of large pictures, for a film of 8k would not fit into memory
_WRISTS = {"left": JOINT_INDEX["left_wrist"], "right": JOINT_INDEX["right_wrist"]}
_COCO_WRISTS = {"left": 9, "right": 10}
_MOVES = 0.8  # of ``Measures.motion``, below which nothing moves that could be compared
_NEAR_MOVES = 0.3  # share of the bits of what moves in which two near-duplicates differ, at most
_MOVED = 0.15  # of the picture's height: a wrist that travels less is at rest


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one clip looks like. NaN where nothing is known.

    measures: of its pixels. bits, moves: perceptual hashes, of what it shows and of what changes in it. fault: why it is spoilt, a
    reason code of ``synthgest.checks``, or empty. hand_seen: of the frames in which the gesture shows, the share in which the wrist
    that travels most is in the picture and not hidden. turns: how often that wrist turns back, a frame.
    """

    measures: Measures
    bits: Bits
    moves: Bits
    fault: str
    hand_seen: float
    turns: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Looks of all clips that could be read, by id, and why the others could not."""

    looks: Mapping[str, Look]
    unreadable: Mapping[str, str]


def look_at_all(
    clips: Sequence[LabelledClip], *, cache: ArrayCache | None = None, progress: Callable[[int], None] | None = None
) -> Seen:
    """Look at every clip, decoding in threads. cache: where looks are kept, by the clip's content."""
    looks: dict[str, Look] = {}
    unreadable: dict[str, str] = {}

    def corrupt(clip: LabelledClip, error: CorruptClip) -> None:
        unreadable[clip.id] = str(error)

    for batch in batches(clips, lambda clip: _kept(clip, cache), size=8, corrupt=corrupt):
        looks |= {clip.id: look for clip, look in batch}
        if progress is not None:
            progress(len(batch))
    return Seen(looks=looks, unreadable=unreadable)


def look(clip: LabelledClip) -> Look:
    """Decode a clip and look at it. CorruptClip if it cannot be read."""
    numbers, most = np.arange(clip.length), _LONGEST
    if clip.length > _FEWEST:
        most = max(_FEWEST, min(most, _MOST_BYTES // clip.frames_at([0]).nbytes))
    if clip.length > most:
        numbers = np.array(tsn_indices(clip.length, most))
    frames = clip.frames_at(numbers.tolist())
    if len(frames) < 2:  # a picture: nothing moves
        frames = np.repeat(frames, 2, axis=0)
        numbers = np.repeat(numbers, 2)
    truth = {name: rows[numbers] for name, rows in clip.truth().items() if len(rows) == clip.length}
    first, last = (min(int(np.searchsorted(numbers, end)), len(frames) - 1) for end in clip.shown)
    return Look(
        measures=measure(frames, truth),
        bits=perceptual_hash([frames[number] for number in tsn_indices(len(frames), FRAMES)]),
        moves=motion_hash(frames),
        fault=_fault(frames),
        hand_seen=_hand_seen(truth, first, last, frames.shape[2], frames.shape[1]),
        turns=_turns(truth, frames.shape[1]),
    )


def twins(clips: Sequence[LabelledClip], looks: Mapping[str, Look], *, near: float = NEAR) -> Iterator[tuple[int, int]]:
    """Pairs (first, second) of clips that show the same pictures in which the same moves; those without a look are passed over.

    Clips of one camera that stands still look alike by their background alone; what moves in them does not.
    """
    numbers = [number for number, clip in enumerate(clips) if clip.id in looks]
    seen = [looks[clips[number].id] for number in numbers]
    for one, other, _ in near_duplicates([each.bits for each in seen], near=near):
        moving = [seen[each].measures.motion >= _MOVES for each in (one, other)]
        apart = np.unpackbits(seen[one].moves ^ seen[other].moves).mean()
        if not any(moving) or (all(moving) and apart <= _NEAR_MOVES):
            yield numbers[one], numbers[other]


def _kept(clip: LabelledClip, cache: ArrayCache | None) -> Look:
    _require_whole(clip)
    if cache is None:
        return look(clip)
    try:
        content = clip.content
    except OSError as error:
        raise CorruptClip(clip.id, f"cannot read clip {clip.id}: {error.strerror}") from error
    truth = clip.record.truth_sha256 if isinstance(clip, Clip) else ""
    key = hashlib.sha256(f"look {_METHOD} {content} {truth} {clip.shown}".encode()).hexdigest()
    arrays = cache.arrays(key, lambda: _as_arrays(look(clip)))
    values = dict(zip(map(str, arrays["names"]), arrays["values"].tolist(), strict=True))
    own = {field.name for field in fields(Measures)}
    return Look(
        measures=Measures(**{name: value for name, value in values.items() if name in own}),
        bits=np.asarray(arrays["bits"], np.uint8),
        moves=np.asarray(arrays["moves"], np.uint8),
        fault=str(arrays["fault"]),
        **{name: value for name, value in values.items() if name not in own},
    )


def _require_whole(clip: LabelledClip) -> None:
    """CorruptClip where the file has another size than its record says: what is kept of it is of another file."""
    if isinstance(clip, Clip):
        size = clip.path.stat().st_size if clip.path.exists() else 0
        if size != clip.record.bytes:
            raise CorruptClip(clip.id, f"{clip.path} has {size} bytes; its record says {clip.record.bytes}")


def _as_arrays(seen: Look) -> dict[str, NDArray[Any]]:
    values = asdict(seen.measures) | {name: getattr(seen, name) for name in ("hand_seen", "turns")}
    numbers = {"names": np.array(list(values)), "values": np.array(list(values.values()))}
    return numbers | {"bits": seen.bits, "moves": seen.moves, "fault": np.array(seen.fault)}


def _fault(frames: Frames) -> str:
    if len(frames) == 2 and (frames[0] == frames[1]).all():
        return ""  # a picture
    try:
        check_pixels(frames)
    except ShotFailed as error:
        return error.reason
    return ""


def _busier(joints: NDArray[Any]) -> str:
    """The side of the wrist that travels farther."""
    travelled = {side: float(np.abs(np.diff(joints[:, wrist], axis=0)).sum()) for side, wrist in _WRISTS.items()}
    return max(travelled, key=lambda side: travelled[side])


def _hand_seen(truth: Mapping[str, NDArray[Any]], first: int, last: int, width: int, height: int) -> float:
    if "joints_2d" not in truth:
        return float("nan")
    side = _busier(truth["joints_2d"])
    if float(np.ptp(truth["joints_2d"][:, _WRISTS[side]], axis=0).max()) < _MOVED * height:
        return float("nan")  # no hand moves that could matter
    if "coco_keypoints" in truth:
        seen = truth["coco_keypoints"][first : last + 1, _COCO_WRISTS[side], 2] > 1
    else:
        points = truth["joints_2d"][first : last + 1, _WRISTS[side]]
        seen = np.all((points >= 0) & (points < (width, height)), axis=1)
    return float(seen.mean())


def _turns(truth: Mapping[str, NDArray[Any]], height: int) -> float:
    """How often the busier wrist turns back along the line on which it moves most, a frame."""
    if "joints_2d" not in truth:
        return float("nan")
    path = truth["joints_2d"][:, _WRISTS[_busier(truth["joints_2d"])]].astype(np.float64)
    path = path - path.mean(axis=0)
    if len(path) < 4 or float(np.ptp(path, axis=0).max()) < _MOVED * height:
        return 0.0
    main = path @ np.linalg.svd(path, full_matrices=False)[2][0]
    step = np.diff(main)
    step = step[np.abs(step) > 0.001 * height]  # below, it shakes
    return float((np.diff(np.sign(step)) != 0).sum()) / len(path)
