"""The engine ``text-to-video``: any class that can be named, by any text-to-video pipeline of diffusers, with enriched prompts."""

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from synthgest.engines.diffusing import DiffusionEngine, Guide, PromptedSettings
from synthgest.errors import SpecError
from synthgest.tables import to_value
from synthgest.types import Recipe, Shot


@dataclass(frozen=True, slots=True, kw_only=True)
class TextToVideoSettings(PromptedSettings):
    """Keys of a recipe for this engine. image: the first frame of every clip, a file, for a pipeline that continues one."""

    image: str = ""


class TextToVideo(DiffusionEngine):
    """The engine ``text-to-video``."""

    def __init__(self, recipe: Recipe) -> None:
        self.settings = to_value(recipe.settings, TextToVideoSettings, where=f"recipe {recipe.name!r}")
        super().__init__(recipe, self.settings)

    def fingerprint(self) -> Mapping[str, str]:
        """Prompts and models, and the content of the first frame."""
        marks = dict(super().fingerprint())
        if self.settings.image:
            marks["image"] = hashlib.sha256(_content(Path(self.settings.image))).hexdigest()[:16]
        return marks

    @property
    def arguments(self) -> Sequence[str]:
        """The first frame, where the recipe has one."""
        return ("image",) if self.settings.image else ()

    def guide(self, shot: Shot) -> Guide:
        """The first frame, where the recipe has one."""
        return Guide(arguments={"image": self._first_frame}) if self.settings.image else Guide()

    @cached_property
    def _first_frame(self) -> Any:
        """The picture of ``image``, cut from its middle and scaled to the model's size."""
        from PIL import Image, ImageOps, UnidentifiedImageError

        try:
            picture = Image.open(io.BytesIO(_content(Path(self.settings.image)))).convert("RGB")
        except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as error:
            raise SpecError(f"image is {self.settings.image}, which cannot be read as a picture: {error}") from error
        return ImageOps.fit(picture, (self.settings.width, self.settings.height))


def _content(path: Path) -> bytes:
    try:
        return path.expanduser().read_bytes()
    except OSError as error:
        raise SpecError(f"image is {path}, which cannot be read: {error.strerror}") from error
