"""Gestures: the value that says what one class is, and how names on a command line become such values."""

import dataclasses
import functools
import hashlib
import json
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Literal

from synthgest.content import content
from synthgest.errors import SpecError, nearest
from synthgest.motion.postures import Keyframe
from synthgest.motion.reading import Reading
from synthgest.motion.sources import MOTION_SUFFIXES, MotionFile, motion_file, motions_among
from synthgest.tables import read_toml, to_value

Hands = Literal["left", "right", "both", "either"]
Held = Literal["phone", "cup", "baton", "flag"]

OWN = "own"
"""Vocabulary of gestures that are not shipped."""

READING = "reading.toml"
"""Of a folder with a folder of motions for each class: what these do not say of themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """Another way in which people perform the gesture. share: how often, to 1 of the main keyframes."""

    keyframes: tuple[Keyframe, ...]
    share: float = 1.0

    def __post_init__(self) -> None:
        if not 0 < self.share <= 100:
            raise ValueError(f"share = {self.share:g} is outside 0..100")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gesture:
    """One class: what it is called, how it looks, and the keyframes or motion files that show it.

    name: full name, ``vocabulary/gesture``. phrase: for prompts, "a person waving hello". description: what is seen.
    hands: which hand shows it; ``either`` is written for the right one. mirror: what the mirrored motion shows
    (``same``, ``forbidden`` or another gesture's full name). reverse: likewise for the motion played backwards.
    fingers: a motion without fingers will not do. lookalikes: full names. environments: places where it belongs.
    holds: what is in the hand that performs, one of these by chance. source: a citation. repetitions: fewest and most times that
    the strokes are shown. tempo: slowest and fastest speed, as a factor of the keyframes' own. At most one of keyframes and
    motions is filled; a plain phrase has neither. variants: other ways to perform the keyframes.
    """

    name: str
    phrase: str = ""
    description: str = ""
    hands: Hands = "either"
    mirror: str = "forbidden"
    reverse: str = "forbidden"
    fingers: bool = False
    lookalikes: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    holds: tuple[Held, ...] = ()
    source: str = ""
    repetitions: tuple[int, int] = (1, 1)
    tempo: tuple[float, float] = (0.85, 1.2)
    keyframes: tuple[Keyframe, ...] = ()
    variants: tuple[Variant, ...] = ()
    motions: tuple[MotionFile, ...] = ()

    def __post_init__(self) -> None:
        for mistake in _mistakes(self):
            raise SpecError(mistake)

    @property
    def vocabulary(self) -> str:
        """The part of the name before the first slash."""
        return self.name.partition("/")[0]

    @property
    def bare_name(self) -> str:
        """The part of the name after the first slash."""
        return self.name.partition("/")[2]

    @property
    def digest(self) -> str:
        """64 hexadecimal digits: a hash of all that the gesture says; where its motion files lie has no part in it."""
        return _digest(self)


def load_gestures(words: Sequence[str]) -> tuple[Gesture, ...]:
    """The gestures that the words name, in order.

    A word is a shipped gesture (``everyday/wave``, or ``wave`` where that is unique; ``thumbs up`` is ``thumbs-up``), a
    vocabulary (all its gestures), a path ending in ``.toml``, or a plain phrase of several words, which becomes a gesture
    without a motion. Raises SpecError for an unknown word and for a gesture that is named twice.
    """
    found = [gesture for word in words for gesture in _named(word)]
    refuse_twins(gesture.name for gesture in found)
    return tuple(found)


def gestures_from_folder(folder: Path) -> tuple[Gesture, ...]:
    """One gesture for every sub-folder, in the order of their names, made of the motion files in it.

    A ``reading.toml`` beside them says of all files what they do not say of themselves.
    """
    if not folder.is_dir():
        raise SpecError(f"{folder} is not a folder; expected one sub-folder of motion files for each class")
    classes = sorted(entry for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith("."))
    if not classes:
        raise SpecError(f"{folder} has no sub-folders; expected one sub-folder of motion files for each class")
    told = folder / READING
    reading = to_value(read_toml(told), Reading, where=str(told)) if told.is_file() else Reading()
    found = [_from_motion_folder(entry, reading) for entry in classes]
    refuse_twins(gesture.name for gesture in found)
    return tuple(found)


@functools.cache
def shipped_gestures() -> tuple[Gesture, ...]:
    """All gestures of assets/gestures, in the order of their full names."""
    found = (_read(path, path.parent.name) for path in content("assets").glob("gestures/*/*.toml"))
    return tuple(sorted(found, key=lambda gesture: gesture.name))


def vocabularies() -> dict[str, tuple[str, ...]]:
    """The full names of the shipped gestures, by vocabulary."""
    names = [gesture.name for gesture in shipped_gestures()]
    return {
        vocabulary: tuple(name for name in names if name.startswith(f"{vocabulary}/"))
        for vocabulary in sorted({name.partition("/")[0] for name in names})
    }


def refuse_twins(names: Iterable[str]) -> None:
    """Raise SpecError when two names are equal in any spelling: letter case and Unicode composition do not count."""
    seen: dict[str, str] = {}
    for name in names:
        key = unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
        if key in seen:
            raise SpecError(f"the class {name!r} is named twice (also as {seen[key]!r}); name each class once")
        seen[key] = name


def _mistakes(gesture: Gesture) -> Iterator[str]:
    if not (gesture.vocabulary.strip() and gesture.bare_name.strip()):
        yield f"the name is {gesture.name!r}; expected 'vocabulary/gesture', neither of them empty"
    if not _is_text(gesture.name):
        yield f"the name {gesture.name!r} is not valid Unicode text; rename it"
    if gesture.keyframes and gesture.motions:
        yield "expected either [[keyframes]] or motions, and not both"
    ways = [gesture.keyframes, *(variant.keyframes for variant in gesture.variants)]
    if gesture.keyframes and not all(any(keyframe.phase == "stroke" for keyframe in way) for way in ways):
        yield 'no keyframe has phase = "stroke", the part that shows the gesture'
    if gesture.variants and not gesture.keyframes:
        yield "variants are other ways to perform [[keyframes]]; write the usual way there"
    if gesture.mirror == "same" and gesture.hands in ("left", "right"):
        yield f'mirror = "same" contradicts hands = "{gesture.hands}"; "either" lets both hands show it'
    if not 1 <= gesture.repetitions[0] <= gesture.repetitions[1] <= 30:
        yield f"repetitions = {list(gesture.repetitions)} is not a range within 1..30"
    if not 0.25 <= gesture.tempo[0] <= gesture.tempo[1] <= 4:
        yield f"tempo = {list(gesture.tempo)} is not a range within 0.25..4"


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _named(word: str) -> tuple[Gesture, ...]:
    if not word.strip():
        raise SpecError("a class name is empty; expected a gesture, a vocabulary or a path to a .toml file")
    if word.endswith(".toml"):
        return (_read(Path(word), None),)
    key = word.casefold()
    whole = {gesture.name.casefold(): gesture for gesture in shipped_gestures()}
    if key in whole:
        return (whole[key],)
    if members := tuple(gesture for name, gesture in whole.items() if name.startswith(f"{key}/")):
        return members
    bare = [gesture for gesture in whole.values() if gesture.bare_name.casefold() == key]
    if len(bare) == 1:
        return (bare[0],)
    if bare:
        raise SpecError(f"{word!r} is a gesture of several vocabularies: {', '.join(gesture.name for gesture in bare)}")
    alike = [gesture for gesture in whole.values() if _loose(key) in (_loose(gesture.name), _loose(gesture.bare_name))]
    if len(alike) == 1:
        return (alike[0],)
    if len(word.split()) > 1 and "/" not in word:
        phrase = " ".join(word.split())
        return (Gesture(name=f"{OWN}/{phrase}", phrase=phrase),)
    known = {*whole, *(gesture.bare_name.casefold() for gesture in whole.values()), *vocabularies()}
    raise SpecError(
        f"no gesture or vocabulary {word!r}; {nearest(key, known)} A path to a .toml file will do as well, and so will "
        "a phrase of several words, for generators that read prompts."
    )


def nearest_gesture(phrase: str) -> str:
    """A clause that names the shipped gesture that is spelt most like a phrase, or says where all are listed."""
    known = {gesture.bare_name.casefold(): gesture.name for gesture in shipped_gestures()}
    close = get_close_matches(phrase.casefold(), known, n=1, cutoff=0.6)
    return f"did you mean {known[close[0]]!r}?" if close else "`synthgest list gestures` shows those that have one."


def _loose(name: str) -> str:
    """A name without what people write between words."""
    return "".join(name.casefold().replace("-", " ").replace("_", " ").split())


def _read(path: Path, shipped_in: str | None) -> Gesture:
    table = read_toml(path)
    vocabulary = table.pop("vocabulary", shipped_in or OWN)
    if not isinstance(vocabulary, str) or not vocabulary.strip() or "/" in vocabulary:
        raise SpecError(f"{path}: vocabulary is {vocabulary!r}; expected a word without '/'")
    globs = table.pop("motions", [])
    reading = to_value(table.pop("reading", {}), Reading, where=f"{path}, [reading]")
    if not isinstance(globs, list) or not all(isinstance(glob, str) for glob in globs):
        raise SpecError(f"{path}: motions is {globs!r}; expected a list of file names, which may hold *")
    if bool(globs) == bool(table.get("keyframes")):
        raise SpecError(f"{path}: expected either [[keyframes]] or motions, and not both")
    if isinstance(table.get("name"), str):
        table["name"] = f"{vocabulary}/{table['name']}"
    gesture = to_value(table, Gesture, where=str(path))
    return dataclasses.replace(
        gesture,
        mirror=_full_name(gesture.mirror, vocabulary),
        reverse=_full_name(gesture.reverse, vocabulary),
        lookalikes=tuple(_full_name(name, vocabulary) for name in gesture.lookalikes),
        motions=tuple(motion_file(found, reading) for glob in globs for found in _matches(path, glob)),
    )


def _full_name(relation: str, vocabulary: str) -> str:
    return relation if relation in ("same", "forbidden") or "/" in relation else f"{vocabulary}/{relation}"


def _matches(specification: Path, glob: str) -> list[Path]:
    pattern = specification.parent / glob  # an absolute one stays as it is
    files = Path(pattern.anchor).glob(str(pattern.relative_to(pattern.anchor)))
    found = motions_among(list(files))
    if not found:
        raise SpecError(f"{specification}: motions = {glob!r} matches no {_kinds()} file")
    return found


def _kinds() -> str:
    return f"{', '.join(MOTION_SUFFIXES[:-1])} or {MOTION_SUFFIXES[-1]}"


def _from_motion_folder(folder: Path, reading: Reading) -> Gesture:
    files = motions_among(list(folder.iterdir()))
    if not files:
        raise SpecError(f"the class folder {folder} holds no {_kinds()} file; remove it or add one")
    return Gesture(
        name=f"{OWN}/{folder.name}",
        phrase=f"a person performing the gesture {folder.name!r}",
        motions=tuple(motion_file(path, reading) for path in files),
    )


def gesture_of_file(path: Path, reading: Reading) -> Gesture:
    """A gesture that is one motion file, named for it."""
    return Gesture(
        name=f"{OWN}/{path.stem}",
        phrase="a person performing a captured motion",
        motions=(motion_file(path, reading),),
    )


_LATER = ("width", "estimator")
"""Keys of a reading that there were not at first: the clips of those that leave them alone are still the same."""


def _said(motion: MotionFile) -> object:
    """The file's bytes, and how they are read where that is not plain."""
    plain = dataclasses.asdict(Reading())
    told = dataclasses.asdict(motion.reading)
    told = {name: value for name, value in told.items() if name not in _LATER or value != plain[name]}
    said = [motion.sha256, told] if motion.reading != Reading() else motion.sha256
    return [said, motion.depends] if motion.depends else said


@functools.lru_cache(maxsize=4096)
def _digest(gesture: Gesture) -> str:
    said = dataclasses.asdict(gesture) | {"motions": [_said(motion) for motion in gesture.motions]}
    if not gesture.holds:
        del said["holds"]  # which gestures did not have at first: the clips of those without are still the same
    text = json.dumps(said, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
