"""Clips that are drawn when training first reads them, and only some frames of each: a plan takes the place of a folder."""

import os
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from synthgest.data.cache import ArrayCache
from synthgest.data.labelled import shown_frames
from synthgest.data.manifest import ClassEntry, class_entries
from synthgest.data.video import tsn_indices
from synthgest.engines import fingerprint, load_engine
from synthgest.errors import SpecError
from synthgest.frames import Frames, to_uint8
from synthgest.gestures import Gesture, refuse_twins
from synthgest.labels import LabelMode, smoothed
from synthgest.plan import plan, recipe_digest
from synthgest.takes import first_sound
from synthgest.types import TRUTH, Demanding, Engine, Recipe, Selective, Shot

_FRAMES = 16  # drawn of each clip: to stage one takes longer than to draw some frames of it, and neighbours look alike


class GeneratedSet:
    """The clips that ``synthgest generate`` would make of the same request, a few frames of each, when they are read."""

    def __init__(
        self, gestures: Sequence[Gesture], recipe: Recipe, *, clips: int, seed: int, cache: ArrayCache
    ) -> None:
        """cache: of what was drawn. SpecError for a generator that cannot draw single frames, or a gesture that it cannot show."""
        refuse_twins(gesture.name for gesture in gestures)
        if clips < 1:
            raise SpecError(f"clips is {clips}; expected at least 1 a class")
        engine = load_engine(recipe)
        if not isinstance(engine, Selective):
            raise SpecError(
                f"the generator {recipe.name!r} makes whole clips only; make a data set with `synthgest generate` and "
                "train on that"
            )
        if isinstance(engine, Demanding):
            engine.require(gestures)
        marks = fingerprint(engine)
        labels = {gesture.name: number for number, gesture in enumerate(gestures)}
        studio = _Studio(recipe, cache)
        self.clips = tuple(
            GeneratedClip(shot=shot, label=labels[shot.gesture.name], studio=studio)
            for shot in plan(gestures, recipe, clips=clips, seed=seed, fingerprint=marks)
        )
        self.class_entries: tuple[ClassEntry, ...] = class_entries(gestures)
        self.described: dict[str, Any] = {
            "generator": recipe.name,
            "config": recipe_digest(recipe, marks),
            "settings": {key: value for key, value in recipe.settings.items() if key not in marks},
            "clips": clips,
            "seed": seed,
        }

    @property
    def classes(self) -> tuple[str, ...]:
        """Full names, in the order of their numbers."""
        return tuple(entry.name for entry in self.class_entries)

    def targets(
        self, labels: LabelMode = "none", *, scores: str = ""
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """One-hot rows (N, K) and weights (N,), all 1. SpecError for labels that need scores: nothing is there to score."""
        if labels != "none":
            raise SpecError(f"labels are {labels!r}, which need scores; clips that are drawn while training have none")
        numbers = np.array([clip.label for clip in self.clips], np.intp)
        return smoothed(numbers, np.zeros(len(numbers)), len(self.classes)), np.ones(len(numbers))

    def __len__(self) -> int:
        """Clips of the plan."""
        return len(self.clips)

    def __repr__(self) -> str:
        """Generator, classes and clips."""
        return f"{len(self)} clips of {len(self.classes)} gestures, drawn by {self.described['generator']}"


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratedClip:
    """A clip of a plan, of which only ``_FRAMES`` frames are ever drawn, spread evenly over it."""

    shot: Shot
    label: int
    studio: "_Studio"

    @property
    def id(self) -> str:
        """The id of the shot, over all that the clip depends on."""
        return self.shot.id

    @property
    def gesture(self) -> str:
        """Name of its class."""
        return self.shot.gesture.name

    @property
    def content(self) -> str:
        """What its frames depend on."""
        return f"{self.shot.id}-{_FRAMES}"

    @property
    def groups(self) -> Mapping[str, tuple[str, ...]]:
        """What it shares with others: captures may be the same, performances of keyframes never are."""
        return {"motion": (self.gesture,)} if self.shot.gesture.motions else {}

    @property
    def length(self) -> int:
        """Frames that are drawn of it."""
        return len(self._arrays["frames"])

    @property
    def shown(self) -> tuple[int, int]:
        """The first and the last of them between which the gesture is shown."""
        first, last = self._arrays["shown"].tolist()
        return first, last

    def frames_at(self, numbers: Sequence[int]) -> Frames:
        """Some frames (N, H, W, 3) uint8 RGB."""
        frames: Frames = self._arrays["frames"][list(numbers)]
        return frames

    def truth(self) -> dict[str, NDArray[Any]]:
        """Ground truth of the frames."""
        return {name: rows for name, rows in self._arrays.items() if name in TRUTH}

    @property
    def _arrays(self) -> Mapping[str, NDArray[Any]]:
        return self.studio.arrays(self.shot, self.content)


class _Studio:
    """Draws shots with an engine of each process's own, in one thread: OpenGL allows no more."""

    def __init__(self, recipe: Recipe, cache: ArrayCache) -> None:
        self._recipe, self._cache = recipe, cache
        self._process = 0
        self._engine: Engine | None = None
        self._lock = threading.Lock()
        self._latest: tuple[str, Mapping[str, NDArray[Any]]] = "", {}

    def arrays(self, shot: Shot, key: str) -> Mapping[str, NDArray[Any]]:
        """Frames and ground truth of a shot, drawn the first time."""
        name, arrays = self._latest
        if name != key:
            arrays = self._cache.arrays(key, lambda: self._drawn(shot))
            self._latest = key, arrays
        return arrays

    def _drawn(self, shot: Shot) -> dict[str, NDArray[Any]]:
        with self._lock:
            if self._process != os.getpid():  # a worker that was forked has neither the thread nor what it drew on
                self._process, self._thread, self._engine = os.getpid(), ThreadPoolExecutor(1), None
        return self._thread.submit(self._draw, shot).result()

    def _draw(self, shot: Shot) -> dict[str, NDArray[Any]]:
        if self._engine is None:
            self._engine = load_engine(self._recipe)
        engine = cast(Selective, self._engine)
        with threadpool_limits(limits=1):
            take, length = first_sound(shot, engine.length)
            numbers = np.unique(tsn_indices(length, _FRAMES))
            made = engine.take(take, numbers.tolist())
        shown = shown_frames(made.provenance.get("keyframes") or (), made.fps, length)
        first = min(int(np.searchsorted(numbers, shown[0])), len(numbers) - 1)
        last = int(np.searchsorted(numbers, shown[1], side="right")) - 1
        return {"frames": to_uint8(made.frames), "shown": np.array([first, max(first, last)]), **made.truth}

    def __getstate__(self) -> dict[str, object]:
        """Without what belongs to this process."""
        return {"_recipe": self._recipe, "_cache": self._cache}

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        """A studio of its own in another process."""
        _Studio.__init__(self, state["_recipe"], state["_cache"])
