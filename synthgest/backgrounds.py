"""Backgrounds by a text-to-image model: the places of the prompts as a folder of pictures, for drawn people to stand in."""

import hashlib
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthgest.content import content
from synthgest.data.storage import locked, make_folder, sweep, write_bytes
from synthgest.diffusion.models import Found, fetch_all, find_all
from synthgest.diffusion.settings import ModelSettings
from synthgest.errors import ModelError, SpecError, nearest
from synthgest.gestures import Gesture
from synthgest.plan import recipe_digest, shot_seed
from synthgest.prompting.banks import fill, load_bank
from synthgest.prompting.compose import tidy
from synthgest.prompting.enrichment import Enrichment
from synthgest.prompting.environments import Environment
from synthgest.recipes import load_recipe
from synthgest.tables import to_value
from synthgest.takes import ATTEMPTS
from synthgest.types import Recipe

_FLAT = 0.01  # standard deviation over the picture, of 1: one colour, and no place
_ENGINE = "text-to-image"


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """A picture to be made. seed: of the first try."""

    environment: Environment
    prompt: str
    seed: int

    def name(self, config: str) -> str:
        """Of its file: the kind of place, and a hash of all that the picture depends on. config: digest of recipe and model."""
        kind = re.sub(r"[^a-z]+", "-", self.environment.place.lower()).strip("-")  # words of a model never name a file
        mark = hashlib.sha256(f"{config} {self.seed} {self.prompt}".encode()).hexdigest()[:16]
        return f"{kind or 'place'}-{mark}.png"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What became of a folder. made: pictures of this run. kept: that were there. failed: names and reasons of the others."""

    made: int
    kept: int
    failed: Mapping[str, str]


def background_recipe_names() -> tuple[str, ...]:
    """Names of the shipped text-to-image recipes, in alphabetical order."""
    return tuple(sorted(path.stem for path in (content("generators") / "backgrounds").glob("*.toml")))


def load_background_recipe(word: str, changes: Mapping[str, Any]) -> Recipe:
    """The text-to-image recipe of a shipped name, or of a path that ends in ``.toml``."""
    if not word.endswith(".toml") and word not in background_recipe_names():
        raise SpecError(f"no recipe {word!r} for backgrounds; {nearest(word, background_recipe_names())}")
    path = word if word.endswith(".toml") else str(content("generators") / "backgrounds" / f"{word}.toml")
    return load_recipe(path, changes, engine=_ENGINE)


def plan_backgrounds(
    gestures: Sequence[Gesture], enrichment: Enrichment, *, each: int, seed: int
) -> tuple[Background, ...]:
    """``each`` pictures of every environment of the gestures, in turn; environments that gestures share come once."""
    if each < 1:
        raise SpecError(f"{each} pictures of each place; expected at least 1")
    places = {place.text: place for gesture in gestures for place in enrichment.environments(gesture)}
    if not places:
        raise SpecError("there are no places to make pictures of; ask for at least one environment")
    return tuple(_planned(place, number, seed) for number in range(each) for place in places.values())


def fill_folder(
    recipe: Recipe, backgrounds: Sequence[Background], out: Path, *, progress: Callable[[Background], None]
) -> Filled:
    """Make the pictures that a folder lacks, each whole or not at all; ``progress`` is called after each.

    A picture that holds NaN or shows one colour is tried again with the next seed. ModelError, before anything is
    written, if the model is out of reach.
    """
    from synthgest.diffusion.calls import require_callable
    from synthgest.diffusion.loading import pipeline_class

    settings = to_value(recipe.settings, ModelSettings, where=f"recipe {recipe.name!r}")
    found = find_all(settings)
    folders = fetch_all(settings, found)
    require_callable(pipeline_class(settings, folders["model"]), settings, ())
    make_folder(out)
    config = recipe_digest(recipe, {key: model.mark for key, model in found.items()})
    names = {background.name(config): background for background in backgrounds}
    with locked(out / ".lock"):
        sweep(out)
        missing = {name: background for name, background in names.items() if not (out / name).is_file()}
        failed: dict[str, str] = {}
        if missing:
            studio = _Studio(recipe, settings, found["model"], folders)
            for name, background, picture, fault in studio.pictures(missing):
                if fault:
                    failed[name] = fault
                else:
                    write_bytes(out / name, picture)
                progress(background)
    return Filled(made=len(missing) - len(failed), kept=len(names) - len(missing), failed=failed)


def _planned(place: Environment, number: int, seed: int) -> Background:
    own = shot_seed(seed, place.text, number)
    bank = load_bank("background")
    template = bank[number % len(bank)]
    prompt = tidy(fill(template, {"setting": place.text}, where="prompts/background.txt"))
    return Background(environment=place, prompt=prompt, seed=own)


class _Studio:
    """A loaded text-to-image pipeline that is asked for pictures until they can be used."""

    def __init__(self, recipe: Recipe, settings: ModelSettings, model: Found, folders: Mapping[str, Path]) -> None:
        from synthgest.diffusion.sampling import Sampler

        self._batch = recipe.batch
        self._about = {"model": model.name, "revision": model.mark, "licence": recipe.licence}
        self._sampler = Sampler(settings, folders, batch=recipe.batch)

    def pictures(self, wanted: Mapping[str, Background]) -> Iterator[tuple[str, Background, bytes, str]]:
        """Name, plan, PNG and fault of each picture; the PNG is empty where there is a fault."""
        waiting = list(wanted.items())
        for start in range(0, len(waiting), self._batch):
            batch = waiting[start : start + self._batch]
            for (name, background), picture in zip(batch, self._tried(batch), strict=True):
                fault = _fault(picture)
                yield name, background, b"" if fault else _png(picture, background, self._about), fault

    def _tried(self, batch: Sequence[tuple[str, Background]]) -> list[NDArray[np.floating[Any]]]:
        """A picture for each; one that cannot be used is asked for again, with the next seeds."""
        from synthgest.diffusion.sampling import Wish

        wishes = [
            Wish(id=name, seed=background.seed, attempt=0, prompt=background.prompt) for name, background in batch
        ]
        pictures = [sample.pictures for sample in self._sampler.sample(wishes)]
        for number, wish in enumerate(wishes):
            for attempt in range(1, ATTEMPTS):
                if not _fault(pictures[number]):
                    break
                again = replace(wish, seed=wish.seed + attempt, attempt=attempt)
                (sample,) = self._sampler.sample([again])
                pictures[number] = sample.pictures
        return pictures


def _fault(picture: NDArray[np.floating[Any]]) -> str:
    if picture.ndim != 3 or picture.shape[-1] != 3:
        raise ModelError(f"the pipeline returned arrays of {picture.shape} for a picture; expected (H, W, 3)")
    if not np.isfinite(picture).all():
        return "nan"
    return "flat" if float(picture.std()) < _FLAT else ""


def _png(picture: NDArray[np.floating[Any]], background: Background, about: Mapping[str, str]) -> bytes:
    """A PNG that says in a text field what it was made from."""
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    said = {
        "prompt": background.prompt,
        "environment": background.environment.text.rstrip(","),
        "levels": background.environment.levels,
        "seed": background.seed,
        **about,
    }
    info = PngInfo()
    info.add_itxt("synthgest", json.dumps(said, ensure_ascii=False))
    file = io.BytesIO()
    pixels = np.round(np.clip(picture, 0, 1) * 255).astype(np.uint8)
    Image.fromarray(pixels).save(file, "PNG", pnginfo=info)
    return file.getvalue()
