"""A language model as author of a run's prompts: asked for every class once, and what it cannot give is noted for the banks."""

import os
from collections.abc import Iterable
from pathlib import Path

from synthgest.content import cache_folder
from synthgest.gestures import Gesture
from synthgest.prompting.action import action_of
from synthgest.prompting.chat import Chat
from synthgest.prompting.enrichment import Texts
from synthgest.prompting.settings import EnrichmentSettings
from synthgest.prompting.writing import Writer, WriterSettings, Written


def open_writer(settings: WriterSettings, *, seed: int) -> Writer:
    """The writer that a recipe asks for: behind a server, or a model on this machine."""
    return Writer(settings, _chat(settings, seed), _cache_folder(settings))


def write_texts(
    gestures: Iterable[Gesture], enrichment: EnrichmentSettings, writer: Writer, *, fuse: bool
) -> dict[str, Texts]:
    """The words of each class, by its full name. What the model did not give is empty, and why is in ``failures``."""
    return {gesture.name: _texts(gesture, enrichment, writer, fuse=fuse) for gesture in gestures}


def _texts(gesture: Gesture, settings: EnrichmentSettings, writer: Writer, *, fuse: bool) -> Texts:
    action = action_of(gesture)
    phrase = f"{action.subject} {action.doing}"
    nothing = Written()
    places = writer.environments(phrase, action.motion, settings.places) if settings.places else nothing
    people = writer.characters(phrase, action.motion, settings.people) if settings.people else nothing
    failures = {name: part.failure for name, part in (("environments", places), ("characters", people)) if part.failure}
    fused: tuple[str, ...] = ()
    if fuse and places.texts and people.texts:
        asked = [writer.fuse(phrase, action.motion, place, person) for place in places.texts for person in people.texts]
        fused = tuple(part.texts[0] if part.texts else "" for part in asked)
        failures |= {"fuse": next(part.failure for part in asked if part.failure)} if not all(fused) else {}
    return Texts(
        environments=places.texts,
        characters=people.texts,
        fused=fused if any(fused) else (),
        source=places.source or people.source,
        failures=failures,
    )


def _chat(settings: WriterSettings, seed: int) -> Chat:
    if settings.local:
        from synthgest.prompting.local_chat import LocalChat

        return LocalChat(settings, seed=seed)
    from synthgest.prompting.endpoint import Endpoint

    return Endpoint(settings, environ=os.environ)


def _cache_folder(settings: WriterSettings) -> Path:
    """Where replies are kept: the recipe's folder, or the user's own."""
    if settings.cache:
        return Path(settings.cache).expanduser()
    return cache_folder("writer")
